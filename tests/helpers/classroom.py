"""Real evidence without walls: code as a student would write it, run in this process by the grader's own steps."""

import builtins
import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Bilingual
from grader.evidence.case import Case
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.examiner.misconceptions.network_view import NetworkView
from grader.examiner.planning import make_replays
from grader.protocol.evidence import HistoryValue, Returned, StepEvidence, TapFacts
from grader.protocol.messages import Evidence, Question
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import Call, HistoryArg, Plan, Setup, Step
from grader.protocol.submission import Submission, Unit
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.agreement_of_inputs import add_packed_rows
from grader.rubric.checks import EachOutput, Output, Splits, Training, Trains
from grader.rubric.data import Data, digits
from tests.helpers.decoded import decoded_case
from tests.helpers.fit_watch import keras_restored

_TITLE = Bilingual(en="x", de="x")
QUESTION = Question(course="", exercise="x", seeds=(0,))
TRAINING = Training(encode="one_hot")


# Exercises of each kind, as small as they can be.


@cache
def data() -> Data:
    """The digits, as the exercise has them."""
    return digits()


@cache
def wines() -> Data:
    """Three exclusive classes with integers for labels, standardised."""
    from sklearn.datasets import load_wine

    x, y = load_wine(return_X_y=True)
    return _parts((x - x.mean(axis=0)) / x.std(axis=0), y)


@cache
def answers() -> Data:
    """A question of yes or no, with some noise in the labels."""
    random = np.random.default_rng(5)
    x = random.normal(0, 1, (300, 2))
    return _parts(x, (x @ [3.0, -2.0] + random.normal(0, 0.5, 300) > 0.5).astype(np.int64))


@cache
def numbers() -> Data:
    """Targets between -10 and 10 that lie nearly on a plane."""
    random = np.random.default_rng(6)
    x = random.normal(0, 1, (300, 3))
    return _parts(x, (x @ [1.5, -2.0, 0.9] + 1.0 + random.normal(0, 0.1, 300)).astype(np.float32))


@cache
def whole_numbers() -> Data:
    """The same with features that are whole numbers, and far from 0."""
    given = numbers()
    arrays = dict(given.inside) | dict(given.outside)
    rounded = {n: (np.round(a * 10) * 10 if n.startswith("x") else a) for n, a in arrays.items()}
    return Data({n: rounded[n] for n in given.inside}, {n: rounded[n] for n in given.outside})


@cache
def fruit() -> Data:
    """A number between -10 and 10 and one of three classes for each row, both from the same features."""
    random = np.random.default_rng(8)
    x = random.normal(0, 1, (300, 3)).astype(np.float32)
    arrays: dict[str, Array] = {}
    for part, rows in (("train", slice(150)), ("val", slice(150, 225)), ("test", slice(225, 300))):
        arrays[f"x_{part}"] = x[rows]
        arrays[f"y_{part}_price"] = (x[rows] @ np.array([4.0, -3.0, 2.0])).astype(np.float32)
        arrays[f"y_{part}_kind"] = (x[rows, 0] > 0).astype(np.int64) + (x[rows, 1] > 0)
    is_outside = {name: "_test" in name for name in arrays}
    return Data(
        {name: array for name, array in arrays.items() if not is_outside[name]},
        {name: array for name, array in arrays.items() if is_outside[name]},
        class_names=("a", "b", "c"),
    )


@cache
def people() -> Data:
    """Eight numbers and one of three categories for each row; the target depends on both."""
    random = np.random.default_rng(9)
    x, kind = random.normal(0, 1, (300, 8)).astype(np.float32), random.integers(0, 3, (300, 1))
    y = x[:, 0] - 2 * x[:, 1] + 3.0 * np.array([0.0, 1.0, -1.0])[kind[:, 0]]
    return _several(PEOPLE, (x, kind), y.astype(np.float32))


@cache
def pairs() -> Data:
    """Two rows of one shape; the target is how much the first number has grown from the one to the other."""
    random = np.random.default_rng(10)
    before, after = (random.normal(0, 1, (300, 8)).astype(np.float32) for _ in range(2))
    return _several(PAIRS, (before, after), after[:, 0] - before[:, 0])


@cache
def growth() -> Data:
    """Two rows of one shape; how much the first number has grown from the one to the other, and how strongly."""
    given = pairs()
    arrays = {**given.inside, **given.outside}
    for part in ("train", "val", "test"):
        grown = arrays.pop(f"y_{part}")
        arrays |= {f"y_{part}_price": grown, f"y_{part}_kind": np.digitize(grown, [-0.5, 0.5])}
    inside = {name: array for name, array in arrays.items() if "_test" not in name}
    return Data(inside, {n: a for n, a in arrays.items() if n not in inside}, class_names=("a", "b", "c"))


def _several(training: Training, inputs: Sequence[Array], y: Array) -> Data:
    """Deal out the rows of several inputs, half of them to train with."""
    parts = {"train": slice(150), "val": slice(150, 225), "test": slice(225, 300)}
    arrays = {f"y_{part}": y[rows] for part, rows in parts.items()}
    for name, x in zip(training.inputs, inputs, strict=True):
        arrays |= {f"x_{part}_{name}": x[rows] for part, rows in parts.items()}
    inside = {name: array for name, array in arrays.items() if "_test" not in name}
    return add_packed_rows(Data(inside, {n: a for n, a in arrays.items() if n not in inside}), [training])


def _parts(x: Array, y: Array) -> Data:
    order = np.random.default_rng(7).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order]
    train, val = len(x) // 2, len(x) // 2 + len(x) // 4
    inside = {"x_train": x[:train], "y_train": y[:train], "x_val": x[train:val], "y_val": y[train:val]}
    return Data(inside, {"x_test": x[val:], "y_test": y[val:]})


@dataclass(frozen=True)
class Room:
    """An exercise: its data, its task, and its networks."""

    data: Callable[[], Data]
    task: Task
    trainings: tuple[Training, ...] = (Training(),)

    @property
    def rubric(self) -> Rubric:
        """The rubric of this exercise: that its networks are trained."""
        points = [100 // len(self.trainings)] * len(self.trainings)
        points[0] += 100 - sum(points)
        criteria = tuple(
            Criterion(
                id=f"training{i}",
                points=points[i],
                title=_TITLE,
                lesson=_TITLE,
                check=EachOutput(Trains(training)) if training.outputs else Trains(training),
            )
            for i, training in enumerate(self.trainings)
        )
        return Rubric(title=_TITLE, task=self.task, data=self.data, criteria=criteria)


_REGRESSION = Task(kind="regression", labels="numbers")
PRICE, KIND = (
    Output("price", _REGRESSION),
    Output("kind", Task(kind="classification", classes=3, labels="integers")),
)
PEOPLE, PAIRS = Training(inputs=("numbers", "kind")), Training(inputs=("before", "after"))
GROWTH = Training(inputs=("before", "after"), outputs=(PRICE, KIND))
STYLES = ("sequential", "functional", "subclassed")
ROOMS = {
    "digits": Room(data, Task(kind="classification", classes=10), (TRAINING,)),
    "wines": Room(wines, Task(kind="classification", classes=3, labels="integers", parameters=2000)),
    "answers": Room(answers, Task(kind="classification", classes=2, labels="integers")),
    "numbers": Room(numbers, _REGRESSION),
    "unwatched": Room(numbers, _REGRESSION, (Training(validation=False),)),
    "whole numbers": Room(whole_numbers, _REGRESSION),
    "fruit": Room(fruit, Task(kind="several"), (Training(outputs=(PRICE, KIND)),)),
    "people": Room(people, _REGRESSION, (PEOPLE,)),
    "pairs": Room(pairs, _REGRESSION, (PAIRS,)),
    "growth": Room(growth, Task(kind="several"), (GROWTH,)),
    "styles": Room(numbers, _REGRESSION, tuple(Training(build=f"build_{s}", name=s) for s in STYLES)),
}
IMPORTS = "import keras, numpy as np\nfrom keras import layers\n"


def build(
    layers: str,
    loss: str = '"categorical_crossentropy"',
    optimizer: str = "keras.optimizers.Adam(0.005)",
    *,
    eagerly: bool = True,
    features: int = 64,
    metric: str = "accuracy",
    name: str = "build_model",
) -> str:
    """Code of a function that builds these layers after an input of features; compiled where there is a loss."""
    # Eagerly, because a training of a few batches is shorter than its tracing.
    compiled = (
        f"    model.compile({optimizer}, {loss}, metrics=['{metric}'], run_eagerly={eagerly})\n" if loss else ""
    )
    return (
        f"def {name}():\n"
        f"    model = keras.Sequential([keras.Input(({features},)), {layers}])\n"
        f"{compiled}    return model\n"
    )


def train(
    x: str = "x_train", y: str = "y_train", epochs: int = 1, more: str = "", before: str = "", batch: int = 0
) -> str:
    """Code of a `train` that calls fit once. `batch`: 0 for 64 rows, in a single epoch 256."""
    batch = batch or (64 if epochs > 1 else 256)  # each batch of a network that runs eagerly takes long
    validation = more or f"validation_data=({x.replace('train', 'val')}, {y.replace('train', 'val')})"
    return (
        "def train(model, x_train, y_train, x_val, y_val):\n"
        f"    {before or 'pass'}\n"
        f"    return model.fit({x}, {y}, {validation}, epochs={epochs}, batch_size={batch}, verbose=0)\n"
    )


@cache
def case_of(source: str, room: str = "digits") -> Case:
    """What the grader sees of a submission to an exercise: its networks, and what `split` and `diagnose` do."""
    from grader.sandbox.inside.child import SubmissionRun  # imports TensorFlow, which takes seconds

    source = IMPORTS + source
    submission = Submission("student.py", "0" * 64, "script", (Unit(source, source),))
    exercise = ROOMS[room]
    held_data, rubric = exercise.data(), exercise.rubric
    with _nothing_patched():
        run = SubmissionRun(
            Setup(submission=submission), dict(held_data.inside) | dict(Splits("split", 0.25).arrays())
        )
        channel = _Silence()
        imported = pack(run.bring_up(channel), {})  # type: ignore[arg-type]
        bodies = {step.id: run.do(step) for step in _steps(exercise) if _is_defined(step, source)}
        held = Evidence(imported, None, None, bodies, {}, {})
        replays = make_replays(decoded_case(QUESTION, rubric, held_data, held), rubric, frozenset())
        if replays:
            plan, arrays = unpack(replays, Plan)
            examiner = SubmissionRun(Setup(submission=None), arrays)
            held = msgspec.structs.replace(held, replays={step.id: examiner.do(step) for step in plan.steps})
    return decoded_case(QUESTION, rubric, held_data, held)


def view_of(case: Case) -> NetworkView:
    """The first network of a case."""
    return NetworkView(case, case.trainings[0] if case.trainings else TRAINING)


def _steps(exercise: Room) -> Iterator[Step]:
    for training in exercise.trainings:
        yield from training.steps((0,))
    yield from Splits("split", 0.25).steps((0,))
    yield Call(
        id="diagnose@0", function="diagnose", arguments=(HistoryArg(series={"loss": [1.0], "accuracy": [0.5]}),)
    )


def _is_defined(step: Step, source: str) -> bool:
    if step.id.startswith(("train@", "trained:train@")):
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
    held = sys.argv, builtins.input
    try:
        with keras_restored(), warnings.catch_warnings():  # warnings of students' code are printed, not raised
            warnings.simplefilter("default")
            warnings.showwarning = _print_warning
            yield
    finally:
        sys.argv, builtins.input = held
        sys.modules.pop("submission", None)


# Evidence changed by hand, where a network that shows the same would take long to train.


def with_step(case: Case, step: str, arrays: dict[str, Array] | None = None, **fields: object) -> Case:
    """The case with other fields in the evidence of one step, and further arrays. The step may be new."""
    seen = case.steps.get(step)
    evidence = seen.evidence if seen else StepEvidence(id=step, outcome=Returned(value=HistoryValue(curves={})))
    held = dict(seen.arrays if seen else {}) | (arrays or {})
    changed = StepResult(msgspec.structs.replace(evidence, **fields), held)
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
    return replace(case, replays={**case.replays, "trained:train@0": ReplayResult(replayed.evidence, arrays)})


def with_taps(case: Case, *taps: tuple[int, int, float]) -> Case:
    """The case with other counts of units, of units that are never positive, and share of values beyond five.

    The first of them stands at the activation that is there; the others at hidden ones beside it.
    """
    replayed = case.replays["trained:train@0"]
    node = replayed.evidence.taps[0].node
    made = tuple(TapFacts(node=node, units=u, never_positive=n, beyond_five=b) for u, n, b in taps)
    changed = ReplayResult(msgspec.structs.replace(replayed.evidence, taps=made), replayed.arrays)
    return replace(case, replays={**case.replays, "trained:train@0": changed})


def without_replays(case: Case, *steps: str) -> Case:
    """The case without the replays of these steps; without any if none is named."""
    return replace(case, replays={k: v for k, v in case.replays.items() if steps and k not in steps})


def without_steps(case: Case, *steps: str) -> Case:
    """The case without the evidence of these steps; without any if none is named."""
    return replace(case, steps={k: v for k, v in case.steps.items() if steps and k not in steps})
