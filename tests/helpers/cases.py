"""Cases made by hand: what the run would have left, without a run. A solution here is plain Python and NumPy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Translator, Words
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.losses import softmax
from grader.evidence.replay_rows import ROLES, perturb
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import (
    CompileFacts,
    ExceptionFacts,
    FigureValue,
    FitFacts,
    Frame,
    GraphFacts,
    HistoryValue,
    ImportEvidence,
    LayerFacts,
    Missing,
    ModelFacts,
    ModelValue,
    NodeFacts,
    NoneValue,
    OtherValue,
    Outcome,
    Raised,
    ReplayEvidence,
    Returned,
    StepEvidence,
    Stopped,
    TailFacts,
    Value,
)
from grader.protocol.plan import Argument, Call, HistoryArg, ListArg, LiteralArg
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.task import Task
from grader.protocol.training import Training as HowTrained
from grader.rubric.checks.base import Check
from grader.rubric.data import Data

say = Translator("en")
TASK = Task(kind="classification", classes=10)
TRAINING = HowTrained(encode="one_hot")
Solution = Callable[..., object]


# Data: ten classes of pictures, each with ink of its own.


@cache
def data() -> Data:
    """Small made-up data with the names and shapes of the digits."""
    x, y = _pictures(200, 1)
    one_hot = np.eye(10, dtype=np.float32)
    inside = {"x_train": x[:100], "y_train": y[:100], "x_val": x[100:140], "y_val": y[100:140]}
    inside |= {"y_train_one_hot": one_hot[y[:100]], "y_val_one_hot": one_hot[y[100:140]]}
    outside = {"x_test": x[140:], "y_test": y[140:], "x_all": np.round(x * 16.0), "y_all": y}
    return Data(inside, outside, class_names=tuple(map(str, range(10))), picture=(8, 8))


def _pictures(rows: int, seed: int) -> tuple[Array, Array]:
    noise = np.random.default_rng(seed)
    y = np.arange(rows) % 10
    x = noise.uniform(0.0, 0.3, (rows, 64))
    for digit in range(10):
        x[y == digit, 6 * digit : 6 * digit + 6] += 0.6
    return x.astype(np.float32), y


# Values, as a run would have written them down.


def encode(value: object, arrays: dict[str, Array]) -> Value:
    """Return a value as the record that a run makes of it, by the encoder of the run itself."""
    from grader.sandbox.inside.array_store import Store
    from grader.sandbox.inside.encode_values import encode as encode_value  # imports Keras

    if isinstance(value, FigureValue | OtherValue | HistoryValue | ModelValue):
        return value
    store = Store()
    store.arrays = arrays
    return encode_value(value, store)


def history(**series: Sequence[float]) -> Any:
    """Return a `keras.callbacks.History` with these curves."""
    from grader.sandbox.inside.keras_facts import made_history

    return made_history({key: list(values) for key, values in series.items()})


# Runs.


def seen(step: str, outcome: Outcome, arrays: Mapping[str, Array] | None = None, **facts: Any) -> StepResult:
    """The evidence of one step."""
    return StepResult(StepEvidence(id=step, outcome=outcome, **facts), arrays or {})


def returned(step: str, value: object, **facts: Any) -> StepResult:
    """The evidence of a call that returned."""
    arrays: dict[str, Array] = {}
    return seen(step, Returned(value=encode(value, arrays)), arrays, **facts)


def case(steps: Mapping[str, StepResult] | None = None, **parts: Any) -> Case:
    """A case with these steps and nothing else."""
    given = data()
    usual = {"inside": given.inside, "outside": given.outside, "task": TASK, "trainings": (TRAINING,)}
    parts = {"imported": ImportEvidence(), "stops": {}, **usual, **parts}
    return Case(steps=dict(steps or {}), **parts)


def run(check: Check, functions: Mapping[str, Solution], fits: int = 0) -> Case:
    """Do the steps of a check with functions in place of a submission."""
    arrays = {**data().inside, **check.arrays()}
    steps = {}
    for step in check.steps((0,)):
        assert isinstance(step, Call)
        arguments = [_argument(a, arrays) for a in step.arguments]
        steps[step.id] = _call(step, functions.get(step.function), arguments, fits)
    return case(steps)


def _argument(argument: Argument, arrays: Mapping[str, Array]) -> object:
    if isinstance(argument, Given):
        return arrays[argument.name][: argument.row_count or None].copy()
    if isinstance(argument, ListArg):
        return arrays[argument.name].tolist()
    if isinstance(argument, HistoryArg):
        return history(**argument.series)
    assert isinstance(argument, LiteralArg)
    return argument.value


def _call(step: Call, function: Solution | None, arguments: list[object], fits: int) -> StepResult:
    if function is None:
        return seen(step.id, Missing())
    before = [np.copy(a) if isinstance(a, np.ndarray) else None for a in arguments]
    np.random.seed(step.seed)
    try:
        value = function(*arguments)
    except Exception as error:  # noqa: BLE001
        return seen(step.id, Raised(exception=exception(error)))
    kept: dict[str, Array] = {}
    pairs = enumerate(zip(arguments, before, strict=True))
    mutated = tuple(i for i, (a, b) in pairs if b is not None and not np.array_equal(a, b))  # type: ignore[arg-type]
    outcome = Returned(value=encode(value, kept), mutated=mutated)
    return seen(step.id, outcome, kept, fits=(FitFacts(finished=True),) * fits)


def exception(error: BaseException, line: int = 7) -> ExceptionFacts:
    """An exception that left a function of the submission."""
    bases = tuple(c.__name__ for c in type(error).__mro__)
    return ExceptionFacts(type=bases[0], message=str(error), frames=(Frame(line=line),), bases=bases)


def judged(check: Check, made: Case) -> Judgement:
    """Return the judgement of a check, however it ends; whatever it says can be said."""
    try:
        judgement = check.judge(made)
    except PreconditionFailedError as unmet:
        judgement = unmet.judgement
    for words in (judgement.message, judgement.expected, judgement.received):
        assert words is None or isinstance(say(words), str)
    return judgement


def judge(check: Check, *, fits: int = 0, **functions: Any) -> Judgement:
    """Judge functions by a check."""
    return judged(check, run(check, functions, fits))


def text(words: Words | str | None) -> str:
    """Return what was said, in English."""
    return "" if words is None else say(words)


# Networks.


class Net:
    """A frozen graph, written node by node, that computes as it is written."""

    def __init__(self, seed: int = 0) -> None:
        given = data()
        x_test = given.outside["x_test"]
        self.inputs = {
            "x_test": x_test,
            "x_perturbed": perturb(x_test),
            "x_val": given.inside["x_val"],
        }
        self.nodes: list[NodeFacts] = []
        self.values: dict[str, dict[str, Array]] = {}
        self.constants: dict[str, str] = {}
        self.arrays: dict[str, Array] = {}
        self.layers: list[LayerFacts] = []
        self.tail: Sequence[Array] = ()  # what the nodes from the last weights to the output make of LOGITS
        self.random = np.random.default_rng(seed)
        self.x = self.op("Placeholder", lambda: np.zeros(0))
        self.values[self.x] = dict(self.inputs)
        self.output = self.x

    def op(self, kind: str, compute: Callable[..., Array], *sources: str) -> str:
        """Add a node that computes its value from those of other nodes."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(NodeFacts(name=name, op=kind, inputs=sources))
        if sources:
            self.values[name] = {i: compute(*(self.values[s][i] for s in sources)) for i in self.inputs}
        self.output = name
        return name

    def constant(self, value: Array) -> str:
        """Add a weight: a constant that is read through an Identity, as frozen variables are."""
        name = f"Const_{len(self.nodes)}"
        self.nodes.append(NodeFacts(name=name, op="Const"))
        self.constants[name] = name
        self.arrays[name] = value
        self.values[name] = dict.fromkeys(self.inputs, value)
        return self.op("Identity", lambda v: v, name)

    def kernel(self, x: str, kernel: Array) -> str:
        """Multiply with a weight."""
        weight = self.constant(kernel.astype(np.float32))
        return self.op("MatMul", lambda a, b: a @ b, x, weight)

    def dense(self, x: str, units: int, activation: str = "", weights: Array | None = None, **claims: Any) -> str:
        """Add a Dense layer."""
        width = self.values[x]["x_val"].shape[-1]
        kernel = self.random.normal(0, 0.3, (width, units)) if weights is None else weights
        y = self.op("BiasAdd", np.add, self.kernel(x, kernel), self.constant(np.zeros(units, np.float32)))
        facts = LayerFacts(name=f"dense_{len(self.layers)}", kind="Dense", path="", units=units)
        self.layers.append(replace_facts(facts, weight_shapes=((width, units), (units,)), **claims))
        return self.act(y, activation) if activation else y

    def act(self, x: str, activation: str) -> str:
        """Add an activation."""
        return self.op(activation, ACTIVATIONS[activation], x)

    def replayed(self, step: str, **changes: Any) -> ReplayResult:
        """What the replay of this graph gives."""
        arrays = dict(self.arrays) | {f"out:{n}": self.values[self.output][n] for n in self.inputs}
        arrays |= {f"tail:{number}": values for number, values in enumerate(self.tail)}
        evidence = ReplayEvidence(
            id=step,
            tail=tuple(TailFacts(node="", values=f"tail:{number}") for number in range(len(self.tail))),
            nodes=tuple(self.nodes),
            constants=self.constants,
            outputs=tuple(f"out:{n}" for n in ROLES if n in self.inputs),
        )
        return ReplayResult(replace_facts(evidence, **changes), arrays)

    def facts(self, **changes: Any) -> ModelFacts:
        """What the model of this graph claims."""
        width = self.values[self.output]["x_val"].shape[1:]
        count = sum(a.size for a in self.arrays.values())
        facts = ModelFacts(
            style="sequential",
            type="Sequential",
            layers=tuple(self.layers),
            input_shape=(None, 64),
            parameters=count,
            trainable_parameters=count,
            compiled=compiled(),
            graph=GraphFacts(
                ref="g",
                input_node="x:0",
                output_node=f"{self.output}:0",
                input_shape=(None, 64),
                output_shape=(None, *width),
            ),
        )
        return replace_facts(facts, **changes)  # type: ignore[no-any-return]


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "Relu": _relu,
    "Tanh": np.tanh,
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Softmax": softmax,
    "LogSoftmax": lambda x: np.log(softmax(x)),
    "Erf": np.tanh,
    "Exp": np.exp,
    "Elu": lambda x: np.where(x > 0, x, np.expm1(x)),
}


def replace_facts(record: Any, **changes: Any) -> Any:
    """Return a record with other values in some fields."""
    return type(record)(**{name: getattr(record, name) for name in record.__struct_fields__} | changes)


def compiled(loss: str = "categorical_crossentropy", *, from_logits: bool = False, **changes: Any) -> CompileFacts:
    """What `compile` was given."""
    facts = CompileFacts(
        loss=loss,
        from_logits=from_logits,
        label_smoothing=0.0,
        optimizer="Adam",
        learning_rate=0.001,
        metrics=("accuracy",),
    )
    return replace_facts(facts, **changes)  # type: ignore[no-any-return]


def plain(head: str = "Softmax", units: int = 10, hidden: str = "Relu") -> Callable[[Net], str]:
    """A recipe: one hidden layer, one output layer."""

    def make(net: Net) -> str:
        h = net.dense(net.x, 32, hidden)
        return net.dense(h, units, head)

    return make


def good_kernel() -> Array:
    """A kernel that tells the made-up pictures apart."""
    kernel = np.full((64, 10), -0.5)
    for digit in range(10):
        kernel[6 * digit : 6 * digit + 6, digit] = 1.5
    return kernel


def good(net: Net) -> str:
    """A recipe: a network that has learned; one without a seed of its own."""
    h = net.dense(net.x, 12, "Relu", np.hstack([good_kernel(), net.random.normal(0, 0.1, (64, 2))]))
    return net.dense(h, 10, "Softmax", np.vstack([np.eye(10) * 3, np.zeros((2, 10))]))


@dataclass
class Training:
    """One network before and after its training, to be changed at will and made a case of."""

    make: Callable[[Net], str] = good
    loss: CompileFacts = field(default_factory=compiled)
    fit: FitFacts | None = field(default_factory=lambda: fit(finished=True))
    claims: Mapping[str, Any] = field(default_factory=dict)
    moves: bool = True
    returns_history: bool = True
    val_loss: Sequence[float] | None = None
    rows: Array | None = None
    scores: Mapping[int, float] = field(default_factory=dict)
    probabilities: Callable[[Array], object] | None = None
    steps: Mapping[str, StepResult] = field(default_factory=dict)
    replay: Mapping[str, Any] = field(default_factory=dict)

    def case(self, seeds: Sequence[int] = (0,), **parts: Any) -> Case:
        """Return everything that a run of it would have left."""
        steps: dict[str, StepResult] = {}
        replays: dict[str, ReplayResult] = {}
        for seed in seeds:
            for step, net in (
                (f"model:build_model@{seed}", self._net(seed, 100 + seed)),
                (f"trained:train@{seed}", self._net(seed, seed)),
            ):
                claims = {"compiled": self.loss, **self.claims}
                steps[step] = seen(step, Returned(value=NoneValue()), {}, model=net.facts(**claims))
                replays[step] = net.replayed(step, **self.replay)
                if seed in self.scores and step.startswith("trained"):
                    replays[step].arrays["out:x_test"] = scoring(self.scores[seed])  # type: ignore[index]
            steps[f"build_model@{seed}"] = seen(
                f"build_model@{seed}", Returned(value=ModelValue(type="Sequential"))
            )
            outputs = replays[f"trained:train@{seed}"].arrays["out:x_val"]
            steps[f"train@{seed}"] = self._trained(f"train@{seed}")
        if self.probabilities is not None:
            steps["predict_probabilities@val"] = returned("predict_probabilities@val", self.probabilities(outputs))
        return case({**steps, **self.steps}, replays=replays, seeds=tuple(seeds), **parts)

    def _net(self, seed: int, start: int) -> Net:
        net = Net(start if self.moves else seed)
        self.make(net)
        return net

    def _trained(self, step: str) -> StepResult:
        curves = {
            "val_loss": np.array(self.val_loss if self.val_loss is not None else [9.0, 8.0]),
            "loss": np.array([2.0, 1.0]),
        }
        rows = row_hashes(data().inside["x_train"] if self.rows is None else self.rows)
        arrays = {**curves, "rows": rows}
        changes = {
            "curves": {k: k for k in curves},
            "rows": "rows",
            "model": step.replace("train@", "build_model@"),
        }
        fits = () if self.fit is None else (replace_facts(self.fit, **changes),)
        value: Value = HistoryValue(curves={k: k for k in curves}) if self.returns_history else NoneValue()
        return seen(step, Returned(value=value), arrays, fits=fits)


def fit(**changes: Any) -> FitFacts:
    """One call of `fit`, as a good one is made."""
    facts = FitFacts(
        model="build_model@0",
        loss="categorical_crossentropy",
        x_shape=(100, 64),
        x_range=(float(data().inside["x_train"].min()), float(data().inside["x_train"].max())),
        y_shape=(100, 10),
        y_dtype="float32",
        epochs=2,
        validation="data",
        finished=True,
    )
    return replace_facts(facts, **changes)  # type: ignore[no-any-return]


def scoring(share: float) -> Array:
    """Outputs that have this share of the held-out rows right."""
    y = data().outside["y_test"]
    wrong = round(len(y) * (1 - share))
    said = np.where(np.arange(len(y)) < wrong, (y + 1) % 10, y)
    return np.eye(10)[said] if share >= 0 else np.full((len(y), 10), np.nan)


def stop(reason: Any, detail: str = "7") -> Stopped:
    """A run that ended early."""
    return Stopped(reason=reason, detail=detail)
