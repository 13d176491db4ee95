"""A training that was done once more: what its score says, and what is doubted without running anything."""

from dataclasses import replace

import msgspec
import pytest

from grader.core.seal import PRACTICE, Seal
from grader.evidence import second_training
from grader.evidence.case import Case
from grader.evidence.claimed_losses import is_fit_on_original_rows
from grader.evidence.network import read_network
from grader.evidence.second_training import (
    Doubt,
    SecondOutcome,
    compare_second,
    find_doubts,
    is_refuted,
    knows_untrained,
    may_be_luck,
)
from grader.protocol.training import Training
from tests.helpers.cases import Training as Made
from tests.helpers.cases import plain, text

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
    ("labels", "are_comparable"), [((0.0, 1.0), True), ((-1.0, 1.0), False), ((0.0, 99.0), False)]
)
def test_losses_on_labels_of_ones_own_say_nothing(labels: tuple[float, float], are_comparable: bool) -> None:
    made = Made().case()
    network = read_network(made, FIRST, 0)
    assert network.last_fit is not None
    fit = msgspec.structs.replace(network.last_fit, y_range=labels)
    arrays = made.steps[FIRST.fitted(0)].arrays
    assert is_fit_on_original_rows(fit, FIRST, made, arrays) is are_comparable


def test_a_network_that_training_left_as_it_was_is_not_trained_again() -> None:
    for made, knows, is_doubted in (
        (Made(fit=None), False, True),
        (Made(fit=None, moves=False), True, False),
        (Made(fit=None, moves=False, make=plain()), False, False),
    ):
        case = replace(made.case(), seal=Seal(PRACTICE))
        assert knows_untrained(case, FIRST) is knows
        assert is_refuted(case, FIRST) is knows
        assert bool(find_doubts(case, FIRST)) is is_doubted


def with_scores(monkeypatch: pytest.MonkeyPatch, *pairs: tuple[float, float]) -> Case:
    """Return a case with a seed for each pair of scores: before the training, and after it."""
    made = replace(Made().case(tuple(range(len(pairs)))), seal=Seal(PRACTICE))
    networks = [read_network(made, FIRST, seed) for seed in made.seeds]
    scores = {}
    for network, (before, after) in zip(networks, pairs, strict=True):
        scores[id(network.before)], scores[id(network.after)] = before, after
    monkeypatch.setattr(second_training, "compute_score", lambda model, *_: scores[id(model)])
    monkeypatch.setattr(second_training, "_score_of_constant", lambda *_: 0.25)
    return made


LUCKY, UNLUCKY = (0.94, 0.95), (0.3, 0.5)


@pytest.mark.parametrize(
    ("pairs", "is_doubted"),
    [
        ((LUCKY,), True),
        ((LUCKY, UNLUCKY, UNLUCKY), False),  # what counts is 0.5, which two of them have learned
        ((LUCKY, LUCKY, (0.3, 0.95)), False),  # a neuron whose only weight had the right sign twice
        ((LUCKY, LUCKY, (0.3, 0.935)), False),
        ((LUCKY, LUCKY, (0.3, 0.92)), True),  # what it can learn is less than what counts
        ((LUCKY, LUCKY, UNLUCKY), True),
        ((LUCKY, LUCKY, LUCKY), True),
    ],
)
def test_what_a_network_knew_before_may_be_luck_where_another_seed_learned_as_much(
    monkeypatch: pytest.MonkeyPatch, pairs: tuple[tuple[float, float], ...], is_doubted: bool
) -> None:
    case = with_scores(monkeypatch, *pairs)
    assert find_doubts(case, FIRST) == ((Doubt.KNEW_BEFORE,) if is_doubted else ())
    assert may_be_luck(case, FIRST) is (pairs == (LUCKY,))


EASY, EVEN = (0.95, 0.6), (0.95, 0.9)  # after the training: on held-out rows, and on those of the training


@pytest.mark.parametrize(
    ("pairs", "is_doubted"),
    [
        ((EASY,), True),
        ((EASY, EASY, EVEN), False),  # held-out rows that happened to be easy for two networks
        ((EASY, EASY, (0.92, 0.9)), True),
        ((EASY, (0.5, 0.5), (0.5, 0.5)), False),  # what counts is 0.5
        ((EASY, EASY, EASY), True),
    ],
)
def test_held_out_rows_may_be_easier_by_luck(
    monkeypatch: pytest.MonkeyPatch, pairs: tuple[tuple[float, float], ...], is_doubted: bool
) -> None:
    case = with_scores(monkeypatch, *((0.2, after) for after, _train in pairs))
    of_training = {
        id(read_network(case, FIRST, seed).after): train
        for seed, (_after, train) in zip(case.seeds, pairs, strict=True)
    }
    score = vars(second_training)["compute_score"]
    monkeypatch.setattr(
        second_training,
        "compute_score",
        lambda model, *of: of_training[id(model)] if of[-1] == "x_train" else score(model, *of),
    )
    assert find_doubts(case, FIRST) == ((Doubt.BETTER_ON_HELD_OUT,) if is_doubted else ())
    assert may_be_luck(case, FIRST) is (pairs == (EASY,))


KNEW, HELD_OUT = Doubt.KNEW_BEFORE, Doubt.BETTER_ON_HELD_OUT


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([[KNEW], [HELD_OUT], [Doubt.NO_FIT]], (Doubt.NO_FIT,)),
        ([[KNEW], [HELD_OUT], [KNEW]], (KNEW, HELD_OUT)),  # one kind of luck does not excuse another
    ],
)
def test_only_a_training_without_luck_excuses_the_others(
    monkeypatch: pytest.MonkeyPatch, found: list[list[Doubt]], left: tuple[Doubt, ...]
) -> None:
    case, doubts = with_scores(monkeypatch, *[(0.3, 0.95)] * 3), iter(found)
    monkeypatch.setattr(second_training, "_find_doubts", lambda *_: next(doubts))
    assert find_doubts(case, FIRST) == left


def test_one_seed_that_learned_is_not_called_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not may_be_luck(with_scores(monkeypatch, (0.3, 0.95)), FIRST)


def test_one_seed_that_was_not_trained_is_enough() -> None:
    trained, untrained = Made().case((0, 1)), Made(moves=False).case((0, 1))
    mixed = {name: (trained if name.endswith("@0") else untrained).replays[name] for name in trained.replays}
    assert knows_untrained(replace(trained, replays=mixed), FIRST)
    assert not knows_untrained(trained, FIRST)


def test_solved_weights_of_the_grader_s_need_no_training() -> None:
    on_stand_in = FIRST.on_stand_in(Made().case().task, is_trained=True)
    assert not knows_untrained(Made(moves=False).case(), on_stand_in)


@pytest.mark.parametrize(
    ("first", "second", "is_wrong"), [(0.95, 0.9, False), (0.95, 0.7, False), (0.95, 0.3, True)]
)
def test_what_was_not_learned_on_other_data_is_refuted(
    monkeypatch: pytest.MonkeyPatch, first: float, second: float, is_wrong: bool
) -> None:
    assert is_refuted(scored(monkeypatch, first, second), FIRST) is is_wrong
