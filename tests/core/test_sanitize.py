"""Strings of a submission are shown as what they are."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.core.sanitize import clip, one_line, sanitize_record, visible
from grader.protocol.verdict import Confusion, Exhibits, Figure, Status
from tests.reports import samples


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("ä ü “quotes” 数", "ä ü “quotes” 数"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb", "a\nb"),
        ("over\rwritten", "over⟨U+000D⟩written"),
        ("\x1b[31m", "⟨U+001B⟩[31m"),
        ("\x00", "⟨U+0000⟩"),
        ("\x7f", "⟨U+007F⟩"),
        ("\x9b", "⟨U+009B⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_characters_that_cannot_be_seen_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0xFEFF])
def test_no_character_steers_the_reading_direction(code: int) -> None:
    assert visible(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


def test_long_text_is_cut_and_says_how_much() -> None:
    assert clip("abcdef", 4) == "abcd … (+2)"
    assert clip("abcd", 4) == "abcd"


def test_a_name_with_line_breaks_stays_on_one_line() -> None:
    assert one_line("a\n\t b.py") == "a b.py"


def test_every_string_of_a_record_is_cleaned_and_nothing_else_changes() -> None:
    verdict, exhibits = samples.good()
    assert sanitize_record(verdict) == verdict
    assert sanitize_record(exhibits) == exhibits
    criterion = msgspec.structs.replace(verdict.criteria[0], received="\u202e", title="x" * 9000)
    shown = sanitize_record(msgspec.structs.replace(verdict, criteria=(criterion,))).criteria[0]
    assert shown.received == "⟨U+202E⟩"
    assert len(shown.title) < 4100


def test_strings_in_a_list_are_cleaned_too() -> None:
    confusion = Confusion(labels=("a\u202e", "x" * 9000), counts=((1, 0), (0, 1)))
    shown = sanitize_record(Exhibits(confusion=confusion)).confusion
    assert shown is not None
    assert shown.labels[0] == "a⟨U+202E⟩"
    assert len(shown.labels[1]) < 4100


class Page(msgspec.Struct, frozen=True):
    """A record that holds records in everything that records may be in."""

    text: str | None = None
    parts: tuple["Page | str | float | None", ...] = ()
    by_name: dict[str, "Page"] = {}
    names: frozenset[str] = frozenset()
    lines: list[str] = []
    status: Status = Status.PASSED


TEXTS = st.text(max_size=30)
PAGES = st.recursive(
    st.builds(Page, text=TEXTS | st.none(), names=st.frozensets(TEXTS), lines=st.lists(TEXTS)),
    lambda pages: st.builds(
        Page,
        text=TEXTS,
        parts=st.lists(pages | TEXTS | st.floats(allow_nan=False) | st.none()).map(tuple),
        by_name=st.dictionaries(TEXTS, pages),
        status=st.sampled_from(Status),
    ),
    max_leaves=6,
)


@given(PAGES)
def test_every_string_is_cleaned_wherever_it_stands(page: Page) -> None:
    def clean_text(part: Any) -> Any:
        if isinstance(part, str):
            return clip(visible(part), 20)
        if isinstance(part, dict):
            return {clean_text(key): clean_text(value) for key, value in part.items()}
        return [clean_text(one) for one in part] if isinstance(part, list | tuple) else part

    cleaned = sanitize_record(page, 20)
    assert cleaned == msgspec.convert(clean_text(msgspec.to_builtins(page)), Page)
    assert sanitize_record(cleaned, 100) == cleaned


def test_what_is_clean_is_not_copied() -> None:
    _, exhibits = samples.good()
    assert sanitize_record(exhibits) is exhibits


def test_a_picture_is_not_cut() -> None:
    picture = "A" * 100_000
    exhibits = Exhibits(figures=(Figure(function="f", png=picture, width=1, height=1),))
    assert sanitize_record(exhibits).figures[0].png == picture
