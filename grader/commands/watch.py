"""`grader check --watch`: checks again at each save, with everything warm, until Ctrl-C."""

import logging
import threading
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text as Line

from grader.commands.check_answers import CheckAnswers
from grader.commands.check_options import CheckOptions
from grader.commands.file_watcher import FileWatcher
from grader.commands.options import describe_write_error, print_to_stderr
from grader.commands.output import Outputs, exit_code
from grader.commands.progress import STARTING, describe_fault, step_progress
from grader.commands.quick_answer import find_quick_answer
from grader.core.errors import InternalError, UnreadableSubmission, UserError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import display_path, visible
from grader.grading.results import Graded
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict
from grader.sandbox.cancel import CancelledError, CancelToken
from grader.submission.reader import read
from reports.submission import progress

_log = logging.getLogger(__name__)

TURN_SECONDS = 0.25  # on Windows, Ctrl-C is heard only between waits


class SaveQueue:
    """Hands saves from the thread that notices them to the one that checks: only the last save counts."""

    def __init__(self) -> None:
        self._due = threading.Event()
        self._due.set()
        self._lock = threading.Lock()
        self._cancel_token = CancelToken()

    def saved(self) -> None:
        """Have the file checked, and the check of what it held before called back."""
        with self._lock:
            self._due.set()
            self._cancel_token.cancel()

    def next(self) -> CancelToken:
        """Wait for a save that is not checked yet. What is returned tells when another has come."""
        while not self._due.wait(TURN_SECONDS):
            pass
        with self._lock:
            self._due.clear()
            self._cancel_token = CancelToken()
            return self._cancel_token


class SubmissionWatch:
    """Checks a file again and again. `code` is what the last check means to the shell."""

    def __init__(
        self, grader: WarmGrader, options: CheckOptions, file: Path, outputs: Outputs, translate: Translator
    ) -> None:
        self._grader, self._options, self._file = grader, options, file
        self._outputs, self._translate = outputs, translate
        self._answers = CheckAnswers(options.course, grader.mode)
        self._last: Verdict | None = None
        self.code = ExitCode.NOT_GRADED

    def until_stopped(self, saves: SaveQueue | None = None) -> None:
        """Check now, and at each save. Ends with `KeyboardInterrupt`."""
        saves = saves or SaveQueue()
        with FileWatcher(self._file, saves.saved):
            while True:
                cancel_token = saves.next()
                try:
                    self._check_once(cancel_token)
                except CancelledError:
                    continue
                self._print_waiting()

    def _check_once(self, cancel_token: CancelToken) -> None:
        try:
            submission = read(self._file)
        except UnreadableSubmission as error:
            self._refuse_text(error.text, ExitCode.USAGE)
            return
        options = self._options
        if (answer := find_quick_answer(options.course, options.exercise, submission)) is not None:
            self._print_rule()
            self._outputs.print_answer(answer)
            self.code = answer.code
            return
        self.code = ExitCode.NOT_GRADED  # until there is an answer
        self._print_rule()
        if self._answers.is_course_changed():
            self._grader.close()  # its examiner judges by what was there before
        key = self._answers.find_key(options.exercise, submission, self._translate.language, options.only)
        stored = None if options.fresh else self._answers.read(key)
        if stored is not None:
            self._grader.prepare()  # for the next save
            self._outputs.print_stored(stored)
            self._show(stored.graded())
            return
        try:
            graded = self._grade(submission, cancel_token)
        except UserError as error:  # names of criteria that there are not
            print_to_stderr(self._translate(error.text))
            return
        except (InternalError, OSError) as error:  # a full disk, say: the next save may go well
            _log.error("nothing could be graded", exc_info=True)
            print_to_stderr(visible(self._translate(describe_fault(error))))
            return
        cancel_token.check()
        self._answers.store(key, graded)
        self._answers.remember(options.exercise, submission, graded)
        self._show(graded)

    def _grade(self, submission: Submission, cancel_token: CancelToken) -> Graded:
        first = STARTING if self._last is None else _("running your file")
        options = self._options
        with step_progress(self._translate, first) as shown:
            return self._grader.grade(
                options.exercise,
                submission,
                self._translate.language,
                shown.on_step,
                cancel_token,
                prior=None if options.fresh else self._answers.find_prior(options.exercise, submission),
                only=options.only,
                on_plan=self._answers.note_steps,
                on_criterion=self._outputs.criterion_printer(shown),
            )

    def _show(self, graded: Graded) -> None:
        verdict = graded.verdict
        if self._last is not None:
            progress.render(self._last, verdict, Console())
        self._last = verdict
        try:
            self._outputs.write(graded)
        except OSError as error:
            print_to_stderr(self._translate(describe_write_error(error)))
        self.code = exit_code(verdict)

    def _refuse_text(self, why: Message, code: ExitCode) -> None:
        """Print why this text is not checked; the result of the one before does not count any more."""
        self._print_rule()
        print_to_stderr(self._translate(why))
        self.code = code

    def _print_rule(self) -> None:
        name = display_path(self._file.name)
        time = datetime.now().astimezone().strftime("%H:%M:%S")
        console = Console()
        console.print()
        console.print(Rule(Line(f"{time}  {name}"), align="left", style="dim"))

    def _print_waiting(self) -> None:
        waiting = self._translate(_("Waiting for the next save of this file. Ctrl-C ends."))
        Console().print(Line(waiting, style="dim"))
