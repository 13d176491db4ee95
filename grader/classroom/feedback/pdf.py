"""Print reports as PDF with Chromium, where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

from grader.classroom.feedback.records import FeedbackError
from grader.core.i18n import _
from grader.core.temporary_folders import temporary_folder

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_SECONDS = 60  # for one report


class PdfPrinter:
    """Prints one report after another. Raises `FeedbackError` where there is no Chromium, or it does not print."""

    def __init__(self) -> None:
        program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        if program is None:
            raise FeedbackError(
                _(
                    "For --pdf, Chromium or Chrome is needed, and none of {programs} is installed. Install one, "
                    "or leave --pdf out: the reports in HTML can be printed from any browser.",
                    programs=", ".join(_PROGRAMS[:4]),
                )
            )
        self._program = program

    def print_page(self, page: bytes) -> bytes:
        """Return a page as PDF."""
        with temporary_folder("pdf") as folder:
            source, target = folder / "report.html", folder / "report.pdf"
            source.write_bytes(page)
            try:
                done = subprocess.run(
                    [*self._command(folder), f"--print-to-pdf={target}", source.as_uri()],
                    capture_output=True,
                    timeout=_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise _failed(self._program, type(error).__name__) from None
            if not target.is_file():
                raise _failed(self._program, f"exit code {done.returncode}")
            return target.read_bytes()

    def _command(self, folder: Path) -> list[str]:
        # Chromium refuses to run its sandbox as root, which is common in containers. Reports hold no scripts.
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        return [
            self._program,
            "--headless",
            *(["--no-sandbox"] if is_root else []),
            "--disable-gpu",
            "--disable-extensions",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}",
        ]


def _failed(program: str, reason: str) -> FeedbackError:
    return FeedbackError(
        _(
            "{program} could not print a report ({reason}). Leave --pdf out, or install another Chromium.",
            program=program,
            reason=reason,
        )
    )
