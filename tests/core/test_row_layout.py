"""Rows of several inputs, side by side in one row."""

import numpy as np
import pytest

from grader.core.row_layout import read_layout

NUMBERS = np.arange(12.0).reshape(3, 2, 2) + 0.5
KIND = np.array([2, 0, 1])
LAYOUT = read_layout(["numbers", "kind"], [NUMBERS, KIND])


def test_each_input_has_its_own_columns() -> None:
    packed = LAYOUT.pack([NUMBERS, KIND])
    assert (packed.shape, packed.dtype) == ((3, 5), np.float32)
    first, second = LAYOUT.places
    np.testing.assert_array_equal(packed[:, first].reshape(NUMBERS.shape), NUMBERS)
    np.testing.assert_array_equal(packed[:, second][:, 0], KIND)


@pytest.mark.parametrize("parts", [[NUMBERS], [NUMBERS, KIND[:2]], [NUMBERS, KIND, KIND]])
def test_other_numbers_of_inputs_or_rows_are_no_rows(parts: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match="2 inputs with as many rows each"):
        LAYOUT.pack(parts)


def test_whole_numbers_are_fixed_where_they_are_integers_or_few() -> None:
    picture = np.arange(30.0).reshape(3, 10)  # grey values, of which there are too many for categories
    layout = read_layout(["a", "b", "c"], [picture, KIND.astype(np.float32), NUMBERS])
    assert layout.list_fixed(layout.pack([picture, KIND, NUMBERS])) == (10,)
    tokens = read_layout(["words", "b"], [picture.astype(int), NUMBERS])
    assert tokens.list_fixed(tokens.pack([picture, NUMBERS])) == tuple(range(10))
