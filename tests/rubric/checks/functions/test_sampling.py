"""Samples with classes of equal size: any right way passes, and each wrong one is told what it does."""

from typing import Any

import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import ClassBalance, Status
from grader.rubric.checks import Oversamples, Undersamples
from tests.helpers.cases import judge, run, text

SEAL = Seal(PRACTICE)
UNDER, OVER = Undersamples("sample", seal=SEAL), Oversamples("sample", seal=SEAL)


def choose(y: Any, seed: Any, size: int, *, replace: bool, keep: bool) -> Any:
    """Return numbers of rows, `size` of each class; with `keep`, all rows and those that are missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        rows += list(own) if keep else []
        rows += list(rng.choice(own, size - len(own) if keep else size, replace=replace))
    return np.array(rows, dtype=int)


def smallest(y: Any) -> int:
    return int(np.unique(y, return_counts=True)[1].min())


def largest(y: Any) -> int:
    return int(np.unique(y, return_counts=True)[1].max())


def undersample(x: Any, y: Any, seed: Any) -> Any:
    rows = choose(y, seed, smallest(y), replace=False, keep=False)
    return x[rows], y[rows]


def oversample(x: Any, y: Any, seed: Any) -> Any:
    rows = choose(y, seed, largest(y), replace=True, keep=True)
    return x[rows], y[rows]


PAIRS = {"under": (UNDER, undersample), "over": (OVER, oversample)}


@pytest.mark.parametrize("secret", [b"", PRACTICE, b"a" * 32])
@pytest.mark.parametrize("kind", PAIRS)
def test_the_right_one_passes(kind: str, secret: bytes) -> None:
    check, function = PAIRS[kind]
    judgement = judge(check.with_seal(Seal(secret)), sample=function)
    assert judgement.status is Status.PASSED, text(judgement.message)


CLOTHES: dict[str, Any] = {
    "lists": lambda x, y: (x.tolist(), y.tolist()),
    "float32, labels as a column": lambda x, y: (x.astype(np.float32), y[:, None].astype(float)),
    "another order": lambda x, y: (x[::-1], y[::-1]),
    "a list of rows": lambda x, y: [list(x), list(y)],
}


@pytest.mark.parametrize("name", CLOTHES)
@pytest.mark.parametrize("kind", PAIRS)
def test_samples_come_in_equivalent_clothes(kind: str, name: str) -> None:
    check, function = PAIRS[kind]
    judgement = judge(check, sample=lambda x, y, seed: CLOTHES[name](*function(x, y, seed)))
    assert judgement.status is Status.PASSED, text(judgement.message)


def taken(rows: Any) -> Any:
    """Return a function that takes the rows whose numbers `rows(y, seed)` gives."""
    return lambda x, y, seed: (x[rows(y, seed)], y[rows(y, seed)])


def neighbours(x: Any, y: Any, seed: Any) -> Any:
    x, y = oversample(x, y, seed)
    return x + 0.01 * np.random.default_rng(seed).normal(size=x.shape), y


def first_of_each(y: Any, seed: Any) -> Any:
    return np.concatenate([np.flatnonzero(y == label)[: smallest(y)] for label in np.unique(y)])


def first_or_last_of_each(y: Any, seed: Any) -> Any:
    own = [np.flatnonzero(y == label)[:: 1 if seed % 2 else -1] for label in np.unique(y)]
    return np.concatenate([rows[: smallest(y)] for rows in own])


def repeated_in_order(y: Any, seed: Any) -> Any:
    own = [np.flatnonzero(y == label)[:: 1 if seed % 2 else -1] for label in np.unique(y)]
    # The middle class gets half of its rows three times and the others once.
    return np.concatenate([np.concatenate([rows, np.resize(rows[:14], largest(y) - len(rows))]) for rows in own])


def by_nobody(y: Any, seed: Any) -> Any:
    return np.concatenate(
        [np.random.choice(np.flatnonzero(y == label), smallest(y), replace=False) for label in np.unique(y)]
    )


def apart(x: Any, y: Any, seed: Any) -> Any:
    x, y = undersample(x, y, seed)
    return x, np.roll(y, 1)


WRONG = {
    "as they were": (UNDER, lambda x, y, seed: (x, y), 0.0, "That is as many as before. Leave rows out"),
    "oversampled": (UNDER, oversample, 0.0, "this one is about leaving rows out"),
    "put back": (
        UNDER,
        taken(lambda y, seed: choose(y, seed, smallest(y), replace=True, keep=False)),
        0.0,
        "returns some rows twice or more",
    ),
    "one too few": (
        UNDER,
        taken(lambda y, seed: choose(y, seed, smallest(y) - 1, replace=False, keep=False)),
        0.0,
        "Rows of the rarest class are lost",
    ),
    "between": (
        UNDER,
        taken(lambda y, seed: np.concatenate([np.flatnonzero(y == n)[: smallest(y) + 1] for n in np.unique(y)])),
        0.0,
        "Each class has to get as small as the rarest one",
    ),
    "the first rows": (UNDER, taken(first_of_each), 0.5, "chooses the same rows for every seed"),
    "first or last rows": (UNDER, taken(first_or_last_of_each), 0.5, "follow a pattern"),
    "repeated in order": (OVER, taken(repeated_in_order), 0.5, "follow a pattern"),
    "no seed": (UNDER, taken(by_nobody), 0.5, "called twice with the same seed chooses other rows"),
    "pairs lost": (UNDER, apart, 0.0, "no longer has x and y in pairs"),
    "x alone": (UNDER, lambda x, y, seed: undersample(x, y, seed)[0], 0.0, "has to return two things"),
    "nothing": (UNDER, lambda x, y, seed: None, 0.0, "sample() returned None"),
    "one array for each class": (
        UNDER,
        taken(lambda y, seed: [np.flatnonzero(y == n)[: smallest(y)] for n in np.unique(y)]),
        0.0,
        "np.concatenate(rows)",
    ),
    "y first": (UNDER, lambda x, y, seed: undersample(x, y, seed)[::-1], 0.0, "in this order"),
    "labels too many": (UNDER, lambda x, y, seed: (undersample(x, y, seed)[0], y), 0.0, "rows, but"),
    "not repeated": (OVER, lambda x, y, seed: (x, y), 0.0, "That is as many as before. Repeat rows"),
    "undersampled": (OVER, undersample, 0.0, "this one is about repeating rows"),
    "added to all": (
        OVER,
        taken(
            lambda y, seed: np.concatenate(
                [np.arange(len(y)), choose(y, seed, largest(y), replace=True, keep=False)]
            )
        ),
        0.0,
        "As many as the largest class has were added",
    ),
    "rows lost": (
        OVER,
        taken(lambda y, seed: choose(y, seed, largest(y), replace=True, keep=False)),
        0.5,
        "rows are lost, such as number",
    ),
    "made up": (OVER, neighbours, 0.0, "returns rows that are not among those it was given"),
    "not a number": (OVER, lambda x, y, seed: (oversample(x, y, seed)[0] * np.nan, oversample(x, y, seed)[1]), 0.0,
                     "are not among those"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(name: str) -> None:
    check, function, share, words = WRONG[name]
    judgement: Judgement = judge(check, sample=function)
    assert judgement.share == share, text(judgement.message)
    assert words in text(judgement.message)


def test_a_function_that_writes_into_its_arguments_keeps_half() -> None:
    def in_place(x: Any, y: Any, seed: Any) -> Any:
        result = undersample(x.copy(), y.copy(), seed)
        x[:] = 0
        return result

    judgement = judge(UNDER, sample=in_place)
    assert judgement.share == 0.5
    assert "changes the array" in text(judgement.message)


def test_the_report_shows_sizes_before_and_after() -> None:
    (shown,) = UNDER.exhibit(run(UNDER, {"sample": undersample}), Translator("en"))
    assert isinstance(shown, ClassBalance)
    counts = UNDER.tables()["three"].count_classes()
    assert shown.before == tuple(counts.values())
    assert shown.after == (min(counts.values()),) * 3
    assert UNDER.exhibit(run(UNDER, {"sample": lambda x, y, seed: None}), Translator("en")) == ()
