"""The rows of several inputs are changed by a secret, each input by itself and in all parts alike."""

import numpy as np

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.rubric.data import dress_inputs

SEAL = Seal(b"s" * 32)


def draw() -> tuple[dict[str, Array], dict[str, Array]]:
    random = np.random.default_rng(0)
    inside: dict[str, Array] = {}
    outside: dict[str, Array] = {}
    for part, side in (("train", inside), ("val", inside), ("test", outside)):
        side[f"x_{part}_numbers"] = random.normal(0.0, 1.0, (9, 4)).astype(np.float32)
        side[f"x_{part}_kind"] = np.arange(9) % 3
        side[f"x_{part}_picture"] = random.uniform(0.0, 1.0, (9, 2, 2))
        side[f"y_{part}"] = np.arange(9)
    return inside, outside


def test_all_parts_of_an_input_are_changed_alike() -> None:
    inside, outside = draw()
    old_inside, old_outside = draw()
    dress_inputs(SEAL, inside, outside, ["numbers", "kind", "picture"])
    train, old = inside["x_train_numbers"], old_inside["x_train_numbers"]
    assert not np.array_equal(train, old)
    middle = old.min(axis=0) + old.max(axis=0)
    for column in range(4):  # each is a column of before, as it was or mirrored, and the same one in all parts
        ((source, is_mirrored),) = [
            (j, mirrored)
            for j in range(4)
            for mirrored in (False, True)
            if np.allclose(train[:, column], middle[j] - old[:, j] if mirrored else old[:, j], atol=1e-5)
        ]
        before = old_outside["x_test_numbers"][:, source]
        expected = middle[source] - before if is_mirrored else before
        np.testing.assert_allclose(outside["x_test_numbers"][:, column], expected, atol=1e-5)
    exchanged = dict(zip(old_inside["x_train_kind"].tolist(), inside["x_train_kind"].tolist(), strict=True))
    assert sorted(exchanged.values()) == [0, 1, 2]
    assert outside["x_test_kind"].tolist() == [exchanged[kind] for kind in old_outside["x_test_kind"].tolist()]
    for name in ("x_train_picture", "y_train"):
        np.testing.assert_array_equal(inside[name], old_inside[name])


def test_without_a_secret_nothing_is_changed() -> None:
    inside, outside = draw()
    old_inside, old_outside = draw()
    dress_inputs(Seal(), inside, outside, ["numbers", "kind", "picture"])
    for changed, old in ((inside, old_inside), (outside, old_outside)):
        assert changed.keys() == old.keys()
        assert all(np.array_equal(changed[name], old[name]) for name in old)
