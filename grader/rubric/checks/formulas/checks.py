"""The check of formulas: functions of numbers, called with inputs made by the grader.

Each formula is described once, in a module of its family: what is right, on what it is tried, and what the usual
mistakes compute. A mistake is recognised by what it gives on all the general inputs, so that the message can say
what was computed instead of what was asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Annotated

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Filled, FunctionName, suggest
from grader.core.i18n import Message, Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import is_numeric
from grader.protocol.plan import Argument, ArrayArg, Call, ListArg, LiteralArg, Step
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.formulas.calibration import CALIBRATION_FORMULAS
from grader.rubric.checks.formulas.class_balance import BALANCE_FORMULAS
from grader.rubric.checks.formulas.confusion_counts import LABEL_FORMULAS
from grader.rubric.checks.formulas.crossentropy import CROSSENTROPY_FORMULAS
from grader.rubric.checks.formulas.dense_layer import DENSE_FORMULAS
from grader.rubric.checks.formulas.formula import MAX_NUMBERS_WRITTEN, Formula, Trial, is_close
from grader.rubric.checks.formulas.rates import RATE_FORMULAS
from grader.rubric.checks.formulas.regression import REGRESSION_FORMULAS
from grader.rubric.checks.formulas.softmax import SOFTMAX_FORMULAS
from grader.rubric.checks.functions.comparison import check_unchanged

FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        **RATE_FORMULAS,
        **REGRESSION_FORMULAS,
        **SOFTMAX_FORMULAS,
        **CROSSENTROPY_FORMULAS,
        **LABEL_FORMULAS,
        **DENSE_FORMULAS,
        **BALANCE_FORMULAS,
        **CALIBRATION_FORMULAS,
    }
)

ON_EDGES = 0.5  # what is kept of a formula that is right in general and wrong on an edge


def _describe_no_formula(name: str) -> Message:
    known = ", ".join(FORMULAS)
    if guess := suggest(name, FORMULAS):
        return _(
            "no such formula: {name} (did you mean {guess!r}?); there are {known}",
            name=name,
            guess=guess,
            known=known,
        )
    return _("no such formula: {name}; there are {known}", name=name, known=known)


@dataclass(frozen=True)
class Formulas(DrawnCheck):
    """Each function computes what the formula of its name computes, on general inputs and on edges.

    `functions` are names of formulas, which the functions have as well. All count the same. One that is right
    in general and wrong on an edge keeps half of its share.

    >>> Formulas(("sensitivity", "specificity"))
    """

    functions: Annotated[tuple[FunctionName, ...], Filled(_("a check of no formulas checks nothing"))]

    def __post_init__(self) -> None:
        """Raise `RubricError` for a formula that does not exist."""
        super().__post_init__()
        for name in self.functions:
            if name not in FORMULAS:
                raise self.refuse(_describe_no_formula(name), "functions")

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for each trial of each formula."""
        return tuple(
            Call(
                id=f"{name}@{trial.name}",
                function=name,
                arguments=tuple(_argument(name, trial, i) for i in range(len(trial.arguments))),
                refuses_layers=FORMULAS[name].refuses_layers,
            )
            for name in self.functions
            for trial in FORMULAS[name].trials(self.seal)
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays of all trials."""
        return {
            f"{name}:{trial.name}:{i}": value
            for name in self.functions
            for trial in FORMULAS[name].trials(self.seal)
            for i, value in enumerate(trial.arguments)
            if isinstance(value, np.ndarray)
        }

    def judge(self, case: Case) -> Judgement:
        """Judge function by function, and explain the first that is not right."""
        judgements = [
            _Tried(case, name, FORMULAS[name], FORMULAS[name].trials(self.seal), self._truths[name]).judge()
            for name in self.functions
        ]
        for each in judgements:
            if each.status is Status.NOT_GRADED:
                return each
        if all(each.status is Status.NOT_ATTEMPTED for each in judgements):
            return judgements[0]
        wrong = [each for each in judgements if each.status is not Status.PASSED]
        if not wrong:
            return passed(self._praise())
        first = wrong[0]
        message: Words = first.message
        # What is said of all of them alike is about the file: other criteria say the same, and it is told once.
        if any(each.message != first.message for each in judgements):
            message = _(
                "Right throughout: {right} of {count} formulas. {message}",
                right=len(judgements) - len(wrong),
                count=len(judgements),
                message=message,
            )
        share = sum(each.share for each in judgements) / len(judgements)
        make = failed if share == 0 else _with_share(share)
        return make(message, expected=first.expected, received=first.received, at=first.at)

    @cached_property
    def _truths(self) -> Mapping[str, dict[str, Array]]:
        """Return the right values on the trials of each formula, computed when they are first asked for."""
        return {name: {} for name in self.functions}

    def _praise(self) -> Words:
        if len(self.functions) == 1:
            return _praise(self.functions[0])
        return _(
            "All {count} formulas are right on all inputs, edges too: {functions}.",
            count=len(self.functions),
            functions=", ".join(self.functions),
        )


def _praise(function: str) -> Words:
    return _(
        "{function}() is right on all {count} inputs, edges too.",
        function=function,
        count=len(FORMULAS[function].trials()),
    )


def _with_share(share: float) -> Callable[..., Judgement]:
    def make(message: Words, **facts: object) -> Judgement:
        return partial(share, message, **facts)  # type: ignore[arg-type]

    return make


def _argument(function: str, trial: Trial, position: int) -> Argument:
    value = trial.arguments[position]
    if not isinstance(value, np.ndarray):
        return LiteralArg(value=value)
    name = f"{function}:{trial.name}:{position}"
    return ListArg(name=name) if trial.lists else ArrayArg(name=name)


@dataclass(frozen=True)
class _Tried:
    """One function of the submission, called on all trials of its formula."""

    case: Case
    function: str
    formula: Formula
    trials: tuple[Trial, ...]
    truths: dict[str, Array]
    received: dict[str, Array] = field(default_factory=dict)

    def judge(self) -> Judgement:
        """Judge one function: all, half or none of its points."""
        trials = self.trials
        try:
            general = self._general([trial for trial in trials if trial.edge is None])
        except PreconditionFailedError as unmet:
            return unmet.judgement
        if general is not None:
            return general
        for trial in trials:
            if trial.edge is not None and (problem := self._edge(trial)) is not None:
                return problem
        return passed(_praise(self.function))

    def _general(self, trials: Sequence[Trial]) -> Judgement | None:
        for trial in trials:
            self.received[trial.name] = self._read(trial)
        wrong = next((trial for trial in trials if not self._agrees(trial)), None)
        if wrong is not None:
            return self._explained(wrong, trials)
        return self._mutations(trials)

    def _mutations(self, trials: Sequence[Trial]) -> Judgement | None:
        for trial in trials:
            if problem := check_unchanged(self.case, self._step(trial), self.function):
                return partial(
                    ON_EDGES, problem.message, expected=problem.expected, received=problem.received, at=problem.at
                )
        return None

    def _edge(self, trial: Trial) -> Judgement | None:
        """Return what is wrong on an edge; a crash there is explained with its line."""
        assert trial.edge is not None
        try:
            self.received[trial.name] = self._read(trial)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is Status.NOT_GRADED:
                return unmet.judgement
            return partial(
                ON_EDGES,
                _(
                    "{function}() is right in general, but not {edge}, {input}. {problem} {hint}",
                    function=self.function,
                    edge=trial.edge,
                    input=self._input(trial),
                    problem=unmet.judgement.message,
                    hint=trial.hint,
                ),
                expected=self.formula.show(self._right(trial)),
                received=unmet.judgement.received,
                at=unmet.judgement.at,
            )
        if self._agrees(trial):
            return None
        expected, received = self._write_numbers(trial)
        return partial(
            ON_EDGES,
            _(
                "{function}() is right in general, but not {edge}, {input}: it gives {received}; expected "
                "{expected}. {hint}",
                function=self.function,
                edge=trial.edge,
                input=self._input(trial),
                received=received,
                expected=expected,
                hint=trial.hint,
            ),
            expected=expected,
            received=received,
        )

    def _explained(self, trial: Trial, trials: Sequence[Trial]) -> Judgement:
        expected, received = self._write_numbers(trial)
        return failed(
            _(
                "{input}, {function}() gives {received}; expected {expected}. {why}",
                input=self._begin(trial),
                function=self.function,
                received=received,
                expected=expected,
                why=self._mistake(trials),
            ),
            expected=expected,
            received=received,
        )

    def _mistake(self, trials: Sequence[Trial]) -> Words:
        with np.errstate(all="ignore"):
            for mistake in self.formula.mistakes:
                if all(is_close(self.received[t.name], np.asarray(mistake.formula(*t.arguments))) for t in trials):
                    return mistake.words
        if any(np.isnan(self.received[t.name]).any() and not np.isnan(self._right(t)).any() for t in trials):
            return _(
                "nan is what 0 / 0 and the mean of no rows give: print what it is computed from. Expected was "
                "{formula}.",
                formula=self.formula.words,
            )
        return _("Expected was {formula}.", formula=self.formula.words)

    def _read(self, trial: Trial) -> Array:
        """Return the result of the function as numbers of the right shape.

        Raises:
            PreconditionFailedError: it is something else; the judgement says what.
        """
        step = self._step(trial)
        received = self.formula.read(self.case, step, self.function)
        expected = self._right(trial)
        if not is_numeric(received):
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return numbers. Received: dtype {dtype}.",
                        function=self.function,
                        dtype=str(received.dtype),
                    ),
                    expected=self.formula.words,
                    received=str(received.dtype),
                )
            )
        if expected.ndim == 0 and received.size == 1:
            received = received.reshape(())
        if received.shape != expected.shape:
            raise PreconditionFailedError(self._other_shape(trial, received, expected))
        return received

    def _other_shape(self, trial: Trial, received: Array, expected: Array) -> Judgement:
        describe = self.formula.describe_shape
        return failed(
            _(
                "{input}, {function}() returned {received}; expected {expected}. {what}",
                input=self._begin(trial),
                function=self.function,
                received=describe(received),
                expected=describe(expected),
                what=self.formula.shape_hint,
            ),
            expected=describe(expected),
            received=describe(received),
        )

    def _agrees(self, trial: Trial) -> bool:
        received = self.received[trial.name]
        if self.formula.agrees is not None:
            return self.formula.agrees(received, *trial.arguments)
        return is_close(received, self._right(trial))

    def _right(self, trial: Trial) -> Array:
        if trial.name not in self.truths:
            self.truths[trial.name] = np.asarray(self.formula.right(*trial.arguments))
        return self.truths[trial.name]

    def _write_numbers(self, trial: Trial) -> tuple[str, str]:
        """Write the expected and received numbers for a message."""
        expected, received = self._right(trial), self.received[trial.name]
        return self.formula.show(expected), self.formula.show(received)

    def _step(self, trial: Trial) -> str:
        return f"{self.function}@{trial.name}"

    def _begin(self, trial: Trial) -> Words:
        """Write the input as the beginning of a sentence."""
        if trial.spam:
            return _("On the spam example ({input})", input=self._values(trial))
        return _("For {input}", input=self._values(trial))

    def _input(self, trial: Trial) -> Words:
        return _("for {input}", input=self._values(trial))

    def _values(self, trial: Trial) -> Words | str:
        if trial.words is not None:
            return trial.words
        return ", ".join(
            f"{name} = {_short(value, lists=trial.lists)}"
            for name, value in zip(self.formula.parameters, trial.arguments, strict=True)
        )


def _short(value: int | str | Array | None, *, lists: bool) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > MAX_NUMBERS_WRITTEN:
        return f"{'list' if lists else 'array'} {value.shape}"
    return str(value.tolist())
