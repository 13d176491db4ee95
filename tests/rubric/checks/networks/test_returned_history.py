"""The history that a training returns has to be what `fit` has recorded, in whatever form it is handed on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import HistoryValue, Returned
from grader.protocol.verdict import Status
from grader.rubric.checks import Training as Steps
from grader.rubric.checks import Trains
from tests.helpers.cases import Training, fit, judged, replace_facts, text

RANDOM = np.random.default_rng(4)
FIRST = 1.6 * 0.9 ** np.arange(30) + RANDOM.uniform(0.0, 0.05, 30)
SECOND = 0.3 * 0.95 ** np.arange(20) + RANDOM.uniform(0.0, 0.02, 20)
FOLD = FIRST + RANDOM.uniform(0.0, 0.05, 30)


def of_history(returned: Mapping[str, Array | Sequence[float]], *recorded: Mapping[str, Array]) -> Judgement:
    """The judgement of a training that returns these curves, after calls of `fit` that recorded others."""
    made = Training().case()
    step = made.steps["train@0"]
    arrays, fits = dict(step.arrays), []
    for number, curves in enumerate(recorded):
        refs = {key: f"{number}:{key}" for key in curves}
        arrays |= {refs[key]: np.asarray(curve, np.float64) for key, curve in curves.items()}
        fits.append(replace_facts(fit(rows="rows"), curves=refs))
    arrays |= {f"returned:{key}": np.asarray(curve, np.float64) for key, curve in returned.items()}
    value = HistoryValue(curves={key: f"returned:{key}" for key in returned})
    evidence = msgspec.structs.replace(step.evidence, fits=tuple(fits), outcome=Returned(value=value))
    made.steps["train@0"] = replace(step, evidence=evidence, arrays=arrays)  # type: ignore[index]
    return judged(Trains(Steps()), made)


SMOOTH = np.convolve(FIRST, np.ones(3) / 3, mode="valid")
AVERAGED = [FIRST[0], *(0.6 * FIRST[i - 1] + 0.4 * FIRST[i] for i in range(1, 30))]


@pytest.mark.parametrize(
    "returned",
    [
        {"loss": FIRST},
        {"loss": SECOND},
        {"loss": np.concatenate([FIRST, SECOND])},
        {"loss": np.concatenate([FIRST, FIRST[:7]])},
        {"loss": FIRST[:12]},
        {"loss": FIRST[-1:]},
        {"loss": np.round(FIRST, 3)},
        {"loss": np.round(FIRST, 2)},
        {"loss": SMOOTH},
        {"loss": AVERAGED},
        {"loss": 100 * FIRST},
        {"loss": (FIRST + FOLD) / 2},
        {"loss": FIRST, "seconds": [0.5, 1.0]},
        {"loss": FIRST, "accuracy": 1 - FIRST, "val_loss": 3 * FIRST},  # nobody recorded the others
        {"training": FIRST},
        {"accuracy": [0.25, 0.5, 0.875]},  # only the curves of a metric
    ],
)
def test_what_fit_has_recorded_may_be_joined_cut_smoothed_and_renamed(returned: Mapping[str, Array]) -> None:
    first, second, fold = ({"loss": curve} for curve in (FIRST, SECOND, FOLD))
    judgement = of_history(returned, first | {"accuracy": np.array([0.25, 0.5, 0.875])}, second, fold)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("returned", "curve"),
    [
        ({"loss": [7.0, 1e-12]}, "loss"),
        ({"loss": np.linspace(2.0, 0.0, 30)}, "loss"),
        ({"loss": np.full(30, FIRST.min())}, "loss"),  # pieces of one epoch
        ({"loss": [FIRST[0], 0.001]}, "loss"),
        ({"accuracy": [0.9, 0.99]}, "loss"),
        ({"loss": FIRST, "val_loss": [0.3, 0.1]}, "val_loss"),
    ],
)
def test_half_for_a_history_that_fit_did_not_record(
    returned: Mapping[str, Array | Sequence[float]], curve: str
) -> None:
    judgement = of_history(returned, {"loss": FIRST, "val_loss": FIRST + 0.1})
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert f"does not have the values of {curve} that fit has recorded" in text(judgement.message)


@pytest.mark.parametrize("returned", [{}, {"loss": []}])
def test_half_for_a_history_without_values(returned: Mapping[str, Sequence[float]]) -> None:
    judgement = of_history(returned, {"loss": FIRST})
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "train() returns a History without values" in text(judgement.message)


def test_a_history_that_can_be_compared_with_nothing_is_believed() -> None:
    assert of_history({"loss": [3.0, 2.0]}, {}).status is Status.PASSED
    assert of_history({}, {"accuracy": np.array([0.5])}).status is Status.PASSED


def test_a_loss_that_is_no_number_is_one_that_fit_recorded() -> None:
    lost = np.array([2.0, np.nan, np.nan, np.inf])
    assert of_history({"loss": lost}, {"loss": lost}).status is Status.PASSED
    assert of_history({"loss": [np.nan]}, {"loss": FIRST}).status is Status.PARTIAL


def test_many_equal_epochs_are_one_piece() -> None:
    flat = np.full(40, 0.25)
    assert of_history({"loss": np.tile(flat, 2)}, {"loss": flat}, {"loss": flat}).status is Status.PASSED
    assert of_history({"loss": flat[:5]}, {"loss": flat}).status is Status.PASSED
