"""A training that was done once more: what its score says, and what is doubted without running anything."""

from dataclasses import replace
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from grader.core.seal import PRACTICE, Seal
from grader.evidence import second_training
from grader.evidence.case import Case
from grader.evidence.claimed_losses import is_fit_on_original_rows
from grader.evidence.network import read_network
from grader.evidence.second_training import Doubt, SecondOutcome, compare_second, find_doubts
from grader.protocol.training import Training
from tests.helpers.cases import Training as Made
from tests.helpers.cases import text

FIRST = Training()
SECOND = FIRST.on_other_data()


def scored(monkeypatch: pytest.MonkeyPatch, first: float | None, second: float | None) -> Case:
    """Return a case of a network with these scores, where a constant answer has 0.25."""
    made = Made().case()
    scores = {FIRST: first, SECOND: second}
    monkeypatch.setattr(second_training, "compute_score", lambda _model, _case, training, *_: scores[training])
    network = read_network(made, FIRST, 0)
    monkeypatch.setattr(second_training, "read_network", lambda *_: network)
    monkeypatch.setattr(second_training, "_score_of_constant", lambda *_: 0.25)
    return replace(made, second_trainings=(SECOND,))


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (0.95, 0.97, SecondOutcome.LEARNED),
        (0.95, 0.86, SecondOutcome.LEARNED),
        (0.95, 0.84, SecondOutcome.UNCLEAR),
        (0.95, 0.61, SecondOutcome.UNCLEAR),
        (0.95, 0.59, SecondOutcome.NOT_LEARNED),
        (0.95, 0.1, SecondOutcome.NOT_LEARNED),
        (0.95, None, SecondOutcome.NO_RESULT),
        (None, 0.95, SecondOutcome.NO_RESULT),
    ],
)
def test_what_a_second_score_says(
    monkeypatch: pytest.MonkeyPatch, first: float | None, second: float | None, outcome: SecondOutcome
) -> None:
    assert compare_second(scored(monkeypatch, first, second), SECOND) is outcome


def test_the_sentence_has_both_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = text(second_training.describe_second(scored(monkeypatch, 0.95, 0.3), SECOND))
    assert "train() was called once more" in sentence
    assert "accuracy 0.300" in sentence
    assert "0.950" in sentence


def test_the_arrays_and_steps_of_a_second_training_have_names_of_their_own() -> None:
    first, second = (
        {step.id for step in training.steps((0,))} for training in (Training(encode="one_hot"), SECOND)
    )
    assert not first & second
    assert SECOND.array("x_train") == "other:x_train"
    assert Training(name="ten", rows="ten_").on_other_data().array("x_val") == "other:ten_x_val"


@pytest.mark.parametrize(("score", "is_doubted"), [(0.9, True), (0.3, False), (None, False)])
def test_only_what_has_learned_is_doubted_and_only_where_there_is_a_secret(
    monkeypatch: pytest.MonkeyPatch, score: float | None, is_doubted: bool
) -> None:
    monkeypatch.setattr(second_training, "compute_score", lambda *_: score)
    monkeypatch.setattr(second_training, "_score_of_constant", lambda *_: 0.25)
    without_fit = Made(fit=None).case()
    assert find_doubts(without_fit, FIRST) == ()
    assert (Doubt.NO_FIT in find_doubts(replace(without_fit, seal=Seal(PRACTICE)), FIRST)) is is_doubted


@pytest.mark.parametrize(
    ("score", "fitted", "exceeds"),
    [
        (0.9, 0.3, True),
        (0.9, 0.9 - second_training.BETTER_THAN_FIT + 0.01, False),
        (0.3, 0.9, False),
        (None, 0.3, False),
        (0.9, None, False),
    ],
)
def test_a_network_far_better_than_fit_left_it_is_unexplained_unless_fit_has_measured_it(
    monkeypatch: pytest.MonkeyPatch, score: float | None, fitted: float | None, exceeds: bool
) -> None:
    scores = {"after": score, "fitted": fitted}
    monkeypatch.setattr(second_training, "compute_score", lambda model, *_: scores[model])
    network = SimpleNamespace(after="after", fitted="fitted", training=FIRST)
    for was_measured in (None, True, False):
        monkeypatch.setattr(second_training, "_was_measured", lambda *_, known=was_measured: known)
        is_unexplained = second_training.is_unexplained(network, Made().case())  # type: ignore[arg-type]
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
    monkeypatch.setattr(second_training, "is_fit_on_original_rows", lambda *_: True)
    monkeypatch.setattr(
        second_training, "compute_model_loss", lambda _model, _fit, outputs, _: losses[outputs[0, 0]]
    )
    monkeypatch.setattr(second_training, "_answer_alike", lambda *_: alike)
    monkeypatch.setattr(second_training, "_is_noisy", lambda _: is_noisy)
    case, arrays = Made().case(), {"curve": np.array(curve)}
    assert second_training._is_flat(network, case, arrays, least_epochs=2) is is_flat  # type: ignore[arg-type]


def test_one_answer_for_all_rows_is_that_of_the_labels_alone() -> None:
    compiled = SimpleNamespace(loss="binary_crossentropy", from_logits=True)
    model = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    labels = np.array([0, 1, 1, 1])
    alike = second_training._answer_alike
    assert alike(np.zeros((4, 2)), labels, model)[0].tolist() == [0.25, 0.75]  # type: ignore[arg-type]
    assert alike(np.zeros((4, 1)), labels, model)[0] == pytest.approx(np.log(3))  # type: ignore[arg-type]
    compiled.from_logits = False
    assert alike(np.zeros((4, 1)), labels, model)[0] == 0.75  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labels", "are_comparable"), [((0.0, 1.0), True), ((-1.0, 1.0), False), ((0.0, 99.0), False)]
)
def test_losses_on_labels_of_ones_own_say_nothing(labels: tuple[float, float], are_comparable: bool) -> None:
    made = Made().case()
    network = read_network(made, FIRST, 0)
    assert network.last_fit is not None
    fit = msgspec.structs.replace(network.last_fit, y_range=labels)
    arrays = made.steps[FIRST.fitted(0)].arrays
    assert is_fit_on_original_rows(fit, FIRST, made, arrays) is are_comparable
