"""Identify the compiled loss of a model by what it gives for the batches of a trial, whatever it is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.known_losses import ALL_PAIRS, compute_known_losses, compute_smoothed_loss
from grader.evidence.labels import list_label_forms
from grader.evidence.network import read_network
from grader.protocol.evidence import CompileFacts, LossTrial
from grader.protocol.loss_trial import (
    DISTANCES,
    MARGINS,
    POINT_DISTANCES,
    POINTS,
    SCATTERED,
    SHARES,
    SPREADS,
    make_batches,
)
from grader.protocol.task import LabelForm
from grader.protocol.training import Training

# The least growth of a loss from a part of 0.1 for the true class to one of a millionth, in multiples of that from
# 0.5 to 0.1. It is 7 for a logarithm, 1.5 for one that clips at 0.01, below 0.5 for squares and for logarithms of
# a softmax of probabilities.
_LOGARITHMIC = 1.0
# Likewise for raw outputs, from -6 to -12 in multiples of that from 0 to -3: 2.3 for a logarithm of a softmax.
_LINEAR = 1.0
_ERROR = 5e-4  # of values, relative to their spread
_ALL_PAIRS_COST = 0.03  # of a ladder of distances: what is more is no rounding
# Losses that are known even where they differ by a factor and a constant. Values of others may be alike by chance:
# but for a factor, the absolute error of shares is what the Dice loss gives.
_PROPORTIONAL: Mapping[LabelForm, frozenset[str]] = {
    "numbers": frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", ALL_PAIRS}),
    "yes_no": frozenset({"binary_crossentropy", "mean_squared_error", ALL_PAIRS}),
    "integers": frozenset({"sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"}),
    "one_hot": frozenset({"categorical_crossentropy", "mean_squared_error", "categorical_focal_crossentropy"}),
}
# Losses of Keras whose name is not believed where their values differ: they have no options that change values.
_VERIFIED = frozenset(
    {
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "binary_crossentropy",
        "mean_squared_error",
        "mean_absolute_error",
        "log_cosh",
    }
)


# The labels that a cross-entropy is made for.
_FORM_OF: Mapping[str, LabelForm] = {
    "categorical_crossentropy": "one_hot",
    "sparse_categorical_crossentropy": "integers",
    "binary_crossentropy": "yes_no",
}


class Finding(StrEnum):
    """What the trial of a loss says of it."""

    NAMED = "named"  # it is the loss of that name
    PROPER = "proper"  # it equals none with a name, but falls as predictions get better, as such a loss has to
    CONSTANT = "constant"  # it gives the same for all outputs
    IGNORES_LABELS = "ignores_labels"
    IGNORES_CLASS = "ignores_class"  # for rows of one class, it gives the same for all outputs
    RISES = "rises"  # it is larger for right predictions than for wrong ones
    BOUNDED = "bounded"  # it falls as predictions get better, but a confident mistake costs little more
    SWAPPED = "swapped"  # a cross-entropy with labels and outputs in the wrong order
    ALL_PAIRS = "all_pairs"  # it compares each label with each output of the batch
    LIKELIHOOD = "likelihood"  # minus the output of the true class, as for log-probabilities
    RAISES = "raises"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class IdentifiedLoss:
    """What loss a model was compiled with."""

    name: str  # canonical; "custom" where it equals none with a name, "" where there is none, "several"
    from_logits: bool = False
    finding: Finding = Finding.NAMED
    problem: str = ""  # what it raised when it was tried
    right: float = 0.0  # what it gives for right predictions where it is `RISES`, for poor ones where `BOUNDED`
    wrong: float = 0.0  # likewise, for wrong ones
    ignored_class: int = 0  # where it is `IGNORES_CLASS`
    is_own: bool = False  # it is a function or class of the student's
    # How many times as large it is as the loss of that name; a constant that it may differ by teaches nothing.
    factor: float = field(default=1.0, compare=False)

    @property
    def is_proper(self) -> bool:
        """Return whether it equals none with a name, but does what a loss for the task has to."""
        return self.finding is Finding.PROPER

    @property
    def note_of_logits(self) -> str:
        """Return what to write behind its name where it applies softmax or sigmoid itself."""
        return " (from_logits=True)" if self.from_logits else ""

    @property
    def label(self) -> Words | str:
        """Return what to call it in a message."""
        return _("a loss of your own") if self.name == "custom" else self.name


def identify_network_loss(case: Case, training: Training, step: str, compiled: CompileFacts) -> IdentifiedLoss:
    """Identify the loss of the first seed's network, for the labels that it was trained with.

    `step`: id of the step that saw `compiled`.
    """
    fit = read_network(case, training, case.seeds[0]).last_fit
    return identify_loss(compiled, case.steps[step].arrays, list_label_forms(case.task, fit))


def identify_loss(
    compiled: CompileFacts, arrays: Mapping[str, Array], forms: tuple[LabelForm, ...]
) -> IdentifiedLoss:
    """Identify the compiled loss of a model.

    Args:
        compiled: what the model says.
        arrays: of the step that described the model.
        forms: of the labels that the loss may get, the likeliest first.
    """
    claimed = IdentifiedLoss(compiled.loss, compiled.from_logits)
    # Where a model has a `compute_loss` of its own, that was tried, whatever is compiled besides.
    has_method = "compute_loss" in compiled.own_methods
    is_own = compiled.loss == "custom" or (has_method if compiled.loss else bool(compiled.trials))
    findings: list[IdentifiedLoss] = []
    for form in forms:
        trial = next((trial for trial in compiled.trials if trial.form == form), None)
        values = arrays.get(trial.ref) if trial is not None else None
        if trial is not None and values is not None:
            finding = _judge_own(trial, values, arrays) if is_own else _verify(claimed, compiled, trial, values)
            findings += [finding] if finding is not None else []
    undecided = IdentifiedLoss("custom", finding=Finding.UNDECIDED, is_own=True)
    if not findings:
        return undecided if is_own else claimed
    best = next((one for one in findings if one.finding in {Finding.NAMED, Finding.PROPER}), findings[0])
    if has_method and best.finding not in {Finding.NAMED, Finding.PROPER}:
        return undecided  # it may compute the outputs anew
    # One that is not what its name says is treated like a function of the student's.
    return replace(best, is_own=is_own or best.name == "custom")


def _verify(
    claimed: IdentifiedLoss, compiled: CompileFacts, trial: LossTrial, values: Array
) -> IdentifiedLoss | None:
    """Return a loss of Keras under its name, or under that of another one whose values it has; None for no answer.

    The name may be that of a function of the student's that took the place of Keras's. A cross-entropy has numbers
    for the labels that it is made for; one that has none there is not known.
    """
    undecided = IdentifiedLoss("custom", finding=Finding.UNDECIDED)
    if len(values) < SCATTERED or not np.isfinite(values).all():
        return undecided if _FORM_OF.get(claimed.name) == trial.form else None
    if compiled.label_smoothing and claimed.name in _FORM_OF:
        if _FORM_OF[claimed.name] != trial.form:
            return None
        smoothed = compute_smoothed_loss(
            trial.form, trial.units, trial.rows, claimed.from_logits, compiled.label_smoothing
        )
        return claimed if _are_equal(values[:SCATTERED], smoothed) else undecided
    comparable = {one.name for one in compute_known_losses(trial.form, trial.units, trial.rows)} & _VERIFIED
    same = _find_known(trial, values)
    if claimed.name not in comparable:
        # Its options change its values. But one for classes is none that measures distances.
        is_other = trial.form != "numbers" and same and "crossentropy" not in same[0].name
        return same[0] if is_other and "crossentropy" in claimed.name else None
    for one in same:
        if (one.name, one.from_logits) == (claimed.name, claimed.from_logits):
            return replace(claimed, factor=one.factor)
    return same[0] if same else undecided


def _judge_own(trial: LossTrial, values: Array, arrays: Mapping[str, Array]) -> IdentifiedLoss:
    """Return which known loss a loss of the student's own is, or what the trial says of it."""
    batches = make_batches(trial.form, trial.units, trial.rows)
    if len(values) != len(batches.pairs()):
        return IdentifiedLoss("custom", finding=Finding.UNDECIDED)
    same = _find_known(trial, values[: 2 * SCATTERED])
    swapped = arrays.get(trial.swapped, np.zeros(0))
    if not any("crossentropy" in one.name for one in same) and any(
        "crossentropy" in one.name for one in _find_known(trial, swapped)
    ):
        return IdentifiedLoss("custom", finding=Finding.SWAPPED)
    if not np.isfinite(values).any() and trial.problem:
        return IdentifiedLoss("custom", finding=Finding.RAISES, problem=trial.problem)
    if same:
        return same[0]
    parts = batches.split(values)
    if trial.form in {"integers", "one_hot"} and _is_likelihood(parts):
        poor, none = parts["shares"][1], parts["shares"][0]
        return IdentifiedLoss("custom", finding=Finding.LIKELIHOOD, right=poor, wrong=none)
    judge = _judge_of_numbers if trial.form == "numbers" else _judge_of_classes
    return judge(parts)


def _find_known(trial: LossTrial, values: Array) -> list[IdentifiedLoss]:
    """Return the known losses with these values: first equal ones, then those that are proportional."""
    if len(values) < SCATTERED or not np.isfinite(values).all():
        return []
    return list(_match_known(trial.form, trial.units, trial.rows, values.astype(np.float64).tobytes()))


@lru_cache(maxsize=128)
def _match_known(form: LabelForm, units: int, rows: int, content: bytes) -> tuple[IdentifiedLoss, ...]:
    """Return what `_find_known` does for finite values. Most of a class have the same loss, hence the same values.

    Args:
        form: of the labels.
        units: outputs of the network.
        rows: of a batch.
        content: the values, as the bytes of float64.
    """
    values = np.frombuffer(content)
    candidates = compute_known_losses(form, units, rows)
    equal = [(one, 1.0) for one in candidates if _are_equal(values, one.values[: len(values)])]
    alike = [
        (one, float(np.polyfit(one.values[: len(values)], values, 1)[0]))
        for one in candidates
        if one.name in _PROPORTIONAL[form] and _are_proportional(values, one.values[: len(values)])
    ]
    return tuple(
        IdentifiedLoss("custom", finding=Finding.ALL_PAIRS)
        if one.name == ALL_PAIRS
        else IdentifiedLoss(one.name, one.from_logits, factor=factor)
        for one, factor in [*equal, *alike]
    )


def _are_equal(values: Array, expected: Array) -> bool:
    return bool(np.abs(values - expected).max() <= _ERROR * float(np.ptp(expected)))


def _are_proportional(values: Array, expected: Array) -> bool:
    """Return whether values are those expected, but for a positive factor and a constant.

    Neither changes what training finds: the factor belongs to the learning rate.
    """
    spread = float(np.ptp(values))
    if not spread > 0:
        return False
    factor, constant = np.polyfit(expected, values, 1)
    return bool(factor > 0 and np.abs(factor * expected + constant - values).max() <= _ERROR * spread)


def _judge_of_classes(parts: Mapping[str, Array]) -> IdentifiedLoss:
    """Return what values say of a loss for probabilities of classes, or for raw outputs."""
    shares, margins = parts["shares"], dict(zip(MARGINS, parts["margins"], strict=True))
    finding = _find_ignored(parts)
    if finding is not None:
        return IdentifiedLoss("custom", finding=finding)
    half = shares[SHARES.index(0.5)]
    same = np.flatnonzero(np.isclose(parts["classes"], half, rtol=1e-5, atol=0.0))
    if len(same) and np.isfinite(half):
        return IdentifiedLoss("custom", finding=Finding.IGNORES_CLASS, ignored_class=int(same[0]))
    if (np.diff(shares) < 0).all() and (parts["classes"] > half).all():
        if shares[0] - shares[1] >= _LOGARITHMIC * (shares[1] - shares[3]):
            return IdentifiedLoss("custom", finding=Finding.PROPER)
        bounded = IdentifiedLoss("custom", finding=Finding.BOUNDED, right=shares[1], wrong=shares[0])
    else:
        bounded = IdentifiedLoss("custom", finding=Finding.UNDECIDED)
    if _falls_with_margin(margins):
        return IdentifiedLoss("custom", from_logits=True, finding=Finding.PROPER)
    if shares[-1] > shares[0] and not margins[3.0] < margins[-6.0]:
        return IdentifiedLoss("custom", finding=Finding.RISES, right=shares[-1], wrong=shares[0])
    return bounded


def _is_likelihood(parts: Mapping[str, Array]) -> bool:
    """Return whether a loss is minus the output of the true class, times a factor, for shares and raw numbers."""
    ladders = ((np.array(SHARES), parts["shares"]), (np.array(MARGINS), parts["margins"]))
    if not all(np.isfinite(values).all() for _outputs, values in ladders):
        return False
    (share_slope, _), (margin_slope, _) = (np.polyfit(outputs, values, 1) for outputs, values in ladders)
    is_straight = all(_are_proportional(-values, outputs) for outputs, values in ladders)
    return bool(is_straight and margin_slope < 0 and np.isclose(share_slope, margin_slope, rtol=1e-2))


def _falls_with_margin(margins: Mapping[float, float]) -> bool:
    """Return whether a loss reads raw outputs as a cross-entropy does: it falls, without an end to either side.

    The loss of smoothed labels rises again where an answer is very sure, a hinge is flat there, and what is linear
    everywhere is no cross-entropy.
    """
    up_to_one = np.diff([value for margin, value in margins.items() if margin <= 1.0])
    ends = margins[3.0] < margins[0.0] and not np.isclose(margins[3.0], margins[6.0], rtol=1e-4, atol=1e-6)
    steep = margins[-12.0] - margins[-6.0] >= _LINEAR * (margins[-3.0] - margins[0.0])
    bent = margins[3.0] - margins[6.0] < (margins[-6.0] - margins[-3.0]) / 2
    return bool((up_to_one < 0).all() and ends and steep and bent)


def _judge_of_numbers(parts: Mapping[str, Array]) -> IdentifiedLoss:
    """Return what values say of a loss for numbers."""
    finding = _find_ignored(parts)
    if finding is not None:
        return IdentifiedLoss("custom", finding=finding)
    if _compares_all_pairs(parts):
        return IdentifiedLoss("custom", finding=Finding.ALL_PAIRS)
    distances, centre = parts["distances"], DISTANCES.index(0.0)
    below, above, nearer = (
        -np.diff(distances[: centre + 1]),
        np.diff(distances[centre:]),
        -np.diff(parts["spreads"]),
    )
    # Near the right numbers it may be flat, as a loss with a tolerance is.
    if (
        all((steps >= 0).all() for steps in (below, above, nearer))
        and all((steps > 0).all() for steps in (below[:-1], above[1:], nearer[:2]))
        and _is_lowest_at_points(parts["points"])
    ):
        return IdentifiedLoss("custom", finding=Finding.PROPER)
    lowest = int(np.argmin(distances))
    if np.isfinite(distances).all() and abs(DISTANCES[lowest]) >= 1.0 and distances[lowest] < distances[centre]:
        return IdentifiedLoss("custom", finding=Finding.RISES, right=distances[centre], wrong=distances[lowest])
    return IdentifiedLoss("custom", finding=Finding.UNDECIDED)


def _compares_all_pairs(parts: Mapping[str, Array]) -> bool:
    """Return whether a loss compares each label of a batch with all outputs, by what right predictions cost.

    Where all rows have one number in common, it is lowest for that number, as any loss. Where they have not, right
    predictions cost more than that, and more than their mean for every row: it measures how far all are from all.
    """
    distances, spreads = parts["distances"], parts["spreads"]
    alone = parts["points"].reshape(len(POINTS), len(POINT_DISTANCES))[:, POINT_DISTANCES.index(0.0)]
    right, of_mean = distances[DISTANCES.index(0.0)], spreads[SPREADS.index(0.0)]
    if not all(np.isfinite(values).all() for values in (distances, spreads, alone)):
        return False
    size = float(np.ptp(distances))
    is_even = float(np.ptp(alone)) <= _ERROR * size  # it depends on differences only
    return bool(
        is_even
        and _is_lowest_at_points(parts["points"])
        and right - alone.max() > _ALL_PAIRS_COST * size
        and right - of_mean > _ALL_PAIRS_COST * size
        # The order of the rows does not count.
        and spreads[SPREADS.index(-1.0)] - right <= _ALL_PAIRS_COST * size
    )


def _is_lowest_at_points(values: Array) -> bool:
    """Return whether a loss is lowest at the right number, for each that all rows have in common.

    What divides by the variance of a batch gives no number there, and what clips is flat beyond some number.
    """
    far_below, below, centre, above, far_above = values.reshape(len(POINTS), len(POINT_DISTANCES)).T
    is_lowest = (centre <= np.minimum(below, above)) & (below < far_below) & (above < far_above)
    return bool((is_lowest | ~np.isfinite(centre + below + above + far_below + far_above)).all())


def _find_ignored(parts: Mapping[str, Array]) -> Finding | None:
    """Return the finding for a loss that does not look at the outputs, or not at the labels; None for others."""
    scattered = parts["scattered"]
    if not np.isfinite(scattered).all() or not np.allclose(scattered, parts["others"], rtol=1e-5, atol=1e-7):
        return None
    return (
        Finding.CONSTANT if np.allclose(scattered, scattered[0], rtol=1e-5, atol=1e-7) else Finding.IGNORES_LABELS
    )
