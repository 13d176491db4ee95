"""The answer in a terminal or a log: everything in it, and nothing that steers."""

import io
import re

import pytest
from rich.console import Console

from grader.core.i18n import LANGUAGES
from grader.protocol.change_result import ChangeResult
from reports.change.plain_text import print_answer
from tests.reports.change.result_samples import ERROR, FAULT, UNREADABLE, WARNING, answer, outcome


def _printed(made: ChangeResult, *, width: int = 100, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="\n") as stream:
        print_answer(
            made, Console(file=stream, width=width, no_color=True, legacy_windows=False, color_system=None)
        )
        stream.flush()
        return raw.getvalue().decode(encoding)


def test_one_submission_is_told_as_everywhere_else() -> None:
    text = _printed(answer(outcome("mixed")))
    assert text.startswith("? The digits classifier: 66.5 of 100 points\n")
    assert "submissions/digits/digits.ipynb" in text
    assert "Expected  row 0 alone: maximum 0.9375" in text
    assert "Seed 0  loss          2.340  █▇▆▅▄▄▃▃▃▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  0.069" in text
    assert "Report: 1-digits.html" in text
    assert "To pass, every criterion has to be passed. Commit 9f86d08188, compared with 3f2a9c1b7a." in text


def test_several_submissions_begin_with_an_overview() -> None:
    lines = _printed(answer(outcome("good"), UNREADABLE, FAULT, notes=(WARNING, ERROR))).split("\n")
    assert lines[0] == "1 of 3 submissions passed"
    assert lines[1].startswith("■ Error: submission.py: Move it")
    assert lines[2].startswith("▲ Warning: exercises/digits/rubric.py: The rubric")
    assert "✓ passed      submissions/digits/submission.py  102 / 100" in lines
    assert "■ unreadable  submissions/digits/bob.ipynb              –" in lines
    assert "This file cannot be graded as it is: bob.ipynb is no notebook." in lines
    assert any("The examiner ended with signal 9." in line for line in lines)


def test_nothing_touched_is_one_clear_sentence() -> None:
    assert _printed(answer()).startswith("Nothing to grade\nThis change touches no submission of an exercise.\n")
    assert _printed(answer(notes=(ERROR,))).startswith("Nothing was graded\nNo submission was graded.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["good", "mixed", "broken", "hostile"])
def test_every_answer_fits_a_narrow_terminal_and_steers_none(kind: str, language: str) -> None:
    text = _printed(answer(outcome(kind, language), UNREADABLE, language=language), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_log_with_an_old_code_page_does_not_end_the_program(encoding: str) -> None:
    assert _printed(answer(outcome("mixed")), encoding=encoding).startswith("? The digits classifier")
    assert _printed(answer(outcome("good")), encoding=encoding).startswith("+ The digits classifier")
    assert "! unreadable" in _printed(answer(outcome("hostile"), UNREADABLE), encoding=encoding)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language must be"):
        _printed(answer(language="xx"))
