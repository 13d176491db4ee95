"""Let the random generators of NumPy that have no seed follow the seed of the step."""

from typing import Any

import numpy as np


def seed_generators() -> None:
    """Replace `numpy.random.default_rng`: an unseeded generator would give another mark at every run."""
    original = np.random.default_rng

    def default_rng(seed: Any = None) -> np.random.Generator:
        return original(np.random.randint(2**31) if seed is None else seed)

    np.random.default_rng = default_rng
