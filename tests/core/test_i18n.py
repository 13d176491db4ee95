"""Sentences and the languages that they are read in."""

import pytest

from grader.core.i18n import LANGUAGES, Bilingual, Message, Translator, _, write_number

EN = Translator("en")


def test_values_fill_the_sentence() -> None:
    assert EN(_("{function}() took {seconds:.1f} s", function="load", seconds=2)) == "load() took 2.0 s"


def test_sentences_may_hold_sentences() -> None:
    inner = _("cell {cell}", cell=3)
    assert EN(_("{where}: {title}", where=inner, title=Bilingual(en="Load", de="Laden"))) == "cell 3: Load"


def test_what_a_student_wrote_is_no_template() -> None:
    assert EN("{x} %s {0}") == "{x} %s {0}"
    assert EN(_("error: {error}", error="{x} {0} %(y)s")) == "error: {x} {0} %(y)s"


def test_an_author_writes_both_languages() -> None:
    words = Bilingual(en="Load", de="Laden")
    assert EN(words) == "Load"
    assert Translator("de")(words) == "Laden"


def test_each_language_has_a_translator_and_no_other() -> None:
    assert [Translator(language).language for language in LANGUAGES] == ["en", "de"]
    with pytest.raises(ValueError, match="one of en, de; received 'fr'"):
        Translator("fr")


def test_texts_are_values() -> None:
    assert _("a {b}", b=1) == Message("a {b}", {"b": 1})
    assert _("a {b}", b=1) != _("a {b}", b=2)


def test_numbers_are_written_as_each_language_writes_them() -> None:
    words = _("{score:.1%} and {value:.3f} of {count}", score=0.9556, value=1.5, count=3)
    assert Translator("en")(words) == "95.6% and 1.500 of 3"
    assert Translator("de")(words) == "95,6\N{NO-BREAK SPACE}% and 1,500 of 3"


@pytest.mark.parametrize(
    ("value", "spec", "english", "german"),
    [(0.6884, ".3f", "0.688", "0,688"), (2, "g", "2", "2"), (float("nan"), ".2f", "nan", "nan")],
)
def test_a_number_alone_is_written_in_the_language_as_well(
    value: float, spec: str, english: str, german: str
) -> None:
    number = write_number(value, spec)
    assert (Translator("en")(number), Translator("de")(number)) == (english, german)
    assert Translator("de")(_("a {b}", b=number)) == f"a {german}"
