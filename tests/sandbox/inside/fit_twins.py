"""Does each case twice, as Keras does it and as it is done behind the walls, and tells what both left.

`python -m tests.sandbox.inside.fit_twins` reads lists of cases, in JSON, and writes a line of JSON for each case:
what plain Keras left, what the other did, and how many pieces of epochs the other did in one go. The name of an
exercise stands for the steps of its plan, done with the reference solution. Each list runs in two forks of this
process, in which TensorFlow is imported and not yet started: starting it costs as much as a case. `WITHOUT_PARTS`
asks what is left without a module of Keras.
"""

import contextlib
import functools
import gc
import hashlib
import importlib
import io
import itertools
import json
import os
import random
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.rubric.loader import load_rubric

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import msgspec
import numpy as np
import tensorflow as tf

from grader.core.course import SHIPPED_FOLDER, Course
from grader.core.seal import Seal
from grader.examiner.planning import make_plan
from grader.protocol.evidence import StepEvidence
from grader.protocol.messages import Question
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import Plan, Setup
from grader.sandbox.inside import child, fast_fit
from grader.sandbox.inside.determinism import make_deterministic
from grader.submission.reader import read
from tests.sandbox.inside.fit_cases import CASES, PRELUDE, WITHOUT_PARTS

FILE = "<submission>"
# Steps that draw or train nothing that a case or another step does not.
SKIPPED_STEPS = re.compile(r"plot_\w+|compare_output_activations|compare_losses")
COURSE = Course(SHIPPED_FOLDER)


def run(cases: Sequence[str], *, fast: bool) -> Iterator[dict[str, Any]]:
    """Do cases one after the other, and yield what each left. None finds anything that those before it left."""
    make_deterministic()
    pieces = _counting() if fast else []
    for case in cases:
        keras.utils.clear_session()
        pieces.clear()
        left = _steps(case) if case in COURSE.exercises() else _case(case)
        yield left | {"pieces": len(pieces)}


def _counting() -> list[Any]:
    """Switch the other way on. What is returned grows with every piece that is done."""
    fast_fit.install()
    pieces, logs = [], fast_fit._Logs

    def counted(value: Any) -> Any:
        pieces.append(value)
        return logs(value)

    fast_fit._Logs = counted  # type: ignore[assignment, misc]
    return pieces


def _case(case: str) -> dict[str, Any]:
    keras.utils.set_random_seed(0)
    names: dict[str, Any] = {}
    output = io.StringIO()
    raised: Any = None
    with warnings.catch_warnings(record=True) as told, contextlib.redirect_stdout(output):
        warnings.simplefilter("always")
        exec(compile(PRELUDE, "<prelude>", "exec"), names)
        try:
            exec(compile(CASES[case].code, FILE, "exec"), names)
        except BaseException as error:  # noqa: BLE001 - cases interrupt themselves
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
            raised = [type(error).__name__, _message(error), lines]
    return {
        "raised": raised,
        "warnings": [[w.category.__name__, str(w.message)] for w in told],
        "output": _output(output.getvalue()),
        "left": repr(names.get("left")),
        "models": [_model(m) for m in _models(names)],
        "random": _random(),
    }


def _steps(exercise: str) -> dict[str, Any]:
    """Return a hash of each step's evidence: curves, graphs, facts and all, without the times that it took."""
    rubric = load_rubric(COURSE, exercise)
    question = Question(course="", exercise=exercise, seeds=(0,))
    plan, arrays = unpack(make_plan(question, rubric, rubric.build_data(Seal()), frozenset()).parcel, Plan)
    submission = read(COURSE.folder / "reference" / exercise / "submission.py")
    done = child.SubmissionRun(Setup(submission=submission), arrays)
    done.bring_up(_Nowhere())  # type: ignore[arg-type]
    left = {}
    for step in plan.steps:
        if SKIPPED_STEPS.match(step.id):
            continue
        evidence, held = unpack(done.do(step), StepEvidence)
        if evidence.model is not None and evidence.model.graph is not None:
            # In which order a graph's attributes are written changes from process to process.
            graph = tf.compat.v1.GraphDef.FromString(held[evidence.model.graph.ref].tobytes())
            held[evidence.model.graph.ref] = np.frombuffer(graph.SerializeToString(deterministic=True), np.uint8)
        timeless = msgspec.structs.replace(evidence, wall_seconds=0.0, cpu_seconds=0.0)
        left[step.id] = hashlib.sha256(pack(timeless, held)).hexdigest()
    return left


class _Nowhere:
    def send(self, *_: Any) -> None:
        """Tell nobody."""


def _models(names: dict[str, Any]) -> list[Any]:
    found = [value for value in names.values() if isinstance(value, keras.Model)]
    return [*found, *names.get("models", ())]


def _model(model: Any) -> dict[str, Any]:
    optimizer = getattr(model, "optimizer", None)
    history = getattr(model, "history", None)
    return {
        "weights": _variables(model.variables),
        "optimizer": _variables(optimizer.variables) if optimizer is not None else "",
        "metrics": _variables(model.metrics_variables) if model.compiled else "",
        "history": repr(getattr(history, "history", None)) + repr(getattr(history, "epoch", None)),
        "params": repr(getattr(history, "params", None)),
        "settings": repr([getattr(model, name, None) for name in ("stop_training", "steps_per_execution")]),
        "attributes": sorted(vars(model)),
    }


def _variables(variables: Any) -> list[str]:
    return [f"{v.path} {v.dtype} {hashlib.sha256(np.asarray(v).tobytes()).hexdigest()[:16]}" for v in variables]


def _message(error: BaseException) -> str:
    # The number of the function in which an operation failed depends on how many there are.
    return re.sub(r"(?<=multi_step_on_iterator_)\d+", "N", str(error)).replace(f"/{os.getpid()}/", "/")


def _output(text: str) -> list[str]:
    """Return the lines of output without times; of each bar of progress, what it shows first and last.

    What it shows in between hangs on the clock.
    """
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[\d+m|[━\b]", "", text))
    lines = [re.sub(r"\d+(s|ms|us)/(step|epoch)|\b\d+s\b|\b\d+(:\d\d)+\b", "TIME", line).strip() for line in lines]
    kept: list[str] = []
    for of_bar, group in itertools.groupby(lines, key=lambda line: re.match(r"\d+/\d+ ", line) is not None):
        shown = list(group)
        kept += [shown[0], shown[-1]] if of_bar else shown
    return kept


def _random() -> list[Any]:
    """Return the next numbers of every generator that is there."""
    numbers = [random.random(), float(np.random.rand()), tf.random.uniform(()), keras.random.uniform(())]
    return [float(number) for number in numbers] + [keras.src.utils.naming.auto_name("x")]


def _import_without_parts() -> Iterator[dict[str, Any]]:
    """Import what behind the walls is imported first, where Keras lacks a module; return which fast fit it has."""
    for name in ("grader.sandbox.inside.child", "grader.sandbox.inside.fast_fit"):
        del sys.modules[name]
        delattr(sys.modules["grader.sandbox.inside"], name.rpartition(".")[2])
    sys.modules["keras.src.callbacks.progbar_logger"] = None  # type: ignore[assignment]
    del sys.modules["keras.src.callbacks"].progbar_logger
    imported = importlib.import_module("grader.sandbox.inside.child")
    yield {"serves": callable(imported.serve), "fast_fit": repr(imported.fast_fit)}


def _forked(do: Callable[[], Iterator[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return what a fork of this process yields, up to where it ends."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(writer, "w") as answer:
                for left in do():
                    print(json.dumps(left), file=answer, flush=True)
        except BaseException:  # noqa: BLE001 - a fork must not come back
            traceback.print_exc()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        results: list[dict[str, Any]] = [json.loads(line) for line in answer]
    os.waitpid(pid, 0)
    return results


def main() -> None:
    """Answer lists of cases until there are no more; a case that ended its fork left nothing."""
    gc.freeze()  # as the warm worker does: what is imported stays, and the forks need not visit it
    for line in sys.stdin:
        cases = json.loads(line)
        if cases == [WITHOUT_PARTS]:
            print(json.dumps(_forked(_import_without_parts)[0]), flush=True)
            continue
        results = [_forked(functools.partial(run, cases, fast=fast)) for fast in (False, True)]
        for _, plain, fast in itertools.zip_longest(cases, *results, fillvalue={}):
            pieces = fast.pop("pieces", 0)
            plain.pop("pieces", None)
            print(json.dumps({"plain": plain, "fast": fast, "pieces": pieces}), flush=True)


if __name__ == "__main__":
    main()
