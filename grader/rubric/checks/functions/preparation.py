"""A check of a function that prepares features and target of a regression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import TableWidth
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Items, NoneValue, Value
from grader.protocol.plan import ArrayArg, Call, Step
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.functions.standardisation import Standardises
from grader.rubric.checks.functions.standardisation_mistakes import Parts

CLOSE = 1e-5  # share of the range of the targets by which two that have to be equal may differ
SHARED = 3  # targets of the training part that are in the test part, too
_NAMES = ("x_train", "x_test", "y_train", "y_test")


@dataclass(frozen=True)
class Prepares(Standardises):
    """`function(x_train, x_test, y_train, y_test)` standardises the features, and may scale the targets.

    It returns all four in this order. Means and deviations of the features are those of the training part. What
    becomes of a target follows from that target and from the training part alone; so targets may stay as they are,
    be standardised or be put on a logarithmic scale, but not be divided by the largest of the test part.

    `features`: how many a row has, two or more.

    >>> Prepares("prepare", features=8)
    """

    features: TableWidth = 8

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on each of the pairs, with targets."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=tuple(ArrayArg(name=f"{self.function}:{name}:{part}") for part in _NAMES),
            )
            for name in self.pairs()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the four parts of each call."""
        named: dict[str, Array] = {}
        for name, pair in self.pairs().items():
            targets = self.draw_targets(name, pair)
            parts = (pair.train, pair.test, targets.train, targets.test)
            named |= {f"{self.function}:{name}:{part}": rows for part, rows in zip(_NAMES, parts, strict=True)}
        return named

    def draw_targets(self, name: str, pair: Parts) -> Parts:
        """Return targets for the rows of a pair: some of the test part are among those to train with.

        Which ones is drawn, too. Those to train with are the same in each call. In one, the test part has far
        larger ones.
        """
        random = np.random.default_rng(self._random_seed + 1)
        train = np.round(random.uniform(0.5, 4.0, len(pair.train)), 3)
        test = np.round(random.uniform(0.5, 4.0, len(pair.test)), 3) * (3.0 if name == "shifted" else 1.0)
        shared = random.permutation(len(test))[:SHARED]
        test[shared] = train[random.permutation(len(train))[: len(shared)]]
        return Parts(train, test)

    def write_call(self, name: str) -> str:
        """Return the call on a pair of parts as it can be pasted."""
        pairs = self.pairs()
        before, _comma, _rest = super().write_call(name).rpartition(f"; {self.function}(")
        test = {"shifted": "3.0 * x[24:] + 5.0 * s", "row": "x[24:25] + s"}.get(name, "x[24:]")
        targets = self.draw_targets(name, pairs[name])
        y_test = f"np.array({targets.test.tolist()})"
        before += f"; y = np.array({targets.train.tolist()})"
        return write_call(self.function, "x[:24]", test, "y", y_test, before=before)

    def judge(self, case: Case) -> Judgement:
        """Judge the features of each call, then the targets of all calls together; each are half of the points."""
        features = super().judge(case)
        problem = self._judge_targets(case)
        if features.share < 1.0:
            return features if problem is not None else partial(0.5, features.message, expected=features.expected)
        if problem is not None:
            return partial(0.5, problem.message, expected=problem.expected, received=problem.received)
        return passed(
            _(
                "The features are standardised by the training part alone, and what becomes of a target follows "
                "from the training part alone."
            )
        )

    def _judge_targets(self, case: Case) -> Judgement | None:
        """Return the judgement for targets that went wrong, with the call that shows it; None where none did."""
        pairs = self.pairs()
        scaled: dict[str, Parts] = {}
        for name, pair in pairs.items():
            sent = self.draw_targets(name, pair)
            received = self._read_targets(case, name, sent)
            scaled[name] = received
            problem = self._find_target_problem(sent, received, scaled["usual"])
            if problem is not None:
                return show_call(problem, self.write_call(name))
        return None

    def _read_targets(self, case: Case, name: str, sent: Parts) -> Parts:
        value, arrays = case.value(f"{self.function}@{name}")
        items = self._split(value)[2:]
        parts = []
        for part, item, rows in zip(_NAMES[2:], items, sent, strict=True):
            array = numbers(item, arrays, self.function)
            if not is_numeric(array) or array.size != rows.size:
                received = name_of(item)
                message = _(
                    "{function}() has to return {name} with one number for each of its {rows} rows. Received: "
                    "{received}.",
                    function=self.function,
                    name=part,
                    rows=rows.size,
                    received=received,
                )
                judgement = failed(message, expected=str(rows.shape), received=received)
                raise PreconditionFailedError(show_call(judgement, self.write_call(name)))
            parts.append(array.ravel().astype(np.float64))
        return Parts(*parts)

    def _find_target_problem(self, sent: Parts, received: Parts, usual: Parts) -> Judgement | None:
        """Return the judgement for the targets of one call. `usual`: what the first call returned."""
        if not all(np.isfinite(part).all() for part in received):
            message = _("{function}() makes targets NaN or infinite.", function=self.function)
            return failed(message, expected=_("finite numbers"), received="NaN")
        margin = CLOSE * max(float(np.ptp(usual.train)), 1e-12)
        depends_on_test = not np.allclose(received.train, usual.train, rtol=0, atol=margin)
        order = np.argsort(sent.train)
        steps = np.diff(received.train[order])[np.diff(sent.train[order]) > 0]
        is_ordered = bool((steps > 0).all() or (steps < 0).all())
        if depends_on_test or (is_ordered and not _is_explained(sent, received, margin)):
            return failed(
                self._explain_leak(sent, received, depends_on_test=depends_on_test),
                expected=_("targets scaled by numbers of y_train alone"),
                received=_("targets that depend on y_test") if depends_on_test else _("another y_test"),
            )
        if not is_ordered:
            message = _(
                "What {function}() makes of y_train is no target any more: different values become equal, or "
                "change their order.",
                function=self.function,
            )
            return failed(message, expected=_("targets in their order"))
        return None

    def _explain_leak(self, sent: Parts, received: Parts, *, depends_on_test: bool) -> Words:
        for number in (sent.test.max(), np.concatenate(sent).max()):
            if np.allclose(received.test, sent.test / number, rtol=1e-4):
                return _(
                    "{function}() divides targets by the largest value, and those of y_test have a say in that. "
                    "When the network is used, nobody knows the values that are to be predicted. Scale by "
                    "numbers of y_train, or leave the targets as they are.",
                    function=self.function,
                )
        if depends_on_test:
            return _(
                "{function}() makes other numbers of y_train when the test part is another one. The test part "
                "must have no say in them: scale by numbers of y_train, or leave the targets as they are.",
                function=self.function,
            )
        order = np.argsort(sent.test, kind="stable")
        if len(order) > 1 and not _rises_or_falls(received.test[order]):
            return _(
                "What {function}() returns as y_test is not the y_test that it was given: the values are other "
                "ones, or in another order. Return those of y_test, row by row, scaled as those of y_train are.",
                function=self.function,
            )
        return _(
            "{function}() makes different numbers of equal targets in y_train and in y_test. Scale both by the "
            "same numbers, those of y_train, or the scores are in other units than the training.",
            function=self.function,
        )

    def _split(self, value: Value) -> Sequence[Value]:
        """Return the four parts that came back; `PreconditionFailedError` says what came back instead."""
        items: Sequence[Value] = value.items if isinstance(value, Items) else ()
        if len(items) == 4:
            return items
        received = name_of(value)
        expected = ", ".join(_NAMES)
        message: Words = _(
            "{function}() has to return four things, in this order: {names}. Received: {received}.",
            function=self.function,
            names=expected,
            received=received,
        )
        if isinstance(value, NoneValue):
            message = _("{function}() returned None. Is there a `return` at its end?", function=self.function)
        raise PreconditionFailedError(failed(message, expected=expected, received=received))

    def _pair(self, case: Case, step: str, parts_given: Parts, call: str) -> Parts:
        """Return the features that came back, as two arrays of the right shapes."""
        value, arrays = case.value(step)
        items = self._split(value)
        if self._is_grouped(items, arrays, parts_given):
            message = _(
                "{function}() returns its parts in the wrong order. Expected: {names}.",
                function=self.function,
                names=", ".join(_NAMES),
            )
            judgement = failed(message, expected=", ".join(_NAMES), received="x_train, y_train, x_test, y_test")
            raise PreconditionFailedError(show_call(judgement, call))
        return self._read_pair(items[:2], arrays, parts_given, call)

    def _is_grouped(self, items: Sequence[Value], arrays: Mapping[str, Array], parts_given: Parts) -> bool:
        """Return whether each part's features and targets stand side by side."""
        second = numbers(items[1], arrays, self.function)
        return bool(second.size == len(parts_given.train) != parts_given.test.size)


def _rises_or_falls(numbers_in_order: Array) -> bool:
    steps = np.diff(numbers_in_order)
    return bool(np.ptp(numbers_in_order) > 0 and ((steps >= 0).all() or (steps <= 0).all()))


def _is_explained(sent: Parts, received: Parts, margin: float) -> bool:
    """Return whether targets of the test part lie where those of the training part say that they do.

    Equal targets become equal numbers, and one between two others lies between what became of these. Beyond all
    others, the order is all that is known: the numbers may go on, or be clipped.

    Args:
        sent: the targets that the function was given.
        received: what became of them; those to train with rise with the targets, or fall.
        margin: of rounding.
    """
    order = np.argsort(sent.train)
    raw, scaled = sent.train[order], received.train[order]
    sign = 1.0 if scaled[-1] > scaled[0] else -1.0
    lower = np.concatenate([[-np.inf], sign * scaled])[np.searchsorted(raw, sent.test, side="right")]
    upper = np.concatenate([sign * scaled, [np.inf]])[np.searchsorted(raw, sent.test, side="left")]
    test = sign * received.test
    steps = np.diff(test[np.argsort(sent.test, kind="stable")])
    return bool((test >= lower - margin).all() and (test <= upper + margin).all() and (steps >= -margin).all())
