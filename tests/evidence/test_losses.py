"""Losses known by what they do."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.losses import identify_loss
from grader.protocol.loss_probe import PROBE_LABELS, PROBE_OUTPUTS
from tests.helpers.cases import compiled

P = PROBE_OUTPUTS.astype(np.float64)
Y = np.eye(4)[PROBE_LABELS]
OWN = compiled("custom", probe="p")

LOSSES = {
    ("categorical_crossentropy", False): -(Y * np.log(P)).sum(axis=1),
    ("categorical_crossentropy", True): -(Y * (P - np.log(np.exp(P).sum(axis=1, keepdims=True)))).sum(axis=1),
    ("mean_squared_error", False): ((P - Y) ** 2).mean(axis=1),
    ("mean_absolute_error", False): np.abs(P - Y).mean(axis=1),
    ("binary_crossentropy", False): -(Y * np.log(P) + (1 - Y) * np.log(1 - P)).mean(axis=1),
    ("binary_crossentropy", True): -(
        Y * np.log(1 / (1 + np.exp(-P))) + (1 - Y) * np.log(1 - 1 / (1 + np.exp(-P)))
    ).mean(axis=1),
    ("huber", False): ((P - Y) ** 2 / 2).mean(axis=1),
    ("log_cosh", False): np.log((np.exp(P - Y) + np.exp(Y - P)) / 2).mean(axis=1),
}


@pytest.mark.parametrize("known", LOSSES)
def test_own_losses_are_known_by_their_values(known: tuple[str, bool]) -> None:
    assert identify_loss(OWN, {"p": LOSSES[known].astype(np.float32)}) == known


@pytest.mark.parametrize("values", [np.full(4, np.nan), np.zeros(4), np.zeros(0), np.zeros((4, 4)), 2 * P[:, 0]])
def test_what_is_like_no_other_stays_custom(values: Array) -> None:
    assert identify_loss(OWN, {"p": values}) == ("custom", False)


def test_without_a_probe_the_claim_stands() -> None:
    assert identify_loss(compiled("custom"), {}) == ("custom", False)
    assert identify_loss(compiled("categorical_crossentropy", from_logits=True), {}) == (
        "categorical_crossentropy",
        True,
    )


def test_a_loss_of_keras_is_not_known_by_another_name() -> None:
    facts = compiled("binary_crossentropy", probe="p")
    assert identify_loss(facts, {"p": LOSSES["mean_squared_error", False]}) == ("binary_crossentropy", False)


def test_probe_rows_tell_all_losses_apart() -> None:
    values = list(LOSSES.values())
    for i, a in enumerate(values):
        assert all(not np.allclose(a, b, rtol=1e-2) for b in values[i + 1 :])
    assert np.allclose(P.sum(axis=1), 1.0)
