"""Find out which trainings have to be done once more on other data, and what came of those that were.

What a process with a submission says about a training is a claim. Frozen graphs before and after it show whether
the claim can be true. Where that leaves doubt, `train` is called once more, in a new process and on data that are
drawn from another secret: weights, labels and outputs that come from anywhere but the rows of `train` are worth
nothing there.
"""

from enum import StrEnum
from statistics import median

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.claimed_losses import list_handed_out
from grader.evidence.fit_measures import is_worse_than_fit, may_be_better_than_fit, read_training_arrays
from grader.evidence.network import TrainedNetwork, read_network
from grader.evidence.scores import compute_score, metric_name
from grader.protocol.evidence import FitFacts
from grader.protocol.training import Training

LEAST_LEARNED = 0.1  # of a score beyond that of a constant answer: with less, there is nothing to be doubted
MEMORISED = 0.15  # by which the score on rows with a little noise, or on the rows of the training, may be lower
SAME = 0.1  # by which the score may be lower on other data: with 54 held-out rows, an honest one is, in 2 of 100
KNOWN_BEFORE = 0.95  # of what was learned: one random weight with the right sign may know 0.85
LUCK = 0.02  # by which two trainings of one network differ on held-out rows, more or less
CLEARLY_LESS = 0.5  # of what was learned: with less on other data, it was not learned from the rows


class Doubt(StrEnum):
    """Why it is not clear that a network got its weights by the training that is claimed."""

    NO_FIT = "no_fit"  # no call of `fit` of this network returned
    OTHER_ROWS = "other_rows"  # `fit` got other rows than those that were handed out, or nobody knows which
    OWN_STEP = "own_step"  # the model has a `train_step` of its own
    BETTER_THAN_FIT = "better_than_fit"  # the network is much better than what `fit` measured
    WORSE_THAN_FIT = "worse_than_fit"  # it is much worse on the training rows than `fit` says
    KNEW_BEFORE = "knew_before"  # it was nearly as good before the training
    MEMORISED = "memorised"  # a little noise costs much of the score
    BETTER_ON_HELD_OUT = "better_on_held_out"  # it knows held-out rows better than those of the training


# What one seed may cause by luck: a single weight with the right sign, or held-out rows that happen to be easy.
MAY_BE_LUCK = frozenset({Doubt.KNEW_BEFORE, Doubt.BETTER_ON_HELD_OUT})


class SecondOutcome(StrEnum):
    """What came of a training on other data."""

    LEARNED = "learned"
    NOT_LEARNED = "not_learned"
    UNCLEAR = "unclear"  # it learned much less
    NO_RESULT = "no_result"  # it was stopped, or its network cannot be used


def find_doubts(case: Case, training: Training) -> tuple[Doubt, ...]:
    """Return why a training should be done once more; nothing where the graphs explain it, or nothing was learned.

    Without a secret there are no other data.
    """
    if not case.seal.is_closed or training.stand_in is not None:
        return ()

    def find() -> tuple[Doubt, ...]:
        networks = [read_network(case, training, seed) for seed in case.seeds]
        doubts_of = [_find_doubts(case, network) for network in networks]
        pairs = zip(networks, doubts_of, strict=True)
        # What one seed could learn without such a doubt, another one may know by luck.
        has_learned = any(_counts(case, n) and MAY_BE_LUCK.isdisjoint(doubts) for n, doubts in pairs)
        all_doubts = dict.fromkeys(doubt for doubts in doubts_of for doubt in doubts)
        return tuple(doubt for doubt in all_doubts if not has_learned or doubt not in MAY_BE_LUCK)

    return case.once((find_doubts, training), find)


def may_be_luck(case: Case, training: Training) -> bool:
    """Return whether a doubt about a network may be due to luck, and no other seed was tried.

    One that was built at random may know before its training what it knows after it, above all if it has few
    weights; and the held-out rows may be easier for it than those of the training.
    """
    return len(case.seeds) == 1 and not MAY_BE_LUCK.isdisjoint(find_doubts(case, training))


def _counts(case: Case, network: TrainedNetwork) -> bool:
    """Return whether a network was trained and is as good as the score that counts, the median of all seeds."""
    score, median_score = _knows(case, network), _score_first(case, network.training)
    if score is None or median_score is None or network.is_untouched:
        return False
    return score >= median_score - LUCK


def knows_untrained(case: Case, training: Training) -> bool:
    """Return whether a network knows something although training left it as it was: by luck, or from elsewhere."""
    if training.stand_in is not None:
        return False  # the grader's own come with solved weights
    networks = (read_network(case, training, seed) for seed in case.seeds)
    return any(network.is_untouched and _knows(case, network) is not None for network in networks)


def _knows(case: Case, network: TrainedNetwork) -> float | None:
    """Return the score of a trained network; None where it is hardly better than that of a constant answer."""
    score = compute_score(network.after, case, network.training)
    is_low = score is None or score < _score_of_constant(case, network.training) + LEAST_LEARNED
    return None if is_low else score


def _find_doubts(case: Case, network: TrainedNetwork) -> list[Doubt]:
    after, training, score = network.after, network.training, _knows(case, network)
    if after is None or score is None or network.is_untouched:
        return []  # a network that was not trained earns nothing by what it knows: there is no doubt
    fits = [fit for fit in network.own_fits if fit.finished]
    compiled = after.facts.compiled
    found = {
        Doubt.NO_FIT: not fits,
        Doubt.OTHER_ROWS: bool(fits) and not any(_is_on_own_rows(fit, network, case) for fit in fits),
        Doubt.OWN_STEP: compiled is not None and "train_step" in compiled.own_methods,
        Doubt.BETTER_THAN_FIT: may_be_better_than_fit(network, case),
        Doubt.WORSE_THAN_FIT: is_worse_than_fit(network, case),
        Doubt.KNEW_BEFORE: _knew_before(case, network, score),
        Doubt.MEMORISED: _exceeds(score, compute_score(after, case, training, "x_perturbed")),
        Doubt.BETTER_ON_HELD_OUT: _exceeds(score, compute_score(after, case, training, "x_train")),
    }
    return [doubt for doubt, is_true in found.items() if is_true]


def _score_of_constant(case: Case, training: Training) -> float:
    """Return the score of a network that gives one answer for all rows."""
    if case.task.kind == "regression":
        return 0.0
    return case.of_data(_measure_largest_class, training.array("y_test"))


def _measure_largest_class(labels: Array) -> float:
    """Return the share of the most frequent label."""
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def _knew_before(case: Case, network: TrainedNetwork, score: float) -> bool:
    """Return whether a network had learned most of what it knows before it was trained."""
    before = compute_score(network.before, case, network.training)
    constant = _score_of_constant(case, network.training)
    return before is not None and before - constant > KNOWN_BEFORE * (score - constant)


def _exceeds(score: float, other: float | None) -> bool:
    return other is not None and score > other + MEMORISED


def _is_on_own_rows(fit: FitFacts, network: TrainedNetwork, case: Case) -> bool:
    """Return whether most rows that `fit` trained on are known to be rows that were handed out."""
    if not fit.rows:
        return False
    blocks = list_handed_out(fit, network.training, case, read_training_arrays(network, case))
    rows = sum(map(len, blocks))
    return rows > 0 and sum(int(block.sum()) for block in blocks) > rows / 2


# What came of it on other data.


def find_second(case: Case, training: Training) -> Training | None:
    """Return the training on other data that repeats `training`; None where it was not asked for."""
    return next((second for second in case.second_trainings if second.first == training), None)


def compare_second(case: Case, second: Training) -> SecondOutcome:
    """Return whether a network learned on other data what it learned on the first."""
    assert second.first is not None
    network = read_network(case, second, case.seeds[0])
    first_score, score = _score_first(case, second.first), compute_score(network.after, case, second)
    if network.after is None or not network.after.has_one_answer or score is None or first_score is None:
        return SecondOutcome.NO_RESULT
    if score >= first_score - SAME:
        return SecondOutcome.LEARNED
    constant = _score_of_constant(case, second)
    learned = first_score - _score_of_constant(case, second.first)
    return SecondOutcome.NOT_LEARNED if score - constant < CLEARLY_LESS * learned else SecondOutcome.UNCLEAR


def _score_first(case: Case, training: Training) -> float | None:
    """Return the score that counts of the first trainings: the median of all seeds."""
    networks = [read_network(case, training, seed) for seed in case.seeds]
    scores = [compute_score(network.after, case, training) for network in networks]
    known = [score for score in scores if score is not None]
    return median(known) if known else None


def is_refuted(case: Case, training: Training) -> bool:
    """Return whether it is known that what a network knows was not learned from the rows of `train`."""
    if knows_untrained(case, training):
        return True
    second = find_second(case, training)
    return second is not None and compare_second(case, second) is SecondOutcome.NOT_LEARNED


def describe_second(case: Case, second: Training) -> Words:
    """Return both scores as a sentence."""
    assert second.first is not None
    score = compute_score(read_network(case, second, case.seeds[0]).after, case, second)
    first_score = _score_first(case, second.first)
    if score is None or first_score is None:
        return _(
            "{function}() was called once more, in a new process and on other data of the same kind, and left no "
            "network there that can be scored.",
            function=second.train,
        )
    return _(
        "{function}() was called once more, in a new process and on other data of the same kind: {metric} "
        "{second:.3f} on the held-out rows there, {first:.3f} on the first ones.",
        function=second.train,
        metric=metric_name(case.task),
        second=score,
        first=first_score,
    )
