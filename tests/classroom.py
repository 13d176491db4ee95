"""Real evidence without walls: code as a student would write it, run in this process by the grader's own steps."""

import builtins
import contextlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import msgspec
import numpy as np

from grader.checks import Splits, Training, Trains
from grader.checks.base import Array, Case, Replayed, Seen
from grader.data import Data, digits
from grader.evidence import HistoryValue, Returned, StepEvidence, TapFacts
from grader.examiner import make_case, make_replays
from grader.examiner_talk import Held, Question
from grader.plan import Call, Curves, Plan, Setup, Step
from grader.record import pack, unpack
from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.submission import Submission, Unit

QUESTION = Question(course="", exercise="digits", seeds=(0,))
TRAINING = Training(encode="one_hot")
_TITLE = Bilingual(en="x", de="x")
RUBRIC = Rubric(
    title=_TITLE,
    task=Task(kind="classification", classes=10),
    data=digits,
    criteria=(Criterion(id="training", points=100, title=_TITLE, lesson=_TITLE, check=Trains(TRAINING)),),
)
IMPORTS = "import keras, numpy as np\nfrom keras import layers\n"


@cache
def data() -> Data:
    """The digits, as the exercise has them."""
    return digits()


def build(
    layers: str,
    loss: str = '"categorical_crossentropy"',
    optimizer: str = "keras.optimizers.Adam(0.005)",
    *,
    eagerly: bool = True,
) -> str:
    """Code of a `build_model` with these layers after an input of 64 features; compiled where there is a loss."""
    # Eagerly, because a training of a few batches is shorter than its tracing.
    compiled = (
        f"    model.compile({optimizer}, {loss}, metrics=['accuracy'], run_eagerly={eagerly})\n" if loss else ""
    )
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
    """What the grader sees of a submission, of which `build_model`, `train`, `split` and `diagnose` are called."""
    from grader.sandbox.child import Run  # imports TensorFlow, which takes seconds

    source = IMPORTS + source
    submission = Submission("student.py", "0" * 64, "script", (Unit(source, source),))
    with _nothing_patched():
        run = Run(Setup(submission=submission), dict(data().inside) | dict(Splits("split", 0.25).arrays()))
        channel = _Silence()
        imported = pack(run.bring_up(channel), {})  # type: ignore[arg-type]
        bodies = {step.id: run.do(step) for step in _steps() if _is_defined(step, source)}
        held = Held(imported, None, None, bodies, {}, {})
        replays = make_replays(QUESTION, RUBRIC, data(), held).parcel
        if replays:
            plan, arrays = unpack(replays, Plan)
            examiner = Run(Setup(submission=None), arrays)
            held = msgspec.structs.replace(held, replays={step.id: examiner.do(step) for step in plan.steps})
    return make_case(QUESTION, RUBRIC, data(), held)


def _steps() -> Iterator[Step]:
    yield from TRAINING.steps((0,))
    yield from Splits("split", 0.25).steps((0,))
    yield Call(
        id="diagnose@0", function="diagnose", arguments=(Curves(series={"loss": [1.0], "accuracy": [0.5]}),)
    )


def _is_defined(step: Step, source: str) -> bool:
    if step.id in {"train@0", "trained:train@0"}:
        return "def train(" in source
    return not isinstance(step, Call) or f"def {step.function}(" in source


class _Silence:
    def send(self, *_: object) -> None:
        pass


def _print_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    print(f"{category.__name__}: {message}", file=sys.stderr)


@contextlib.contextmanager
def _nothing_patched() -> Iterator[None]:
    """Undo what a run changes in its process: the watch over `fit`, the arguments, the submission's module."""
    import keras

    held = keras.Model.fit, sys.argv, builtins.input
    try:
        with warnings.catch_warnings():  # warnings of students' code are printed, not raised
            warnings.simplefilter("default")
            warnings.showwarning = _print_warning
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
    changed = Seen(msgspec.structs.replace(evidence, **fields), held)
    return replace(case, steps={**case.steps, step: changed})


def with_curves(case: Case, **curves: Sequence[float]) -> Case:
    """The case with another history."""
    arrays = {f"curve:{name}": np.array(values, dtype=np.float64) for name, values in curves.items()}
    history = HistoryValue(curves={name: f"curve:{name}" for name in curves})
    return with_step(case, "train@0", arrays, outcome=Returned(value=history))


def with_fit(case: Case, **fields: object) -> Case:
    """The case in which `fit` was called otherwise."""
    fit = msgspec.structs.replace(case.steps["train@0"].evidence.fits[0], **fields)
    return with_step(case, "train@0", fits=(fit,))


def with_model(case: Case, step: str = "model:build_model@0", **fields: object) -> Case:
    """The case in which a model claims other facts; an optimizer or learning rate is one of its compilation."""
    facts = case.steps[step].evidence.model
    assert facts is not None
    compiled = {name: fields.pop(name) for name in ("learning_rate", "optimizer") if name in fields}
    if compiled:
        assert facts.compiled is not None
        fields["compiled"] = msgspec.structs.replace(facts.compiled, **compiled)
    return with_step(case, step, model=msgspec.structs.replace(facts, **fields))


def with_layers(case: Case, kind: str, **fields: object) -> Case:
    """The case in which the layers of one kind claim something else."""
    facts = case.steps["model:build_model@0"].evidence.model
    assert facts is not None
    layers = tuple(msgspec.structs.replace(x, **fields) if x.kind == kind else x for x in facts.layers)
    return with_model(case, layers=layers)


def with_imported(case: Case, **fields: object) -> Case:
    """The case in which something else happened while the file came up."""
    return replace(case, imported=msgspec.structs.replace(case.imported, **fields))


def with_outputs(case: Case, outputs: Array) -> Case:
    """The case in which the trained graph puts out something else for the validation rows."""
    replayed = case.replays["trained:train@0"]
    arrays = {**replayed.arrays, replayed.evidence.outputs[2]: outputs}
    return replace(case, replays={**case.replays, "trained:train@0": Replayed(replayed.evidence, arrays)})


def with_taps(case: Case, *taps: tuple[int, int, float]) -> Case:
    """The case with other counts of units, of units that are never positive, and share of values beyond five.

    The first of them stands at the activation that is there; the others at hidden ones beside it.
    """
    replayed = case.replays["trained:train@0"]
    node = replayed.evidence.taps[0].node
    made = tuple(TapFacts(node=node, units=u, never_positive=n, beyond_five=b) for u, n, b in taps)
    changed = Replayed(msgspec.structs.replace(replayed.evidence, taps=made), replayed.arrays)
    return replace(case, replays={**case.replays, "trained:train@0": changed})


def without_replays(case: Case, *steps: str) -> Case:
    """The case without the replays of these steps; without any if none is named."""
    return replace(case, replays={k: v for k, v in case.replays.items() if steps and k not in steps})


def without_steps(case: Case, *steps: str) -> Case:
    """The case without the evidence of these steps; without any if none is named."""
    return replace(case, steps={k: v for k, v in case.steps.items() if steps and k not in steps})
