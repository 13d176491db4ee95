"""The review desk over a class of a thousand: seconds from saving a mark to the next page, and how they grow.

Each student has a verdict and a report of the size of real ones, with figures, curves and code. Printed are the
seconds of saving and of the page that follows, as a browser on the same machine waits for them (median and 95th
percentile over some hand-ins), and their ratio to those of a class of thirty: 1 would mean that the size of the
class costs nothing. A page is to be there in 0.2 seconds.

    python -m tests.benchmarks.review_of_thousand [STUDENTS [PAGES]]
"""

import sys
import tempfile
import time
from pathlib import Path

from grader.classroom.folder import open_store
from tests.helpers.review_class import make_class, serve_desk


def measure(folder: Path, students: int, pages: int) -> tuple[float, float]:
    """Return median and 95th percentile of the seconds between a decision and the next page."""
    made = make_class(folder, students)
    seconds = []
    with open_store(made) as store, serve_desk(made, store) as served:
        order = served.desk.read().order("figure")
        for student in order[:pages]:
            version = served.version(student, "figure")
            path = f"/criterion/figure/{served.reference(student)}"
            begin = time.perf_counter()
            saved = served.ask("POST", path, {"points": "7", "words": "Clear.", "version": version})
            page = served.ask("GET", saved.headers["location"])
            seconds.append(time.perf_counter() - begin)
            assert page.status == 200
    seconds.sort()
    return seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]


def main() -> None:
    """Measure a small class and a large one."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder:
        small = measure(Path(folder) / "small", 30, min(pages, 25))
        large = measure(Path(folder) / "large", students, pages)
    for name, (median, slow) in (("30 hand-ins", small), (f"{students} hand-ins", large)):
        print(f"{name}: the next page after {median:.3f} s, 95 % within {slow:.3f} s")
    print(f"ratio: {large[0] / small[0]:.2f}")


if __name__ == "__main__":
    main()
