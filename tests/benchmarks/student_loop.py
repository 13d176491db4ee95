"""The loop of a student: what is answered at once, the second check of an unchanged file, one function in a watch.

Ratios are of times in this one run, so that they mean the same on any machine.

    python -m tests.benchmarks.student_loop [EXERCISE [FUNCTION]]
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.commands.watched import WAITING, watching
from tests.helpers.paths import ROOT

AIM_AT_ONCE = 0.25  # of the time of `import tensorflow`
AIM_LIGHT = 0.7  # of the time of `import tensorflow`: a whole check of an exercise that needs none of it
AIM_SECOND = 0.1  # of the time of the first check
AIM_ONE_FUNCTION = 1.5  # seconds from the save to the line of the criterion

LIGHT = "metric_cheat_sheet"


def measure(action: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def run(folder: Path, *arguments: str | Path) -> None:
    """Run Python in a folder, with a cache folder of its own there."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([sys.executable, *map(str, arguments)], env=environment, capture_output=True, check=False)


def check(folder: Path, exercise: str, text: str) -> float:
    """Return the seconds that `grader check` takes for a text."""
    file = folder / "submission.py"
    file.write_text(text, encoding="utf-8")
    return measure(lambda: run(folder, "-m", "grader", "check", exercise, file, "--course", ROOT))


def measure_at_once(folder: Path, exercise: str) -> Mapping[str, float]:
    """Return the seconds of each answer that needs no TensorFlow."""
    right = (ROOT / "reference" / exercise / "submission.py").read_text("utf-8")
    stub = (ROOT / "exercises" / exercise / "submission.py").read_text("utf-8")
    other = "wine" if exercise != "wine" else "digits"
    return {
        "syntax error": check(folder, exercise, right + "\ndef (\n"),
        "stub": check(folder, exercise, stub),
        "wrong exercise": check(folder, other, right),
    }


def measure_one_function(folder: Path, exercise: str, function: str) -> float:
    """Return the seconds from the save of a changed function to the line of its criterion."""
    file = folder / "submission.py"
    text = (ROOT / "reference" / exercise / "submission.py").read_text("utf-8")
    head = f"def {function}("
    before, _, after = text.partition(head)
    signature, _, body = after.partition("\n")
    changed = f"{before}{head}{signature}\n    unused = 1\n{body}"
    file.write_text(f"{text}\n# {time.time()}\n", encoding="utf-8")  # no answer to this one is stored
    with watching(folder, "check", exercise, file, "--course", ROOT, "--watch") as watched:
        watched.until(WAITING)
        start = time.perf_counter()
        file.write_text(changed, encoding="utf-8")
        watched.until(r"^[✓✗◐]")
        return time.perf_counter() - start


def main(exercise: str, function: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imports = measure(lambda: run(folder, "-c", "import tensorflow"))
        print(f"import tensorflow: {imports:.2f} s")
        for what, seconds in measure_at_once(folder, exercise).items():
            print(f"{what}: {seconds:.2f} s, {seconds / imports:.2f} of that (aim: {AIM_AT_ONCE})")
        light = check(
            folder, LIGHT, (ROOT / "reference" / LIGHT / "submission.py").read_text("utf-8") + f"# {time.time()}"
        )
        print(f"{LIGHT}: {light:.2f} s, {light / imports:.2f} of that (aim: {AIM_LIGHT})")
        text = (ROOT / "reference" / exercise / "submission.py").read_text("utf-8")
        first, second = check(folder, exercise, text), check(folder, exercise, text)
        print(
            f"first check: {first:.2f} s, second: {second:.2f} s, {second / first:.3f} of it (aim: {AIM_SECOND})"
        )
        seconds = measure_one_function(folder, exercise, function)
        print(f"{function} in a watch: {seconds:.2f} s after the save (aim: {AIM_ONE_FUNCTION})")


if __name__ == "__main__":
    chosen = sys.argv[1:]
    main(chosen[0] if chosen else "digits", chosen[1] if len(chosen) > 1 else "class_counts")
