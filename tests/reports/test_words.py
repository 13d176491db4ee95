"""Nothing is left without its word, sign or translation."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo

from grader.core import i18n
from grader.core.i18n import LANGUAGES, Translator
from grader.protocol.verdict import Severity, Status
from reports.common import symbols
from reports.common.numbers import Numbers
from tests.reports import samples

REPORTS = Path(symbols.__file__).parent.parent
ICONS = (REPORTS / "templates" / "icons.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_status_and_severity_has_its_own_word_and_sign(language: str) -> None:
    say = Translator(language)
    for table, kinds in ((symbols.STATUS, set(Status)), (symbols.SEVERITY, set(get_args(Severity)))):
        assert set(table) == kinds
        assert len({say(symbol.word) for symbol in table.values()}) == len(kinds)
        assert len({symbol.sign for symbol in table.values()}) == len(kinds)
        assert all(symbol.ascii_sign.isascii() for symbol in table.values())
        assert all(f'id="icon-{kind}"' in ICONS for kind in kinds)
    assert set(symbols.SENTENCE) == set(Status)


def test_where_only_a_person_has_to_decide_the_sentence_says_so() -> None:
    verdict = samples.mixed()[0]
    assert symbols.choose_sentence(verdict) == symbols.SENTENCE[Status.NOT_GRADED]
    criteria = tuple(
        msgspec.structs.replace(criterion, waits_for_person=criterion.status is Status.NOT_GRADED)
        for criterion in verdict.criteria
    )
    sentence = symbols.choose_sentence(msgspec.structs.replace(verdict, criteria=criteria))
    assert Translator("en")(sentence).startswith("A person still has to give points for some of it.")


def test_every_word_of_the_documents_is_translated() -> None:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "T": None, "ngettext": (1, 2)}
    found = {message for _, _, message, _, _ in extract_from_dir(str(REPORTS), methods, keywords=keywords)}
    assert len(found) > 100
    with (i18n.LOCALE_FOLDER / "de" / "LC_MESSAGES" / "grader.mo").open("rb") as file:
        catalogue = read_mo(file)
    missing = [message for message in found if message not in catalogue or not catalogue[message].string]
    assert missing == []


@pytest.mark.parametrize(
    ("value", "en", "de"),
    [(14.5, "14.5", "14,5"), (14.0, "14", "14"), (0.125, "0.12", "0,12"), (1234.0, "1,234", "1.234")],
)
def test_points_are_written_as_people_write_them(value: float, en: str, de: str) -> None:
    assert Numbers("en").points(value) == en
    assert Numbers("de").points(value) == de


def test_a_number_is_written_as_each_place_wants_it() -> None:
    numbers = Numbers("en")
    for _ in range(2):
        assert [numbers.points(0.5), numbers.score(0.5), numbers.integer(1), numbers.score(1.0)] == [
            "0.5",
            "0.500",
            "1",
            "1.000",
        ]
        assert [numbers.percent(0.5), numbers.seconds(0.5), numbers.short(0.5)] == ["50%", "0.5", "0.5"]
        assert [numbers.score(0.0), numbers.score(-0.0)] == ["0.000", "−0.000"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -1e300, 10**30])
def test_no_number_is_too_much(value: float) -> None:
    numbers = Numbers("en")
    for write in (
        numbers.points,
        numbers.score,
        numbers.percent,
        numbers.seconds,
        numbers.short,
        numbers.mebibytes,
    ):
        assert len(write(value)) < 12
