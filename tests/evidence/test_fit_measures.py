"""A trained network beside what its `fit` measured."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.evidence import fit_measures
from grader.protocol.training import Training
from tests.helpers.cases import Training as Made

FIRST = Training()


@pytest.mark.parametrize(
    ("score", "fitted", "exceeds"),
    [
        (0.9, 0.3, True),
        (0.9, 0.9 - fit_measures.BETTER_THAN_FIT + 0.01, False),
        (0.3, 0.9, False),
        (None, 0.3, False),
        (0.9, None, False),
    ],
)
def test_a_network_far_better_than_fit_left_it_is_unexplained_unless_fit_has_measured_it(
    monkeypatch: pytest.MonkeyPatch, score: float | None, fitted: float | None, exceeds: bool
) -> None:
    scores = {"after": score, "fitted": fitted}
    monkeypatch.setattr(fit_measures, "compute_score", lambda model, *_: scores[model])
    network = SimpleNamespace(after="after", fitted="fitted", training=FIRST)
    for was_measured in (None, True, False):
        monkeypatch.setattr(fit_measures, "_was_measured", lambda *_, known=was_measured: known)
        is_unexplained = fit_measures.is_unexplained(network, Made().case())  # type: ignore[arg-type]
        assert is_unexplained is (exceeds and was_measured is None)


@pytest.mark.parametrize(
    ("curve", "value", "is_noisy", "is_flat"),
    [
        ([1.10, 1.10, 1.09], 0.1, False, True),  # a network of random weights is worse than one answer for all
        ([1.10], 0.1, False, False),  # too short
        ([1.10, 0.70], 0.1, False, False),
        ([22.0, 9.0, 5.0], 0.1, False, False),  # classes have weights, and it has learned
        ([22.0, 22.0, 21.5], 0.1, False, True),
        ([1.30, 1.25, 1.20], 0.1, True, False),  # noise hides much of it
        ([1.30, 1.30, 1.295], 0.1, True, True),
        ([1.10, 1.10], 0.6, False, False),  # the network is hardly better
    ],
)
def test_a_training_loss_that_never_fell_is_no_training(
    monkeypatch: pytest.MonkeyPatch, curve: list[float], value: float, is_noisy: bool, is_flat: bool
) -> None:
    before, after, alike = (np.full((4, 3), number) for number in (0.1, 0.2, 0.3))
    losses = {0.1: 1.6, 0.2: value, 0.3: 1.09}
    models = [SimpleNamespace(outputs={"x_train": outputs}) for outputs in (before, after)]
    fit = SimpleNamespace(curves={"loss": "curve"})
    network = SimpleNamespace(before=models[0], after=models[1], last_fit=fit, fits=(fit,), training=FIRST)
    monkeypatch.setattr(fit_measures, "is_fit_on_original_rows", lambda *_: True)
    monkeypatch.setattr(fit_measures, "compute_model_loss", lambda _model, _fit, outputs, _: losses[outputs[0, 0]])
    monkeypatch.setattr(fit_measures, "_answer_alike", lambda *_: alike)
    monkeypatch.setattr(fit_measures, "_is_noisy", lambda _: is_noisy)
    case, arrays = Made().case(), {"curve": np.array(curve)}
    assert fit_measures._is_flat(network, case, arrays, least_epochs=2) is is_flat  # type: ignore[arg-type]


def test_one_answer_for_all_rows_is_that_of_the_labels_alone() -> None:
    compiled = SimpleNamespace(loss="binary_crossentropy", from_logits=True)
    model = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    labels = np.array([0, 1, 1, 1])
    alike = fit_measures._answer_alike
    assert alike(np.zeros((4, 2)), labels, model)[0].tolist() == [0.25, 0.75]  # type: ignore[arg-type]
    assert alike(np.zeros((4, 1)), labels, model)[0] == pytest.approx(np.log(3))  # type: ignore[arg-type]
    compiled.from_logits = False
    assert alike(np.zeros((4, 1)), labels, model)[0] == 0.75  # type: ignore[arg-type]
