"""Reports as PDF, with a stand-in for Chromium."""

import sys
from pathlib import Path

import pytest

from grader.classroom.feedback.pdf import PdfPrinter
from grader.classroom.feedback.records import FeedbackError
from grader.core.i18n import Translator

PRINTS = """#!{python}
import pathlib, sys
target = next(word for word in sys.argv if word.startswith("--print-to-pdf="))
source = pathlib.Path(sys.argv[-1].removeprefix("file://"))
pathlib.Path(target.partition("=")[2]).write_bytes(b"%PDF " + source.read_bytes())
"""


def chromium(folder: Path, script: str) -> None:
    program = folder / "chromium"
    program.write_text(script.replace("{python}", sys.executable))
    program.chmod(0o755)


def reason(error: pytest.ExceptionInfo[FeedbackError]) -> str:
    return Translator("en")(error.value.text)


def test_a_report_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium(tmp_path, PRINTS)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert PdfPrinter().print_page(b"<p>Anna</p>") == b"%PDF <p>Anna</p>"


def test_without_chromium_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FeedbackError) as caught:
        PdfPrinter()
    assert reason(caught).startswith("For --pdf, Chromium or Chrome is needed, and none of chromium, ")


def test_a_chromium_that_prints_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium(tmp_path, "#!/bin/sh\nexit 7\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FeedbackError) as caught:
        PdfPrinter().print_page(b"")
    assert "could not print a report (exit code 7)" in reason(caught)
