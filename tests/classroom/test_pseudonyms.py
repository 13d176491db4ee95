"""Pseudonyms are stable, secret and apart; an anonymous entry holds nothing that its student was known by."""

import unicodedata

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.classroom.exports import Format, export
from grader.classroom.pseudonyms import anonymise, pseudonym
from tests.helpers.gradebook_entries import adjustment, criterion, entry, telling, ungraded, verdict

SALT = b"sixteen or more bytes"
FILE = "Moodle.zip/Weiß Anna_90817_assignsubmission_file/anna_weiss_abgabe.ipynb"
OWN_WORDS = msgspec.json.encode(anonymise(telling("", "", "", "", ""), SALT)).decode()  # "false", names of fields
ANNA = telling("s0987654", "Anna Weiß", "anna.weiss@uni.example", "90817", FILE)


def test_a_pseudonym_can_be_said_and_is_stable() -> None:
    assert pseudonym("anna", SALT) == pseudonym("anna", SALT)
    assert [len(group) for group in pseudonym("anna", SALT).split("-")] == [5, 5, 5]
    assert pseudonym("anna", SALT).replace("-", "").isalpha()


def test_another_salt_gives_another_pseudonym_and_a_short_one_is_refused() -> None:
    assert pseudonym("anna", SALT) != pseudonym("anna", SALT + b"!")
    with pytest.raises(ValueError, match="received 15"):
        pseudonym("anna", b"x" * 15)


def test_a_large_class_has_as_many_pseudonyms_as_students() -> None:
    assert len({pseudonym(str(n), SALT) for n in range(20_000)}) == 20_000


def test_all_48_bits_are_used() -> None:
    letters = [{pseudonym(str(n), SALT)[place] for n in range(3000)} for place in range(17)]
    assert [len(found) for found in letters] == [16, 4, 16, 4, 16, 1, 16, 4, 16, 4, 16, 1, 16, 4, 16, 4, 16]


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_every_text_has_a_pseudonym(student: str) -> None:
    assert len(pseudonym(student, SALT)) == 17


def test_nothing_that_identifies_is_left_in_any_export() -> None:
    hidden = anonymise(ANNA, SALT)
    known = [
        "Prof.",
        "Anna",
        "Weiß",
        "weiss",
        "anna",
        "s0987654",
        "90817",
        "uni.example",
        "abgabe",
        "Moodle.zip",
        "T21:04",
    ]
    formats = (Format.CSV, Format.MOODLE, Format.CANVAS, Format.GRADESCOPE, Format.JSONL)
    texts = [export([hidden], "digits", format_, "en").data.decode() for format_ in formats]
    texts.append(msgspec.json.encode(hidden).decode())
    book = export([hidden], "digits", Format.XLSX, "en").data
    texts += [str(row) for row in _cells(book)]
    for text in texts:
        assert [word for word in known if word in text] == []


def test_what_was_judged_stays() -> None:
    hidden = anonymise(ANNA, SALT)
    assert hidden.points == ANNA.points
    assert hidden.verdict is not None
    assert hidden.verdict.submission.name == f"{pseudonym(ANNA.student, SALT)}.ipynb"
    assert hidden.verdict.criteria[0].location is not None
    assert hidden.verdict.criteria[0].location.line == 3
    assert hidden.verdict.criteria[0].status == "passed"


def test_equal_files_stay_equal_without_telling_which() -> None:
    first, second = anonymise(entry("a"), SALT), anonymise(entry("b"), SALT)
    assert first.verdict is not None
    assert second.verdict is not None
    assert first.verdict.submission.sha256 == second.verdict.submission.sha256 != "ab" * 32
    assert len(first.verdict.submission.sha256) == 64


def test_a_problem_without_a_verdict_is_cleaned_too() -> None:
    hidden = anonymise(
        ungraded("anna", name="Anna Weiß", problem="Anna Weiß: anna.py is empty, says WEISS Weiß."), SALT
    )
    alias = pseudonym("anna", SALT)
    assert hidden.problem == f"{alias}: {alias} is empty, says WEISS {alias}."


def test_an_umlaut_is_found_composed_and_decomposed() -> None:
    decomposed = unicodedata.normalize("NFD", "Jörg")
    for name, text in (("Jörg", decomposed), (decomposed, "Jörg")):
        assert (
            "rg"
            not in anonymise(ungraded("x1y2", name=name, problem=f"by {text}"), SALT).problem.split()[-1][-3:-1]
        )
        assert text not in anonymise(ungraded("x1y2", name=name, problem=f"by {text}"), SALT).problem


def test_words_of_a_name_are_kept_in_the_graders_sentences() -> None:
    adam = entry("s1", name="Adam Dense", verdict=verdict(criterion("optimizer", message="Adam has 64 units.")))
    hidden = anonymise(adam, SALT)
    assert hidden.verdict is not None
    assert hidden.verdict.criteria[0].message == "Adam has 64 units."


def test_numbers_and_short_names_are_only_found_as_words() -> None:
    words = verdict(criterion("units", message="12345 of 0.123456 and id_12345; Bo in Bootstrap"))
    hidden = anonymise(entry("12345", name="Bo", file="submission.py", verdict=words), SALT)
    alias = pseudonym("12345", SALT)
    assert hidden.verdict is not None
    assert hidden.verdict.criteria[0].message == f"{alias} of 0.123456 and id_{alias}; Bo in Bootstrap"


def test_ordinary_names_of_files_stay_in_sentences() -> None:
    words = verdict(criterion("units", message="Your submission of digits."))
    hidden = anonymise(entry("s12", file="submitted/s12/digits/submission.py", verdict=words), SALT)
    assert hidden.verdict is not None
    assert hidden.verdict.criteria[0].message == "Your submission of digits."
    assert hidden.verdict.exercise == "digits"


def test_a_student_called_like_a_status_breaks_nothing() -> None:
    hidden = anonymise(entry("passed", name="walls", file="error.py"), SALT)
    assert hidden.verdict is not None
    assert hidden.verdict.status == "passed"
    assert hidden.verdict.isolation.mode == "walls"


def test_reasons_keep_their_words_but_not_who_adjusted() -> None:
    hidden = anonymise(entry("s1", name="Anna Weiß", adjustments=(adjustment(1, None, "Anna was ill"),)), SALT)
    assert hidden.adjustments[0].by == ""
    assert hidden.adjustments[0].reason == f"{pseudonym('s1', SALT)} was ill"


@given(
    st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30)
)
@example("", "", "", "", "false")
def test_any_entry_can_be_made_anonymous(a: str, b: str, c: str, d: str, e: str) -> None:
    hidden = anonymise(telling(a, b, c, d, e), SALT)
    assert hidden.student == hidden.name == pseudonym(a, SALT)
    text = msgspec.json.encode(hidden).decode()
    for value in (b, c, d, e):
        if len(value) >= 5 and value.isalpha() and value.isascii() and value not in OWN_WORDS:
            assert value not in text


def _cells(book: bytes) -> list[object]:
    import io

    import openpyxl

    found = openpyxl.load_workbook(io.BytesIO(book))
    return [cell for sheet in found for row in sheet.iter_rows(values_only=True) for cell in row]
