"""A text can't become a formula, and every text fits into every file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.exports.cells import LONGEST, defuse, format_number, is_formula, to_cell_number, to_cell_text

FORMULAS = [
    "=1+1",
    "+49",
    "-2",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "﹣1",
    " =1",
    "\t=1",
    "\u200b=1",
    '"=1',
    "\ufeff=1",
]


@pytest.mark.parametrize("text", [*FORMULAS, "\ttab", "\rreturn", "\nnewline", "\x00=1"])
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe_in_front(text: str) -> None:
    assert defuse(text).replace("\t'", "\t") == "'" + to_cell_text(text)
    assert is_formula(text)


@pytest.mark.parametrize("text", ["Anna", "a=b", "e-mail", "1+1", "'=1", "", "Müller-Lüdenscheidt", "a\nb", "a;b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert defuse(text) == text
    assert not is_formula(text)


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r", "\r\n"])
def test_a_formula_behind_a_separator_of_another_program_is_defused(separator: str) -> None:
    assert defuse(f'Anna{separator} "=1+1').endswith("'" + ' "=1+1')
    assert defuse(f"Anna;{separator}=1+1").endswith("'=1+1")


@given(st.text(alphabet=st.sampled_from("=+-@;\t\n\r \"'ab＝\u200b")))
def test_defusing_twice_is_defusing_once(text: str) -> None:
    assert defuse(defuse(text)) == defuse(text)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_every_cell_is_valid_text_within_the_limit(text: str) -> None:
    cell = defuse(text)
    assert cell.encode().decode() == cell
    assert "\x00" not in cell
    assert "\r" not in cell


def test_characters_that_a_format_or_a_terminal_stumbles_over_become_a_sign() -> None:
    assert to_cell_text("a\x00b\x1bc\x7fd\x85e\ud800f\ufffeg\uffffh\ufdd0i\tj") == "a�b�c�d�e�f�g�h�i\tj"


def test_a_text_longer_than_a_cell_is_cut_with_a_sign() -> None:
    assert to_cell_text("a" * LONGEST) == "a" * LONGEST
    assert len(defuse("=" + "a" * 2 * LONGEST)) == LONGEST
    assert defuse("a" * 2 * LONGEST).endswith("a…")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (float("nan"), ""),
        (float("inf"), ""),
        (3.0, "3"),
        (-1.5, "-1.5"),
        (0.0, "0"),
        (2 / 3, "0.6666666667"),
    ],
)
def test_numbers_have_a_decimal_point_and_nothing_is_no_number(value: float | None, cell: str) -> None:
    assert format_number(value) == cell
    assert (to_cell_number(value) is None) == (cell == "")


@pytest.mark.parametrize("text", ["\n" * LONGEST, "=" * LONGEST, '"' * LONGEST + "a", ";\t" * LONGEST])
def test_a_long_cell_of_separators_takes_no_longer_than_its_length(text: str) -> None:
    # By the square of the length this would be minutes.
    assert len(defuse(text)) <= LONGEST


@given(st.text(alphabet=st.sampled_from("=+-@;\t\n\r \"'a＝\u200b")))
def test_no_cell_of_any_program_begins_with_a_formula(text: str) -> None:
    for part in re.split("[;\t\n]", defuse(text)):
        assert not part.lstrip(' "\u200b').startswith(("=", "+", "-", "@", "＝"))
