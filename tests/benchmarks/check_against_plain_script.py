"""CPU time of `grader check` on the reference of each exercise, against a plain script that does the same work.

The script imports the same libraries and calls the same functions on the same arrays with the same seeds, in one
process, and does nothing else. The two run in turn; what is printed is the ratio of each pair, and their median.

    python -m tests.benchmarks.check_against_plain_script [PAIRS [EXERCISE ...]]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.core.arrays import Array
from grader.core.course import Course
from grader.core.seal import Seal
from grader.protocol.plan import (
    Argument,
    ArrayArg,
    FolderArg,
    HistoryArg,
    ListArg,
    LiteralArg,
    ResultOf,
    ResultOrTruth,
)
from grader.protocol.processes import worker_environment
from grader.protocol.verdict import decode
from grader.rubric.loader import load_rubric
from tests.helpers.paths import ROOT

COURSE = Course(ROOT)


def reference(exercise: str) -> Path:
    """Return the reference solution of an exercise."""
    return ROOT / "reference" / exercise / "submission.py"


def plain(exercise: str, seeds: tuple[int, ...]) -> None:
    """Do what a grading does inside the wall, and nothing of what it does around it."""
    import keras
    import matplotlib.pyplot  # noqa: F401
    import sklearn.linear_model
    import sklearn.metrics
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401
    import tensorflow as tf

    from grader.examiner.planning import make_plan
    from grader.protocol.evidence import StepEvidence
    from grader.protocol.messages import Question
    from grader.protocol.parcels import pack, unpack
    from grader.protocol.plan import BuildBase, BuildChain, Call, Plan, ReadFiles, SetWeights, WriteFiles
    from grader.sandbox.inside.array_store import Store
    from grader.sandbox.inside.folders import handle_files
    from grader.sandbox.inside.stand_in import make_network

    rubric, question = load_rubric(COURSE, exercise), Question(course="", exercise=exercise, seeds=seeds)
    plan, arrays = unpack(make_plan(question, rubric, rubric.build_data(Seal()), frozenset()).parcel, Plan)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    names: dict[str, object] = {"__name__": "submission"}
    source = reference(exercise)
    exec(compile(source.read_text("utf-8"), str(source), "exec"), names)
    live: dict[str, object] = {}
    files: dict[str, bytes] = {}
    for step in plan.steps:
        if isinstance(step, BuildBase | BuildChain | SetWeights):
            network = make_network(step, arrays, live)
            if network is not None:  # else it has other layers, and what would get it is not called
                live[step.id] = network
        elif isinstance(step, ReadFiles | WriteFiles):
            store = Store()
            body = files[step.files] if isinstance(step, WriteFiles) else b""
            files[step.id] = pack(StepEvidence(id=step.id, outcome=handle_files(step, body, store)), store.arrays)
        elif isinstance(step, Call) and all(a.step in live for a in step.arguments if isinstance(a, ResultOf)):
            values = [read_argument(argument, arrays, live) for argument in step.arguments]
            keras.utils.set_random_seed(step.seed)
            live[step.id] = names[step.function](*values)  # type: ignore[operator]


def read_argument(argument: Argument, arrays: Mapping[str, Array], live: Mapping[str, object]) -> object:
    """Return what a function gets for an argument of a plan. `live`: what earlier steps returned, by their ids."""
    from grader.sandbox.inside.folders import make_folder
    from grader.sandbox.inside.keras_facts import made_history

    match argument:
        case ArrayArg(name=name) | ResultOrTruth(name=name):
            return arrays[name].copy()
        case ListArg(name=name):
            return arrays[name].tolist()
        case LiteralArg(value=value):
            return value
        case ResultOf(step=earlier):
            return live[earlier]
        case FolderArg(name=name):
            return str(make_folder(name))
        case HistoryArg(series=series):
            return made_history(dict(series))


def cpu_seconds(command: list[str]) -> float:
    """Run a command to its end and return the processor time of it and of everything that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=os.environ | worker_environment(), stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(exercise: str, pairs: int) -> float:
    """Print the ratio of each pair of runs, and return their median."""
    with tempfile.TemporaryDirectory() as folder:
        page, record = Path(folder) / "report.html", Path(folder) / "verdict.json"
        outputs = ["--html", str(page), "--json", str(record)]
        grade = [sys.executable, "-m", "grader", "check", exercise, str(reference(exercise)), "--fresh", *outputs]
        cpu_seconds(grade)
        seeds = decode(record.read_bytes()).seeds
        script = [sys.executable, "-m", "tests.benchmarks.check_against_plain_script", "plain", exercise]
        script += map(str, seeds)
        cpu_seconds(script)
        print(f"{exercise}: seeds trained: {seeds}; first run of each is not counted")
        ratios = []
        for pair in range(pairs):
            graded, alone = cpu_seconds(grade), cpu_seconds(script)
            ratios.append(graded / alone)
            print(f"pair {pair + 1}: check {graded:.2f} s CPU, script {alone:.2f} s CPU, ratio {ratios[-1]:.3f}")
    return statistics.median(ratios)


def main(pairs: int, exercises: Sequence[str]) -> None:
    """Measure and print."""
    medians = {exercise: measure(exercise, pairs) for exercise in exercises or COURSE.exercises()}
    for exercise, median in medians.items():
        print(f"{exercise}: median ratio {median:.3f} (aim: at most 1.25)")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["plain", name, *chosen]:
            plain(name, tuple(map(int, chosen)))
        case arguments:
            main(int(arguments[0]) if arguments else 3, arguments[1:])
