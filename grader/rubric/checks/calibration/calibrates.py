"""A check of functions that calibrate probabilities.

Longer than 400 lines: most of them are sentences, one for each mistake that is recognised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import BinCount, DrawnRows, FunctionName, Share, Tolerance
from grader.core.i18n import Translator, Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import flat, is_numeric
from grader.protocol.plan import ArrayArg, Call, ListArg, Step
from grader.protocol.verdict import Reliability, ReliabilityBin, Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calibration.predictions import EDGES, NAMES, RIGHT, SURENESS, Predictions, draw_all
from grader.rubric.checks.formulas.calibration import (
    count_in_bins,
    expected_calibration_error,
    reliability,
)
from grader.rubric.checks.functions.comparison import check_unchanged

HALF = 0.5  # what is kept where only an edge is wrong
ROUNDING = 1e-6  # of single precision: by this much a larger probability may become the smaller one
SAME_ANSWER = 0.05  # by which the answer for a row may differ when two of the rows to fit on are exchanged

# By which the error of predictions that are right may rise. It rises by 0.025 at most for the usual ways, and by
# 0.051 at most for a sigmoid of the logarithm of p, which is less flexible.
RISES = 0.07


@dataclass(frozen=True)
class Calibrates(DrawnCheck):
    """`function(p_fit, y_fit, p_new)` returns calibrated probabilities for new rows, whose labels it never gets.

    It is tried on predictions that are too sure of themselves, and on others that are too unsure. The expected
    calibration error of the new rows, in `bins` bins, has to fall to the share `remains` of what it was or below.
    It is also tried on predictions that are right already: then the error has to stay small. The probabilities are
    the same each time, and about half of the labels are 1; which labels are, differs. So no correction is right
    each time that follows from the probabilities alone, or from how many labels are 1.
    The ranking has to stay: no larger probability becomes a smaller one; ties may come up, and the area under the
    ROC curve falls by no more than `ranking`, so that one number for all is no calibration. `rows` are fitted on,
    and as many are new. Right in general and wrong for lists with probabilities of exactly 0 and 1 keeps half.

    >>> Calibrates("calibrate")
    """

    function: FunctionName
    bins: BinCount = 10
    rows: DrawnRows = 2000
    remains: Share = 0.65
    ranking: Tolerance = 0.03

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on each kind of predictions, and one on the edges, in an order that the secret decides.

        They are numbered, so that the name of a call does not tell what its predictions are. Those on the edges
        come as lists.
        """
        return tuple(
            Call(
                id=f"{self.function}@{place}",
                function=self.function,
                arguments=tuple(
                    (ListArg if place == self._places[EDGES] else ArrayArg)(name=f"{self.function}:{place}:{part}")
                    for part in ("p_fit", "y_fit", "p_new")
                ),
            )
            for place in sorted(self._places.values())
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return what the calls get: never the labels of the new rows."""
        return {
            f"{self.function}:{self._places[name]}:{part}": getattr(drawn, part)
            for name, drawn in self._predictions.items()
            for part in ("p_fit", "y_fit", "p_new")
        }

    @cached_property
    def _predictions(self) -> Mapping[str, Predictions]:
        return draw_all(self.seal, self.rows)

    @cached_property
    def _places(self) -> Mapping[str, str]:
        """What the call on each kind of predictions is called: after its place in the order of the calls."""
        order = self.seal.random("order of predictions").permutation(len(NAMES))
        return {name: f"predictions-{place + 1}" for name, place in zip(NAMES, order, strict=True)}

    def _step(self, name: str) -> str:
        return f"{self.function}@{self._places[name]}"

    def judge(self, case: Case) -> Judgement:
        """Judge both kinds of predictions, those that are right already, then the edges."""
        errors = []
        for name in SURENESS:
            calibrated = self._read(case, name)
            if problem := self._judge_ranking(name, calibrated) or self._judge_error(name, calibrated):
                return problem
            errors.append(self._measure(name, calibrated))
        if problem := self._judge_right(case):
            return problem
        if problem := check_unchanged(case, self._step("too_sure"), self.function):
            return partial(HALF, problem.message, expected=problem.expected, received=problem.received)
        if problem := self._judge_edges(case):
            return problem
        (before, after), (before_other, after_other) = errors
        return passed(
            _(
                "The expected calibration error of new rows falls from {before:.3f} to {after:.3f} where "
                "predictions were too sure, and from {before_other:.3f} to {after_other:.3f} where they were too "
                "unsure. The ranking stays.",
                before=before,
                after=after,
                before_other=before_other,
                after_other=after_other,
            )
        )

    def exhibit(self, case: Case, translate: Translator) -> Sequence[Reliability]:
        """Return the reliability of both kinds of predictions before and after, for the report."""
        return tuple(e for name in SURENESS if (e := self._exhibit_one(case, name, translate)) is not None)

    def _exhibit_one(self, case: Case, name: str, translate: Translator) -> Reliability | None:
        try:
            calibrated = self._read(case, name)
        except PreconditionFailedError:
            return None
        new = self._predictions[name]
        before, after = self._measure(name, calibrated)
        return Reliability(
            function=self.function,
            name=translate(_("Predictions that are {kind}", kind=SURENESS[name][1])),
            before=_list_bins(new.y_new, new.p_new, self.bins),
            after=_list_bins(new.y_new, calibrated, self.bins),
            error_before=round(before, 4),
            error_after=round(after, 4),
        )

    def _measure(self, name: str, calibrated: Array) -> tuple[float, float]:
        """Return the expected calibration error of the new rows before and after."""
        new = self._predictions[name]
        before, after = (expected_calibration_error(new.y_new, p, self.bins) for p in (new.p_new, calibrated))
        return before, after

    def _read(self, case: Case, name: str) -> Array:
        """Return the calibrated probabilities (n,) of a call.

        Raises:
            PreconditionFailedError: it returned something else; the judgement says what.
        """
        received = case.array(self._step(name), self.function)
        count = len(self._predictions[name].p_new)
        if not is_numeric(received):
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return numbers. Received: dtype {dtype}.",
                        function=self.function,
                        dtype=str(received.dtype),
                    ),
                    expected=_("probabilities"),
                    received=str(received.dtype),
                )
            )
        calibrated = flat(received).astype(np.float64)
        if calibrated.shape != (count,):
            raise PreconditionFailedError(self._explain_shape(name, received, count))
        if not np.isfinite(calibrated).all():
            raise PreconditionFailedError(self._explain_infinite(name, calibrated))
        if calibrated.min() < -ROUNDING or calibrated.max() > 1 + ROUNDING:
            low, high = float(calibrated.min()), float(calibrated.max())
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() returns numbers from {low:.4g} to {high:.4g}; probabilities lie between 0 "
                        "and 1. Is the sigmoid behind the logits missing?",
                        function=self.function,
                        low=low,
                        high=high,
                    ),
                    expected=_("numbers from 0 to 1"),
                    received=_("numbers from {low:.4g} to {high:.4g}", low=low, high=high),
                )
            )
        return np.clip(calibrated, 0.0, 1.0)

    def _explain_shape(self, name: str, received: Array, count: int) -> Judgement:
        message = _(
            "{function}() has to return one probability for each of the {count} rows of p_new. Received: the "
            "shape {shape}.",
            function=self.function,
            count=count,
            shape=str(received.shape),
        )
        if received.shape == (count, 2):
            message = _(
                "{function}() returns two columns, as predict_proba of scikit-learn does: the probabilities of "
                "the labels 0 and 1. Return the second one, [:, 1].",
                function=self.function,
            )
        elif received.shape[:1] == (len(self._predictions[name].p_fit),):
            message = _(
                "{function}() returns {received} numbers, one for each row of p_fit; the calibrated probabilities "
                "of the {count} rows of p_new are asked for.",
                function=self.function,
                received=len(received),
                count=count,
            )
        return failed(message, expected=f"({count},)", received=str(received.shape))

    def _explain_infinite(self, name: str, calibrated: Array) -> Judgement:
        """Return the judgement for numbers that are NaN or infinite, by the rows that they stand in."""
        rows = np.flatnonzero(~np.isfinite(calibrated))
        p_fit, p_new = self._predictions[name].p_fit, self._predictions[name].p_new
        is_beyond = (p_new[rows] < p_fit.min()) | (p_new[rows] > p_fit.max())
        why = _("The logarithm of p / (1 - p) is infinite for 0 and 1: clip p a little before.")
        if is_beyond.all():
            why = _(
                "That is beyond all probabilities in p_fit. IsotonicRegression gives nan there, unless it is made "
                'with out_of_bounds="clip".'
            )
        return failed(
            _(
                "{function}() gives NaN or infinite numbers, the first for p_new[{row}] = {p:.6g}. {why}",
                function=self.function,
                row=int(rows[0]),
                p=float(p_new[rows[0]]),
                why=why,
            ),
            expected=_("finite numbers"),
            received=str(calibrated[rows[0]]),
        )

    def _judge_ranking(self, name: str, calibrated: Array) -> Judgement | None:
        from sklearn.metrics import roc_auc_score

        new = self._predictions[name]
        order = np.argsort(new.p_new, kind="stable")
        steps = np.diff(calibrated[order])
        before, after = (float(roc_auc_score(new.y_new, p)) for p in (new.p_new, calibrated))
        if np.ptp(calibrated) <= ROUNDING:
            return failed(
                _(
                    "{function}() gives {p:.3f} for every row. On average that may be right, but it no longer "
                    "says which row is likelier than another one: the probabilities have to depend on p_new.",
                    function=self.function,
                    p=float(calibrated[0]),
                ),
                expected=_("the ranking of p_new"),
                received=_("one number for all rows"),
            )
        if after < 1 - before + self.ranking:
            return failed(
                _(
                    "{function}() turns the ranking round: the likelier a row was before, the less likely it is "
                    "afterwards. Are these the probabilities of the label 0?",
                    function=self.function,
                ),
                expected=_("the ranking of p_new"),
                received=_("the ranking turned round"),
            )
        if steps.min() < -ROUNDING:
            place = int(steps.argmin())
            lower, higher = order[place], order[place + 1]
            return failed(
                _(
                    "{function}() changes the ranking: p = {low:.4f} becomes {from_low:.4f}, and the larger p = "
                    "{high:.4f} becomes {from_high:.4f}. Calibrate with a function that never falls, such as a "
                    "sigmoid of the logit or isotonic regression; whatever it does to p_new must be the same for "
                    "all rows.",
                    function=self.function,
                    low=float(new.p_new[lower]),
                    from_low=float(calibrated[lower]),
                    high=float(new.p_new[higher]),
                    from_high=float(calibrated[higher]),
                ),
                expected=_("the ranking of p_new"),
                received=_("another ranking"),
            )
        if after < before - self.ranking:
            return failed(
                _(
                    "{function}() makes so many rows equal that the ranking is lost: only {count} different "
                    "probabilities are left, and the area under the ROC curve falls from {before:.3f} to "
                    "{after:.3f}. Return probabilities, not labels.",
                    function=self.function,
                    count=len(np.unique(calibrated)),
                    before=before,
                    after=after,
                ),
                expected=_("an area under the ROC curve of at least {least:.3f}", least=before - self.ranking),
                received=write_number(after, ".3f"),
            )
        return None

    def _judge_error(self, name: str, calibrated: Array) -> Judgement | None:
        before, after = self._measure(name, calibrated)
        most = self.remains * before
        if after <= most:
            return None
        return failed(
            _(
                "For predictions that are {kind}, the expected calibration error of {rows} new rows is "
                "{after:.3f} after {function}(), and was {before:.3f} before; at most {most:.3f} is expected. "
                "{why}",
                kind=SURENESS[name][1],
                rows=self.rows,
                after=after,
                function=self.function,
                before=before,
                most=most,
                why=self._explain_error(name, calibrated, before, after),
            ),
            expected=_("at most {most:.3f}", most=most),
            received=write_number(after, ".3f"),
        )

    def _explain_error(self, name: str, calibrated: Array, before: float, after: float) -> Words:
        if np.allclose(calibrated, self._predictions[name].p_new, atol=1e-4):
            return _("The probabilities came back as they were.")
        if name == "too_unsure":
            return _(
                "Where predictions were too sure, it works. Find what to do from p_fit and y_fit: a fixed "
                "correction cannot be right for both."
            )
        if after > before:
            return _("That is worse than without: is the correction made in the wrong direction?")
        return _("Does the correction follow from both, p_fit and y_fit, and was it fitted to the end?")

    def _judge_right(self, case: Case) -> Judgement | None:
        """Judge the call with labels for which the probabilities are right: their ranking, then their error."""
        calibrated = self._read(case, RIGHT)
        if problem := self._judge_ranking(RIGHT, calibrated):
            message = _("For predictions that are right already: {problem}", problem=problem.message)
            return replace(problem, message=message)
        before, after = self._measure(RIGHT, calibrated)
        most = before + RISES
        if after <= most:
            return None
        return failed(
            _(
                "For predictions that are right already, {function}() raises the expected calibration error of "
                "{rows} new rows from {before:.3f} to {after:.3f}; at most {most:.3f} is expected. The "
                "probabilities are those of the predictions that were too sure, only the labels are others: the "
                "correction has to be learned from p_fit and y_fit together.",
                function=self.function,
                rows=self.rows,
                before=before,
                after=after,
                most=most,
            ),
            expected=_("at most {most:.3f}", most=most),
            received=write_number(after, ".3f"),
        )

    def _judge_edges(self, case: Case) -> Judgement | None:
        try:
            calibrated = self._read(case, EDGES)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is Status.NOT_GRADED:
                return unmet.judgement
            return partial(
                HALF,
                _(
                    "{function}() is right in general, but not for lists of probabilities, among them exactly 0 "
                    "and 1. {problem}",
                    function=self.function,
                    problem=unmet.judgement.message,
                ),
                expected=unmet.judgement.expected,
                received=unmet.judgement.received,
                at=unmet.judgement.at,
            )
        if problem := self._judge_ranking_of_edges(calibrated):
            return problem
        together = self._read(case, "too_sure")[:3]
        if np.abs(calibrated[2:] - together).max() <= SAME_ANSWER:
            return None
        return partial(
            HALF,
            _(
                "{function}() gives {alone:.3f} for p = {p:.4f} among five new rows, and {together:.3f} among "
                "{rows}. What it does to a probability has to follow from p_fit and y_fit alone, not from the "
                "other rows of p_new.",
                function=self.function,
                alone=float(calibrated[2]),
                p=float(self._predictions[EDGES].p_new[2]),
                together=float(together[0]),
                rows=self.rows,
            ),
            expected=_("the same probability"),
            received=_("another one"),
        )

    def _judge_ranking_of_edges(self, calibrated: Array) -> Judgement | None:
        p_new = self._predictions[EDGES].p_new
        order = np.argsort(p_new, kind="stable")
        steps = np.diff(calibrated[order])
        if steps.min() >= -ROUNDING:
            return None
        lower, higher = order[int(steps.argmin())], order[int(steps.argmin()) + 1]
        return partial(
            HALF,
            _(
                "{function}() is right in general, but changes the ranking where probabilities are exactly 0 and "
                "1: p = {low:.4f} becomes {from_low:.4f}, and the larger p = {high:.4f} becomes {from_high:.4f}. "
                "Their logits are infinite; clip p a little before, and 0 stays the smallest and 1 the largest.",
                function=self.function,
                low=float(p_new[lower]),
                from_low=float(calibrated[lower]),
                high=float(p_new[higher]),
                from_high=float(calibrated[higher]),
            ),
            expected=_("the ranking of p_new"),
            received=_("another ranking"),
        )


def _list_bins(y: Array, p: Array, bins: int) -> tuple[ReliabilityBin, ...]:
    averages, fractions = reliability(y, p, bins)
    counts = count_in_bins(p, bins)
    return tuple(
        ReliabilityBin(predicted=round(float(m), 4), observed=round(float(f), 4), rows=int(n))
        for m, f, n in zip(averages, fractions, counts, strict=True)
    )
