"""Checks of what a student says about networks: scores of a trained one, and which statement is true of which
style."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.scores import r_squared
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Entries, Items, NoneValue, OtherValue, TextValue, Value
from grader.protocol.plan import ArrayArg, Step, value_of
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.calls import show_call, write_network_call
from grader.rubric.checks.networks.several import AfterTraining
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.checks.networks.styles import Style
from grader.rubric.data.dataset import Data

CLOSE = 2e-3  # scores may be rounded to two or three decimals, or be computed in 32 bits
ROUNDING = 0.0051


@dataclass(frozen=True)
class RegressionScores(AfterTraining):
    """`function(model, x, y)` returns {"r2": ..., "mae": ...} of a trained network.

    It is judged with the last network that was trained: those that are missing cost nothing here, and where
    networks
    share layers, only the last is still what it was when it was described.

    `truth` names the labels that the function is given with the validation rows. Changed ones tell more: where the
    network is nearly right, a score with truth and prediction swapped is nearly right as well, and so are others.

    >>> RegressionScores((Training(name="sequential"),), "scores", truth="y_val")
    """

    kinds = frozenset({"regression"})
    function: FunctionName = "scores"
    truth: str = "y_val"

    def more(self, network: Training) -> tuple[ArrayArg, ...]:
        """Return rows that the network has not been trained with."""
        return (ArrayArg(name=network.array("x_val")), ArrayArg(name=network.array(self.truth)))

    def write_call(self, network: Training) -> str:
        """Return a call as it can be pasted."""
        noisy = "1.3 * y_val + np.random.default_rng(0).normal(0.7, size=y_val.shape)"
        return write_network_call(network, self.function, "x_val", "y_val" if self.truth == "y_val" else noisy)

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with a single network of the grader's, which is enough."""
        return self._on_stand_ins(task, are_trained=True, only=1)

    def judge(self, case: Case) -> Judgement:
        """Judge with one of the networks."""
        there = [network for network in self.networks if _is_trained(case, network)] or self.networks[:1]
        return self.judge_one(case, there[-1])

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge against the outputs of the frozen graph."""
        value, arrays = case.value(self.call(network, case.seeds[0]).id)
        received = _scores(value, arrays, self.function)
        outputs = require_certified(case, network, after=True).outputs["x_val"]
        truth = case.inside[network.array(self.truth)].astype(np.float64)
        if outputs.size != truth.size or not np.isfinite(outputs).all():
            raise PreconditionFailedError(
                failed(_("The outputs of the network are not one number for every row."))
            )
        predicted = outputs.ravel().astype(np.float64)
        right = {"r2": r_squared(truth, predicted), "mae": float(np.abs(truth - predicted).mean())}
        for name, expected in right.items():
            if not _close(received[name], expected):
                judgement = failed(
                    _(
                        "{function}() returned {received:.4f} as {name}; the outputs of the network give "
                        "{expected:.4f}. {reason}",
                        function=self.function,
                        name=name,
                        received=received[name],
                        expected=expected,
                        reason=_reason(name, received[name], truth, predicted),
                    ),
                    expected=_("{name} = {value}", name=name, value=write_number(expected, ".4f")),
                    received=_("{name} = {value}", name=name, value=write_number(received[name], ".4f")),
                )
                return show_call(judgement, self.write_call(network))
        return passed(_("R² and mean absolute error are those of the network."))


def _is_trained(case: Case, network: Training) -> bool:
    try:
        require_certified(case, network, after=True)
    except PreconditionFailedError:
        return False
    return True


def _close(received: float, expected: float) -> bool:
    return bool(np.isclose(received, expected, rtol=CLOSE, atol=ROUNDING))


def _reason(name: str, received: float, truth: Array, predicted: Array) -> Words:
    """Return which known mistake gives this number."""
    table = truth[:, None] - predicted[None, :]
    spread = ((truth - truth.mean()) ** 2).sum()
    mistakes = {
        "table": [float(np.abs(table).mean()), *(1 - (table**2).sum() / spread / n for n in (1, len(truth)))],
        "swapped": [r_squared(predicted, truth)],
        "squared": [float(((truth - predicted) ** 2).mean()), float(np.sqrt(((truth - predicted) ** 2).mean()))],
        "sign": [-r_squared(truth, predicted), float((truth - predicted).mean()), 1 - r_squared(truth, predicted)],
        "undivided": [1 - float(((truth - predicted) ** 2).sum()), float(np.abs(truth - predicted).sum())],
        "variance": [float(1 - np.var(truth - predicted) / np.var(truth))],
        "correlation": [float(np.corrcoef(truth, predicted)[0, 1] ** 2)],
    }
    nearest = {k: min(abs(received - value) for value in values) for k, values in mistakes.items()}
    near = [k for k, values in mistakes.items() if any(_close(received, value) for value in values)]
    kind = min(near, key=nearest.__getitem__, default="")
    if kind == "table":
        return _(
            "y has the shape (n,) and the predictions have (n, 1), so their difference is a table (n, n). Flatten "
            "the predictions first."
        )
    if kind == "swapped" and name == "r2":
        return _("Truth and prediction are swapped: r2_score(y_true, y_pred).")
    if kind == "squared" and name == "r2":
        return _(
            "That is an error of squares. R² is 1 minus the mean squared error, divided by the variance of y."
        )
    if kind == "squared":
        return _("That is an error of squares. The mean absolute error is the mean of |y - prediction|.")
    if kind == "sign":
        return _("Look at the formula again: 1 - squared errors / squared distances from the mean of y.")
    if kind == "undivided":
        return _(
            "That is a sum that is not divided: the squared errors by the squared distances from the mean of y, "
            "the absolute errors by the number of rows."
        )
    if kind == "variance" and name == "r2":
        return _(
            "That is 1 minus a quotient of variances, as with np.var(y - prediction), which does not see that the "
            "predictions are too high or too low on average. Take the mean of the squared errors."
        )
    if kind == "correlation":
        return _("That is the squared correlation, which does not see predictions that are off by a factor.")
    return _(
        "Is it computed on the rows that the function is given, with the outputs of the network as they are, "
        "neither scaled nor rounded?"
    )


def _scores(value: Value, arrays: Mapping[str, Array], function: str) -> dict[str, float]:
    """Return both scores by name; `PreconditionFailedError` says what is there instead."""
    expected = '{"r2": ..., "mae": ...}'
    entries = {}
    if isinstance(value, Entries):
        entries = {key.strip().casefold().replace("²", "2"): item for key, item in value.entries}
    if not {"r2", "mae"} <= entries.keys():
        raise PreconditionFailedError(
            failed(
                _(
                    "{function}() has to return a dict with the keys r2 and mae. Received: {received}.",
                    function=function,
                    received=name_of(value),
                ),
                expected=expected,
                received=name_of(value),
            )
        )
    scores = {}
    for name in ("r2", "mae"):
        array = numbers(entries[name], arrays, function)
        if not is_numeric(array) or array.size != 1:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return one number as {name}. Received: {received}.",
                        function=function,
                        name=name,
                        received=name_of(entries[name]),
                    ),
                    expected=expected,
                    received=name_of(entries[name]),
                )
            )
        scores[name] = float(array.ravel()[0])
    return scores


@dataclass(frozen=True)
class StyleFacts(Check):
    """The global `name` says for each statement which styles it is true of; each has its share of the points.

    `truth` says it rightly: statement by statement, the styles. Sets, lists and tuples of words are fine, and
    one text with several; in English and German, in any case.

    >>> StyleFacts("STYLE_FACTS", {"branches": ("functional", "subclassed")})
    """

    name: FunctionName
    truth: Mapping[str, tuple[Style, ...]]

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where there are no statements."""
        if not self.truth:
            raise self.refuse(_("truth is empty; at least one statement is needed"), "truth")

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the reading of the global."""
        return (value_of(self.name),)

    def judge(self, case: Case) -> Judgement:
        """Judge each statement by itself."""
        value, arrays = case.read(self.name)
        if not isinstance(value, Entries):
            return failed(
                _(
                    "{name} has to be a dict: for each statement the styles that it is true of. Received: "
                    "{received}.",
                    name=self.name,
                    received=name_of(value),
                ),
                expected=_("a dict with {count} statements", count=len(self.truth)),
                received=name_of(value),
            )
        entries = {key.strip().casefold(): item for key, item in value.entries}
        answered = {key: entries[key] for key in self.truth if key in entries and not _is_open(entries[key])}
        if not answered:
            message = _("No statement of {name} has an answer yet.", name=self.name)
            untouched = any(key in entries for key in self.truth)  # as the stub has them
            return Judgement(Status.NOT_ATTEMPTED, message) if untouched else failed(message)
        wrong = {
            key: _wrong(key, item, read_styles(item, arrays), set(self.truth[key]))
            for key, item in answered.items()
            if read_styles(item, arrays) != set(self.truth[key])
        }
        return self._counted(wrong, [key for key in self.truth if key not in answered])

    def _counted(self, wrong: Mapping[str, Words], unanswered: Sequence[str]) -> Judgement:
        right = len(self.truth) - len(wrong) - len(unanswered)
        if right == len(self.truth):
            return passed(_("All {count} statements are right.", count=right))
        message: Words = _("Still without an answer: {names}.", names=", ".join(unanswered))
        if wrong:
            message = next(iter(wrong.values()))
        if len(wrong) > 1:
            message = _("{first} Also look at: {others}.", first=message, others=", ".join(list(wrong)[1:]))
        expected = _("right answers: {count}", count=len(self.truth))
        received = _("right answers: {count}", count=right)
        if right == 0:
            return failed(message, expected=expected, received=received)
        return partial(right / len(self.truth), message, expected=expected, received=received)


def _is_open(value: Value | None) -> bool:
    return (
        value is None
        or isinstance(value, NoneValue)
        or (isinstance(value, OtherValue) and value.type == "ellipsis")
    )


def _wrong(key: str, value: Value, styles: set[str] | None, truth: set[str]) -> Words:
    if styles is None:
        return _(
            "{key}: {received} is no set of styles. Use the words sequential, functional and subclassed.",
            key=key,
            received=name_of(value),
        )
    if styles - truth:
        style = min(styles - truth)
        return _("{key}: this is not true of {style}. {advice}", key=key, style=style, advice=_advice(style))
    return _("{key}: this is true of more styles than that.", key=key)


def _advice(style: str) -> Words:
    if style == "sequential":
        return _("A Sequential is a stack: one input, one output, and nothing to decide on the way.")
    if style == "functional":
        return _(
            "The functional API draws a plan of layers: it may branch and join, but it is fixed before any row "
            "goes through it."
        )
    return _("In a subclass, call is ordinary Python: anything may happen there, and Keras cannot foresee it.")


_WORDS = {
    "sequential": "sequential",
    "sequentials": "sequential",
    "sequenziell": "sequential",
    "sequentiell": "sequential",
    "functional": "functional",
    "funktional": "functional",
    "funktionale": "functional",
    "funktionales": "functional",
    "subclassed": "subclassed",
    "subclass": "subclassed",
    "subclassing": "subclassed",
    "unterklasse": "subclassed",
    "abgeleitet": "subclassed",
    "vererbung": "subclassed",
    "klasse": "subclassed",
}
_MOST_WORDS = 100  # that an answer may hold: there are three styles
_ALL = frozenset({"all", "alle", "every", "jeder"})
_FILLERS = frozenset(
    {"and", "und", "or", "oder", "of", "them", "the", "der", "die", "das", "drei", "three", "own", "eigene"}
    | {"abgeleitete", "keras", "api", "model", "models", "modell", "modelle", "style", "styles", "stil", "stile"}
)


def read_styles(value: Value, arrays: Mapping[str, Array]) -> set[str] | None:
    """Return the styles that an answer names, or None where it says something else."""
    texts: list[str] = []
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, TextValue):
            texts.append(item.text)
        elif isinstance(item, ArrayValue) and arrays[item.ref].dtype.kind == "U":
            texts += [str(text) for text in arrays[item.ref].ravel()[:_MOST_WORDS]]
        else:
            return None
    styles: set[str] = set()
    for word in re.findall(r"\w+", " ".join(texts).casefold()):
        if word in _WORDS:
            styles.add(_WORDS[word])
        elif word in _ALL:
            styles.update(_WORDS.values())
        elif word not in _FILLERS:
            return None
    return styles
