"""The report in a terminal: short, readable in any of them, and steered by none of what students write."""

import io
import re

import msgspec
import pytest
from rich.console import Console

from grader.core.i18n import LANGUAGES, Translator
from grader.protocol.verdict import Status
from reports.submission.terminal import render, render_criterion
from tests.reports import samples


def _printed(pair: samples.Pair, *, width: int = 80, colour: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="\n") as stream:
        console = Console(
            file=stream,
            width=width,
            force_terminal=colour,
            no_color=not colour,
            legacy_windows=False,
            color_system="truecolor" if colour else None,
        )
        render(pair[0], console)
        stream.flush()
        return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["good", "mixed", "broken", "hostile"])
def test_every_verdict_fits_a_narrow_terminal(kind: str, language: str) -> None:
    text = _printed(getattr(samples, kind)(language), width=60)
    assert max(map(len, text.splitlines())) <= 60


def test_each_criterion_has_its_line_and_the_mark_and_the_next_step_stand_last() -> None:
    text = _printed(samples.mixed())
    lines = text.rstrip().splitlines()
    assert "66.5 of 100 points   ? not graded · not certified" in lines[-4:]
    assert lines[-1].startswith("Next: ")
    for line in ("✗ failed         Scale the pixels to [0, 1]", "◐ partial", "» skipped", "○ not attempted"):
        assert line in text


def test_what_is_wrong_is_shown_with_the_code_line_and_its_hints() -> None:
    text = _printed(samples.mixed())
    assert "\n✗ Scale the pixels to [0, 1]  failed, 0 / 6\n" in text
    assert "Expected  row 0 alone: maximum 0.9375" in text
    assert "Received  row 0 alone: maximum 1.0" in text
    assert "digits.ipynb, cell 4, line 3" in text
    assert "3 │     return x / x.max()" in text
    assert "■ Error  A digit is exactly one of ten classes." in text
    assert "Missing wall: landlock. this kernel has no Landlock" in text


def test_one_reason_for_many_criteria_is_told_once() -> None:
    assert _printed(samples.broken()).count("because the file could not be run") == 1


def test_what_kept_the_file_from_being_run_is_said_before_all_else() -> None:
    verdict, exhibits = samples.broken()
    notices = (msgspec.structs.replace(verdict.notices[0], id="import-failed"),)
    lines = _printed((msgspec.structs.replace(verdict, notices=notices), exhibits)).splitlines()
    assert lines[:4] == [
        "  ■ Error  SyntaxError: '(' was never closed",
        "  submission.py, line 12",
        "    12 │     x = np.array([1, 2, 3]",
        "",
    ]
    assert "Notices" not in lines


def test_markup_and_control_characters_of_a_submission_are_text() -> None:
    text = _printed(samples.hostile(), width=200)
    assert "[red]markup[/red]" in text
    assert "[bold]x[/]" in text
    assert "<script>alert(1)</script>.py" in text
    assert "⟨U+001B⟩[31mred⟨U+001B⟩[0m a⟨U+202E⟩b" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_colour_where_the_terminal_has_it_and_none_where_not() -> None:
    assert "\x1b[" in _printed(samples.mixed(), colour=True)
    assert "\x1b[" not in _printed(samples.mixed())
    # The escapes of the colours are ours alone: nothing but SGR, no links and no titles.
    escapes = re.sub(r"\x1b\[[0-9;]*m", "", _printed(samples.hostile(), colour=True))
    assert "\x1b" not in escapes


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_a_pipe_with_an_old_code_page_does_not_end_the_program(encoding: str) -> None:
    for kind in (samples.mixed, samples.hostile):
        assert _printed(kind(), encoding=encoding)
    text = _printed(samples.mixed(), encoding=encoding)
    assert "x failed" in text
    assert "~ partial" in text


def test_what_is_right_fits_a_terminal_of_24_lines() -> None:
    lines = _printed(samples.good()).rstrip().splitlines()
    assert len(lines) <= 24
    assert lines[-1] == "Everything that was asked for is there and right."


def test_criteria_that_were_printed_while_they_were_decided_are_not_printed_again() -> None:
    verdict = samples.good()[0]
    first, *others = verdict.criteria
    text = io.StringIO()
    console = Console(file=text, width=80)
    render_criterion(first, Translator("en"), console)
    row = text.getvalue()
    assert first.title in row
    render(verdict, console, {first.id})
    assert text.getvalue().count(row) == 1
    assert all(other.title in text.getvalue() for other in others)


def test_criteria_with_the_cause_of_another_are_named_below_it() -> None:
    verdict = samples.good()[0]
    first, second, *others = verdict.criteria
    failed = msgspec.structs.replace(first, status=Status.FAILED, points=0.0, message="It is wrong.", hints=())
    waiting = msgspec.structs.replace(
        second, status=Status.SKIPPED, points=0.0, message="It waits.", hints=(), same_cause_as=first.id
    )
    text = _printed((msgspec.structs.replace(verdict, criteria=(failed, waiting, *others)), samples.good()[1]))
    assert f"The same cause: {second.title}" in text
    assert "It waits." not in text


def test_plain_mode_says_that_no_walls_stood() -> None:
    assert "There were no walls around this run" in _printed(samples.broken())
