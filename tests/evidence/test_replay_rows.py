"""Graphs are replayed on mixed rows: answers come back in order, and those that depend on others are noticed."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.replay_rows import MixedRows, list_rows, mix_rows
from grader.protocol.training import Training

SEAL = Seal(b"s" * 32)
RANDOM = np.random.default_rng(0)
INSIDE: dict[str, Array] = {
    name: RANDOM.random((n, 3)).astype(np.float32) for name, n in (("x_train", 40), ("x_val", 17))
}
OUTSIDE: dict[str, Array] = {"x_test": RANDOM.random((23, 3)).astype(np.float32), "x_probe": RANDOM.random((9, 3))}


def rows(seal: Seal = SEAL) -> dict[str, Array]:
    return list_rows(INSIDE, OUTSIDE, Training(), seal)


def answer(x: Array) -> Array:
    """What an honest network gives: a row's answer follows from that row."""
    return np.stack([x.sum(axis=1), x[:, 0] * 2], axis=1)


def replay(mixed: MixedRows, network: object = answer) -> list[Array]:
    assert callable(network)
    return [network(batch) for batch in mixed.batches.values()]


def test_answers_come_back_by_role_and_in_order() -> None:
    mixed = mix_rows(rows(), SEAL)
    separated = mixed.separate(replay(mixed))
    assert separated.agrees
    assert list(separated.outputs) == ["x_test", "x_perturbed", "x_val", "x_probe", "x_train"]
    for role, part in rows().items():
        assert np.allclose(separated.outputs[role], answer(part.astype(np.float32)))


def test_rows_of_all_roles_are_mixed_in_batches_of_different_sizes() -> None:
    mixed = mix_rows(rows(), SEAL)
    sizes = [len(batch) for batch in mixed.batches.values()]
    assert len(set(sizes)) == len(sizes) == 3
    assert sum(sizes) > sum(len(part) for part in rows().values())
    first = next(iter(mixed.batches.values()))
    for part in rows().values():
        is_there = (first[:, None] == part.astype(np.float32)[None]).all(axis=2).any(axis=0)
        assert 0 < is_there.sum() < len(part)
    assert {batch.dtype for batch in mixed.batches.values()} == {np.dtype(np.float32)}


def test_another_secret_mixes_in_another_order() -> None:
    other = mix_rows(rows(), Seal(b"o" * 32))
    assert not np.array_equal(
        next(iter(other.batches.values()))[:5], mix_rows(rows(), SEAL).batches["mixed_0"][:5]
    )


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda x: answer(x) + np.arange(len(x))[:, None], id="position"),
        pytest.param(lambda x: answer(x) + len(x), id="number of rows"),
        pytest.param(lambda x: answer(x) / answer(x).sum(axis=0), id="softmax over the rows"),
        pytest.param(lambda x: answer(x) - x.mean(), id="mean of the batch"),
    ],
)
def test_answers_that_depend_on_place_or_neighbours_disagree(forged: object) -> None:
    mixed = mix_rows(rows(), SEAL)
    assert not mixed.separate(replay(mixed, forged)).agrees


def test_rounding_and_missing_numbers_are_no_disagreement() -> None:
    mixed = mix_rows(rows(), SEAL)
    noise = np.random.default_rng(1)
    assert mixed.separate(replay(mixed, lambda x: answer(x) + noise.normal(0, 1e-6, (len(x), 2)))).agrees
    assert mixed.separate(replay(mixed, lambda x: np.full((len(x), 2), np.nan))).agrees


@pytest.mark.parametrize(
    "network", [lambda _: np.float32(1.0), lambda x: x.T, lambda x: answer(x)[:, : len(x) % 3]]
)
def test_what_is_no_answer_for_each_row_is_passed_on(network: object) -> None:
    """The checks say what is wrong with such a shape."""
    mixed = mix_rows(rows(), SEAL)
    outputs = replay(mixed, network)
    separated = mixed.separate(outputs)
    assert separated.agrees
    assert all(np.array_equal(part, outputs[0]) for part in separated.outputs.values())
    assert mixed.separate([]).outputs == {}


def test_without_a_secret_each_role_is_a_batch_of_its_own() -> None:
    mixed = mix_rows(rows(NO_SEAL), NO_SEAL)
    assert list(mixed.batches) == ["x_test", "x_perturbed", "x_val", "x_probe"]
    separated = mixed.separate(replay(mixed))
    assert all(np.array_equal(separated.outputs[role], answer(part)) for role, part in rows(NO_SEAL).items())
    assert list(mixed.separate(replay(mixed)[:2]).outputs) == ["x_test", "x_perturbed"]


def test_a_table_that_is_as_long_as_a_role_is_no_answer_for_its_rows() -> None:
    mixed = mix_rows(rows(), SEAL)
    table = RANDOM.random((len(OUTSIDE["x_test"]), 2))
    assert not mixed.separate(replay(mixed, lambda _batch: table)).agrees
    assert mixed.separate(replay(mixed, lambda _batch: table[:5])).agrees  # a shape that says what is wrong
