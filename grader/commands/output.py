"""Write a graded submission where it was asked for: terminal, files, browser."""

import contextlib
import os
import sys
import tempfile
import webbrowser
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from grader.commands.check_answers import describe_moment
from grader.commands.options import print_to_stderr
from grader.commands.progress import StepProgress
from grader.commands.quick_answer import QuickAnswer
from grader.core.atomic_files import replace_file
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.sanitize import display_path
from grader.grading.practice_cache import Answer
from grader.grading.results import Graded
from grader.grading.submission_runs import OnCriterion
from grader.protocol.verdict import CriterionVerdict, Status, Verdict, encode


@dataclass
class Outputs:
    """What `grader check` is to write. `json_out`: `-` for standard output, instead of the report."""

    html_out: Path | None
    json_out: str | None
    open_it: bool
    translate: Translator
    _opened: bool = False
    _printed: set[str] = field(default_factory=set)
    """Ids of criteria that were printed while the others were still being decided."""

    @property
    def files(self) -> list[Path]:
        """The files that were asked for."""
        record = [Path(self.json_out)] if self.json_out not in (None, "-") else []
        return [*filter(None, [self.html_out]), *record]

    @property
    def wants_verdict(self) -> bool:
        """Whether a verdict was asked for in another form than for the terminal."""
        return bool(self.files) or self.json_out is not None or self.open_it

    def print_answer(self, answer: QuickAnswer) -> None:
        """Print what can be said without a run; its next step stands last."""
        if not answer.is_verdict:  # as wrong usage is told
            print_to_stderr(self.translate(answer.text))
            print_to_stderr(self.translate(answer.next_step))
            return
        from reports.submission import terminal  # not needed where a rubric is broken

        console = Console()
        console.print(terminal.printable(self.translate(answer.text), console, "bold red"))
        if answer.source:
            console.print(terminal.printable(f"    {answer.source}", console, "cyan"))
        console.print(terminal.printable(self.translate(answer.next_step), console))

    def print_stored(self, answer: Answer) -> None:
        """Say that nothing was run, and when that was."""
        if self.json_out == "-":
            return
        print_to_stderr(
            self.translate(
                _(
                    "Nothing has changed since the check of {time}: this is its result. To run it again: --fresh",
                    time=describe_moment(answer.checked_at),
                )
            )
        )

    def criterion_printer(self, shown: StepProgress) -> OnCriterion | None:
        """Return what prints each criterion as soon as it is decided; None where only JSON is printed."""
        self._printed.clear()
        if self.json_out == "-":
            return None

        def print_criterion(criterion: CriterionVerdict) -> None:
            from reports.submission import terminal

            self._printed.add(criterion.id)
            terminal.render_criterion(criterion, self.translate, shown.console)

        return print_criterion

    def write(self, graded: Graded) -> None:
        """Write all of it, over what was there; the browser is opened the first time.

        Raises `OSError` where a file could not be written, after all that could be.
        """
        from reports.submission import terminal

        verdict = graded.verdict
        failure: OSError | None = None
        try:
            self._write_files(graded)
        except OSError as error:
            failure = error
        if self.json_out == "-":
            _print_json(encode(verdict))
        else:
            if self.html_out is not None and failure is None:
                report = self.translate(_("Report: {file}", file=display_path(self.html_out)))
                Console().print(report, markup=False, highlight=False, soft_wrap=True)
            terminal.render(verdict, Console(), frozenset(self._printed))
        self._printed.clear()
        if failure is not None:
            raise failure
        if self.html_out is not None and self.open_it and not self._opened:
            self._opened = True
            self._open(self.html_out)

    def _write_files(self, graded: Graded) -> None:
        if self.html_out is None and self.open_it:
            # A folder that only its owner may enter. It stays: the browser reads it after this has ended.
            self.html_out = Path(tempfile.mkdtemp(prefix="grader-")) / "report.html"
        if self.html_out is not None:
            from reports.submission import html  # a tenth of a second that only those need who want the page

            _write_whole(self.html_out, html.render(graded.verdict, graded.exhibits))
        if self.json_out not in (None, "-"):
            _write_whole(Path(self.json_out), encode(graded.verdict))

    def _open(self, page: Path) -> None:
        if not open_in_browser(page):
            message = _("No browser could be opened. Open the report yourself: {file}", file=display_path(page))
            print_to_stderr(self.translate(message))


def exit_code(verdict: Verdict) -> ExitCode:
    """Return what a verdict means to the shell."""
    if verdict.status is Status.NOT_GRADED:
        return ExitCode.NOT_GRADED
    return ExitCode.PASSED if verdict.status is Status.PASSED else ExitCode.NOT_ALL_PASSED


def _write_whole(target: Path, text: str) -> None:
    """Write a file, or leave what is there; devices, pipes and links are written to as they are.

    Raises `OSError` with the name of the file.
    """
    data = text.encode("utf-8", "replace")
    try:
        is_plain = not os.path.lexists(target) or (target.is_file() and not target.is_symlink())
        if is_plain and os.access(target.absolute().parent, os.W_OK):
            replace_file(target.absolute(), data)
        else:
            target.write_bytes(data)
    except OSError as error:
        raise OSError(error.errno, error.strerror or type(error).__name__, str(target)) from error


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
