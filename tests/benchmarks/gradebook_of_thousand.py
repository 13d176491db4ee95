"""A class of a thousand over several exercises: time of `grader gradebook`, and what a policy adds to it.

Verdicts of the size of real ones are written to class folders, three hand-ins for every third student. Printed are
the seconds of the command, the ratio of its time for ten times as many students (10 is linear), and the ratio
of its time with a policy to that without one. The policy has a penalty, late days over the exercises, the best
hand-in, rounding and grades. Seconds are of a processor, so that they are the same on a busy machine.

    python -m tests.benchmarks.gradebook_of_thousand [STUDENTS [EXERCISES]]
"""

import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.classroom.folder import Settings, open_folder, open_store, prepare_folder
from grader.classroom.store import Judgement, NewHandIn
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Hint, Status
from tests.helpers.gradebook_entries import criterion, verdict
from tests.helpers.paths import ROOT

DUE = datetime(2026, 11, 6, 22, 59, tzinfo=UTC)
POLICY = """
timezone = "Europe/Berlin"
attempt = "best"
round_to = 0.5
pass_percent = 50
grades = "german"
[penalty]
per = "day"
percent = 10
[late_days]
budget = 3
results = "../results"
"""


def make_course(folder: Path, students: int, exercises: int) -> list[Path]:
    """Make a course and its class folders."""
    course, folders = folder / "course", []
    for number in range(exercises):
        name, due = f"e{number}", DUE + timedelta(weeks=number)
        (course / "exercises" / name).mkdir(parents=True)
        (course / "exercises" / name / "rubric.py").touch()
        (course / "exercises" / name / "policy.toml").write_text(f"due = {due.isoformat()}\n")
        settings = Settings(exercise=name, series=name, course=str(course), language="en", mode="walls")
        folders.append(prepare_folder(folder / "results" / name, settings).path)
        fill(folders[-1], name, due, students)
    (course / "policy.toml").write_text(POLICY)
    return folders


def fill(folder: Path, series: str, due: datetime, students: int) -> None:
    """Enter hand-ins with verdicts on fifteen criteria."""
    hint = Hint(id="softmax", severity="warning", text="The softmax stands twice. " * 4)
    with open_store(open_folder(folder)) as store:
        for attempt in range(3):
            hands, judged = [], []
            for student in range(0, students, 1 if attempt == 2 else 3):
                mark = f"{series}.{attempt}.{student}"
                submission = Submission("submission.py", f"{mark:0>64}", "script", (Unit(mark, mark),))
                at = due + timedelta(hours=student % 90 - 60 - 5 * (2 - attempt))
                who = HandIn(student=f"s{student:04}", name=f"Student {student}", file="a.py", submitted=at)
                hands.append(NewHandIn(hand_in=who, submission=submission))
                lost = (student + attempt) % 5
                judged.append(
                    verdict(
                        *(
                            criterion(
                                f"c{n}", 1.0 if n < lost else 2.0, Status.PARTIAL, hints=(hint,) * (n < lost)
                            )
                            for n in range(15)
                        )
                    )
                )
            numbers = store.add_hand_ins(series, hands, store.begin_run(series, "benchmark"))
            store.add_verdicts(
                Judgement(number=number, key=None, verdict=record, by="benchmark")
                for number, record in zip(numbers, judged, strict=True)
            )


def time_command(folders: list[Path], out: Path) -> float:
    """Return the processor's seconds of `grader gradebook`."""
    began = cpu_seconds_of_children()
    command = [sys.executable, "-m", "grader", "gradebook", *map(str, folders), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return cpu_seconds_of_children() - began


def cpu_seconds_of_children() -> float:
    """Return what all processes used that were waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    students, exercises = (int(text) for text in (*sys.argv[1:], *("1000", "4")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        small = time_command(make_course(Path(few), students // 10, exercises), Path(few) / "out")
        folders = make_course(Path(many), students, exercises)
        large = time_command(folders, Path(many) / "out")
        print(f"gradebook of {students} students, {exercises} exercises: {large:.1f} s; of a tenth: {small:.1f} s")
        print(f"ratio: {large / small:.1f}")
        for path in (Path(many) / "course").rglob("policy.toml"):
            path.unlink()
        print(f"with a policy, to without: {large / time_command(folders, Path(many) / 'out'):.1f}")


if __name__ == "__main__":
    main()
