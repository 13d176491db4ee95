"""The bar that is shown while a class is graded."""

import io
import re

import pytest
from rich.console import Console

from grader.classroom.batch import VerdictOrigin
from grader.commands.classroom_progress import ClassProgress
from grader.core.i18n import LANGUAGES, Translator
from grader.protocol.verdict import Status


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_bar_is_shown_on_a_terminal_only_and_taken_away_at_the_end(is_terminal: bool) -> None:
    text = io.StringIO()
    with ClassProgress("two", Translator("en"), Console(file=text, width=80, force_terminal=is_terminal)):
        pass
    assert ("to go:" in text.getvalue()) is is_terminal
    assert text.getvalue().endswith("\x1b[1A\x1b[2K") is is_terminal


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bar_is_one_line_of_a_terminal_with_80_characters(language: str) -> None:
    text = io.StringIO()
    console = Console(file=text, width=80, force_terminal=True, color_system=None)
    with ClassProgress("two", Translator(language), console) as progress:
        progress.set_total(1000)
        progress.start("Wolfeschlegelsteinhausenbergerdorff, Maximiliane")
        for status in (Status.PASSED, Status.FAILED, Status.NOT_GRADED):
            for _ in range(99):
                progress.finish("x", VerdictOrigin.RUN, status)
        progress._bar.refresh()
    lines = re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "\n", text.getvalue()).splitlines()
    shown = [line for line in lines if "99" in line]
    assert max(map(len, shown)) <= 80
    assert any("297/1000" in line and line.count("99") == 3 and "…" in line for line in shown)
