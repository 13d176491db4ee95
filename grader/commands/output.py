"""Write a graded submission where it was asked for: terminal, files, browser."""

import contextlib
import os
import sys
import tempfile
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.commands.options import print_to_stderr
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.sanitize import display_path
from grader.grading.results import Graded
from grader.protocol.verdict import Status, Verdict, encode
from reports.submission import html, terminal


@dataclass
class Outputs:
    """What `grader check` is to write. `json_out`: `-` for standard output, instead of the report."""

    html_out: Path | None
    json_out: str | None
    open_it: bool
    translate: Translator
    _opened: bool = False

    @property
    def files(self) -> list[Path]:
        """The files that were asked for."""
        record = [Path(self.json_out)] if self.json_out not in (None, "-") else []
        return [*filter(None, [self.html_out]), *record]

    def write(self, graded: Graded) -> None:
        """Write all of it, over what was there; the browser is opened the first time.

        Raises `OSError` where a file could not be written, after all that could be.
        """
        try:
            self._write_files(graded)
        finally:
            if self.json_out == "-":
                _print_json(encode(graded.verdict))
            else:
                terminal.render(graded.verdict, Console())
        if self.html_out is None:
            return
        if self.json_out != "-":
            report = self.translate(_("Report: {file}", file=display_path(self.html_out)))
            Console().print(report, markup=False, highlight=False, soft_wrap=True)
        if self.open_it and not self._opened:
            self._opened = True
            self._open(self.html_out)

    def _write_files(self, graded: Graded) -> None:
        if self.html_out is None and self.open_it:
            # A folder that only its owner may enter. It stays: the browser reads it after this has ended.
            self.html_out = Path(tempfile.mkdtemp(prefix="grader-")) / "report.html"
        if self.html_out is not None:
            self.html_out.write_text(html.render(graded.verdict, graded.exhibits), encoding="utf-8")
        if self.json_out not in (None, "-"):
            Path(self.json_out).write_text(encode(graded.verdict), encoding="utf-8")

    def _open(self, page: Path) -> None:
        if not open_in_browser(page):
            message = _("No browser could be opened. Open the report yourself: {file}", file=display_path(page))
            print_to_stderr(self.translate(message))


def exit_code(verdict: Verdict) -> ExitCode:
    """Return what a verdict means to the shell."""
    if verdict.status is Status.NOT_GRADED:
        return ExitCode.NOT_GRADED
    return ExitCode.PASSED if verdict.status is Status.PASSED else ExitCode.NOT_ALL_PASSED


def _print_json(text: str) -> None:
    """JSON is UTF-8, whatever the code page of a pipe on Windows is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def open_in_browser(page: Path) -> bool:
    """Open a file in the browser; False where there is none but perhaps one for the terminal itself."""
    with contextlib.suppress(webbrowser.Error, OSError, ValueError):
        browser = webbrowser.get()
        # Exactly this class are browsers that take the terminal over, and with it what stands there.
        if type(browser) is webbrowser.GenericBrowser and "BROWSER" not in os.environ:
            return False
        return browser.open(page.absolute().as_uri())
    return False
