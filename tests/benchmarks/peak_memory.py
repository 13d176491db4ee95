"""The most memory that each process of the grader takes while it grades what is made to cost memory.

Three kinds of classes are graded, each by a batch of its own: large networks and large answers; hand-ins for the
metric cheat sheet, right ones, ones with a mistake, and hostile ones in each way of `hostile.py`; and attacks of a
folder, whose `expect.json` names the exercise of each file. Of each process, the largest resident set is looked at
that Linux has counted, which nothing short escapes. The processes of submissions and replays have limits of their
own, and are shown for comparison: what they share with the worker is counted, too.

    python -m tests.benchmarks.peak_memory [HAND-INS [FOLDER OF ATTACKS]]
    python -m tests.benchmarks.peak_memory --workers 8

The second form grades large networks and large answers alone, as many at once as it says, so that their evidence
is on its way at the same time. Prints a table, and which process was above the aim. Linux only.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.class_of_thousand import memory_of
from tests.benchmarks.soak import write_first_class
from tests.helpers.paths import ROOT
from tests.helpers.processes import children_of

AIM_MIB = 1536  # of each trusted process
SAMPLE_SECONDS = 0.02
USUAL_COUNT = 60
COMMAND, EXAMINER, WORKER, CHILD = "command line", "examiner", "worker", "children"
TRUSTED = (COMMAND, EXAMINER, WORKER)

_NETWORK = '''

def build_model():
    """A network of {millions} million weights."""
    layers = [keras.layers.Dense(units, activation="relu") for units in {units}]
    model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(keras.optimizers.SGD(0.01), "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=1, batch_size=1010, verbose=0)
'''
_ANSWERS = "\n\nimport numpy as np\n\nBIG = {value}\n" + "".join(
    f"\ndef {name}(*_): return BIG\n" for name in ("one_hot", "scale", "class_counts", "confusion")
)
LARGE = {  # what is appended to the right solution of the digits
    "network_25": _NETWORK.format(millions=25, units="(4096, 4096, 2048)"),
    "network_30": _NETWORK.format(millions=30, units="(4096, 4096, 3072)"),
    "network_100": _NETWORK.format(millions=100, units="(8192, 8192, 4096)"),
    "bytes": _ANSWERS.format(value="np.zeros(60 << 20, np.uint8)"),
    "numbers": _ANSWERS.format(value="np.zeros(7 << 20)"),
    "pieces": _ANSWERS.format(value="[np.zeros(7 << 20), np.zeros(8 << 20)]"),  # nearly what a step may send
}

Class = tuple[str, str, Path]  # what it is called, its exercise, its folder


def write_large_class(folder: Path, copies: int = 1) -> Class:
    """Write large networks and large answers into a folder. `copies`: of each, which differ in a comment."""
    large = folder / "large"
    large.mkdir()
    right = (ROOT / "reference" / "digits" / "submission.py").read_text("utf-8")
    for copy in range(copies):
        for name, added in LARGE.items():
            (large / f"{name}-{copy}.py").write_text(f"{right}{added}\n# {copy}\n")
    return "large", "digits", large


def write_classes(folder: Path, count: int, attacks: Path | None) -> Iterator[Class]:
    """Write the classes into folders, and yield each. `count`: hand-ins of the one that is mixed."""
    yield write_large_class(folder)
    mixed = folder / "mixed"
    mixed.mkdir()
    write_first_class(mixed, count)
    yield "mixed", "metric_cheat_sheet", mixed
    if attacks is None:
        return
    expected = json.loads((attacks / "expect.json").read_text("utf-8"))
    by_exercise: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(attacks.iterdir()):
        if file.suffix in {".py", ".ipynb"} and file.stem in expected:
            by_exercise[expected[file.stem]["exercise"]].append(file)
    for exercise, files in by_exercise.items():
        chosen = folder / f"attacks-{exercise}"
        chosen.mkdir()
        for file in files:
            shutil.copy(file, chosen)
        yield "attacks", exercise, chosen


def grade(exercise: str, folder: Path, workers: int | None = None) -> tuple[dict[str, float], float]:
    """Grade a class; return the most MiB of a process of each kind, and the seconds that it took.

    `workers`: submissions at once; None for one per processor.
    """
    command = [sys.executable, "-m", "grader", "batch", exercise, str(folder), "--out", f"{folder}-out"]
    command += ["--workers", str(workers)] if workers is not None else []
    began, peaks = time.monotonic(), dict.fromkeys((*TRUSTED, CHILD), 0.0)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        for pid, kind in list_processes(process.pid):
            peaks[kind] = max(peaks[kind], memory_of(pid).get("VmHWM", 0.0))
        time.sleep(SAMPLE_SECONDS)
    return peaks, time.monotonic() - began


def list_processes(command: int) -> Iterator[tuple[int, str]]:
    """Yield the command line and what it started, each with its kind."""
    yield command, COMMAND
    for pid in children_of(command):
        try:
            is_examiner = b"examiner" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        yield pid, EXAMINER if is_examiner else WORKER
        yield from ((child, CHILD) for child in children_of(pid))


def main() -> None:
    """Grade all classes, and print what they took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int, nargs="?", default=USUAL_COUNT)
    parser.add_argument("attacks", type=lambda name: Path(name).resolve(), nargs="?")
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    print(
        f"{'class':10}{'exercise':22}{'hand-ins':>9}{'seconds':>9}", *(f"{kind:>14}" for kind in (*TRUSTED, CHILD))
    )
    above = []
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        classes = write_classes(folder, options.count, options.attacks)
        if options.workers is not None:
            classes = iter([write_large_class(folder, copies=-(-options.workers // len(LARGE)))])
        for name, exercise, hand_ins in classes:
            peaks, seconds = grade(exercise, hand_ins, options.workers)
            number = len(list(hand_ins.iterdir()))
            figures = (f"{peak:>10.0f} MiB" for peak in peaks.values())
            print(f"{name:10}{exercise:22}{number:>9}{seconds:>9.0f}", *figures, flush=True)
            above += [f"{name}, {exercise}: {kind}" for kind in TRUSTED if peaks[kind] > AIM_MIB]
    print(f"Aim: at most {AIM_MIB} MiB for each of {', '.join(TRUSTED)}. Above: {'; '.join(above) or 'none'}.")


if __name__ == "__main__":
    main()
