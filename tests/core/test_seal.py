"""The seal: one secret gives the same numbers each time, another one others, and nothing tells the secret."""

import subprocess
import sys

import numpy as np
import pytest

from grader.core.seal import NO_SEAL, PRACTICE, PRACTICE_NAME, UNSEALED, Seal, name_seal

SECRET, OTHER = b"s" * 32, b"o" * 32


def numbers(seal: Seal, purpose: str) -> list[int]:
    return [int(n) for n in seal.random(purpose).integers(0, 2**32, 4)]


def test_the_same_secret_and_purpose_give_the_same_numbers() -> None:
    assert numbers(Seal(SECRET), "rows") == numbers(Seal(SECRET), "rows")


@pytest.mark.parametrize(
    "other",
    [(Seal(OTHER), "rows"), (Seal(SECRET), "columns"), (Seal(SECRET).derive("draw 0"), "rows"), (NO_SEAL, "rows")],
)
def test_another_secret_or_purpose_gives_others(other: tuple[Seal, str]) -> None:
    assert numbers(*other) != numbers(Seal(SECRET), "rows")


def test_scikit_learn_gets_numbers_of_the_secret_as_well() -> None:
    first, again, other = (
        np.random.RandomState(1).randint(0) if isinstance(state, int) else state.randint(0, 2**31, 4).tolist()
        for state in (
            Seal(SECRET).random_state("rows"),
            Seal(SECRET).random_state("rows"),
            Seal(OTHER).random_state("rows"),
        )
    )
    assert first == again != other


def test_without_a_secret_each_purpose_gets_a_fixed_seed() -> None:
    assert numbers(NO_SEAL, "rows") == numbers(NO_SEAL, "columns")
    assert NO_SEAL.random("x", 62).random() == np.random.default_rng(62).random()
    assert NO_SEAL.random_state("x") == 2026
    assert NO_SEAL.derive("x") == NO_SEAL
    assert not NO_SEAL.is_closed


def test_the_name_of_a_secret_does_not_tell_it() -> None:
    assert (name_seal(UNSEALED), name_seal(PRACTICE)) == ("", PRACTICE_NAME)
    assert len(name_seal(SECRET)) == 16
    assert name_seal(SECRET) != name_seal(OTHER)
    assert SECRET.hex()[:8] not in name_seal(SECRET)


def test_numbers_are_drawn_from_the_whole_secret() -> None:
    """Two secrets that share all but the last byte have nothing in common."""
    assert numbers(Seal(SECRET), "rows") != numbers(Seal(SECRET[:-1] + b"t"), "rows")


def test_a_secret_can_be_passed_on_without_numpy() -> None:
    code = "import sys, grader.core.seal; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
