"""Real evidence without walls: code as a student would write it, run in this process by the grader's own steps."""

import builtins
import contextlib
import sys
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec
import numpy as np

from grader.checks import Splits, Training
from grader.checks.base import Array, Case
from grader.data import Data, digits
from grader.evidence import HistoryValue, Returned, StepEvidence
from grader.examiner import make_case, make_replays
from grader.examiner_talk import Held, Question
from grader.plan import Call, Curves, Plan, Setup, Step
from grader.record import pack, unpack
from grader.submission import Submission, Unit

QUESTION = Question(course="", exercise="digits", seeds=(0,))
TRAINING = Training(encode="one_hot")
IMPORTS = "import keras, numpy as np\nfrom keras import layers\n"


@cache
def data() -> Data:
    """The digits, as the exercise has them."""
    return digits()


def build(layers: str, loss: str = '"categorical_crossentropy"', optimizer: str = "keras.optimizers.Adam(0.005)") -> str:
    """Code of a `build_model` with these layers, after an input of 64 features. Without a loss it is not compiled."""
    compiled = f"    model.compile({optimizer}, {loss}, metrics=['accuracy'])\n" if loss else ""
    return (
        "def build_model():\n"
        f"    model = keras.Sequential([keras.Input((64,)), {layers}])\n"
        f"{compiled}    return model\n"
    )


def train(x: str = "x_train", y: str = "y_train", epochs: int = 1, more: str = "", before: str = "") -> str:
    """Code of a `train` that calls fit once."""
    validation = more or f"validation_data=({x.replace('train', 'val')}, {y.replace('train', 'val')})"
    return (
        "def train(model, x_train, y_train, x_val, y_val):\n"
        f"    {before or 'pass'}\n"
        f"    return model.fit({x}, {y}, {validation}, epochs={epochs}, batch_size=64, verbose=0)\n"
    )


@cache
def case_of(source: str) -> Case:
    """What the grader sees of a submission: `build_model`, `train` and whatever else of it is defined is called."""
    from grader.sandbox.child import Run  # noqa: PLC0415 - imports TensorFlow, which takes seconds

    source = IMPORTS + source
    submission = Submission("student.py", "0" * 64, "script", (Unit(source, source),))
    with _nothing_patched():
        run = Run(Setup(submission=submission), dict(data().inside) | dict(Splits("split", 0.25).arrays()))
        channel = _Silence()
        imported = pack(run.bring_up(channel), {})  # type: ignore[arg-type]
        bodies = {step.id: run.do(step) for step in _steps() if _is_defined(step, source)}
        held = Held(imported, None, None, bodies, {}, {})
        replays = make_replays(QUESTION, data(), held).parcel
        if replays:
            plan, arrays = unpack(replays, Plan)
            examiner = Run(Setup(submission=None), arrays)
            held = msgspec.structs.replace(held, replays={step.id: examiner.do(step) for step in plan.steps})
    return make_case(QUESTION, data(), held)


def _steps() -> Iterator[Step]:
    yield from TRAINING.steps((0,))
    yield from Splits("split", 0.25).steps((0,))
    yield Call(id="diagnose@0", function="diagnose", arguments=(Curves(series={"loss": [1.0], "accuracy": [0.5]}),))


def _is_defined(step: Step, source: str) -> bool:
    if step.id in {"train@0", "trained@0"}:
        return "def train(" in source
    return not isinstance(step, Call) or f"def {step.function}(" in source


class _Silence:
    def send(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def _nothing_patched() -> Iterator[None]:
    """Undo what a run changes in its process: the watch over `fit`, the arguments, the module of the submission."""
    import keras  # noqa: PLC0415

    held = keras.Model.fit, sys.argv, builtins.input
    try:
        yield
    finally:
        keras.Model.fit, sys.argv, builtins.input = held
        sys.modules.pop("submission", None)


# Evidence changed by hand, where a network that shows the same would take long to train.


def with_step(case: Case, step: str, arrays: dict[str, Array] | None = None, **fields: object) -> Case:
    """The case with other fields in the evidence of one step, and further arrays. The step may be new."""
    seen = case.steps.get(step)
    evidence = seen.evidence if seen else StepEvidence(id=step, outcome=Returned(value=HistoryValue(curves={})))
    held = dict(seen.arrays if seen else {}) | (arrays or {})
    changed = type(next(iter(case.steps.values())))(msgspec.structs.replace(evidence, **fields), held)
    return _replace(case, steps={**case.steps, step: changed})


def with_curves(case: Case, **curves: Sequence[float]) -> Case:
    """The case with another history."""
    arrays = {f"curve:{name}": np.array(values, dtype=np.float64) for name, values in curves.items()}
    history = HistoryValue(curves={name: f"curve:{name}" for name in curves})
    return with_step(case, "train@0", arrays, outcome=Returned(value=history))


def with_fit(case: Case, **fields: object) -> Case:
    """The case in which `fit` was called otherwise."""
    fit = msgspec.structs.replace(case.steps["train@0"].evidence.fits[0], **fields)
    return with_step(case, "train@0", fits=(fit,))


def with_facts(case: Case, step: str, **fields: object) -> Case:
    """The case in which a model claims other facts."""
    facts = case.steps[step].evidence.model
    assert facts is not None
    return with_step(case, step, model=msgspec.structs.replace(facts, **fields))


def without_replays(case: Case, *steps: str) -> Case:
    """The case without the replays of these steps; without any if none is named."""
    return _replace(case, replays={k: v for k, v in case.replays.items() if steps and k not in steps})


def _replace(case: Case, **fields: object) -> Case:
    return type(case)(**{**{f: getattr(case, f) for f in case.__dataclass_fields__}, **fields})
