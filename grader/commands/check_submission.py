"""What `grader check` does: find the file, grade it, write the result where it was asked for."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from grader.commands.options import (
    describe_write_error,
    exit_after_interrupt,
    exit_on_user_error,
    print_to_stderr,
    refuse,
)
from grader.commands.output import Outputs, exit_code
from grader.commands.progress import choose_mode, running_grader, step_progress
from grader.commands.watch import SubmissionWatch
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.sanitize import display_path
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.submission import discovery
from grader.submission.reader import read

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckOptions:
    """What is checked. `file`: the submission or its folder; None to look for it in the current folder."""

    course: Course
    exercise: str
    file: Path | None
    plain: bool


def check_submission(options: CheckOptions, outputs: Outputs, translate: Translator) -> ExitCode:
    """Grade one submission and write the results; returns what its verdict means to the shell."""
    submission = _read_submission(_find_file(options, translate), translate)
    _require_writable(outputs.files, translate)
    with (
        running_grader(options.course, plain=options.plain, translate=translate) as grader,
        step_progress(translate) as on_step,
    ):
        try:
            graded = grader.grade(options.exercise, submission, translate.language, on_step)
        except KeyboardInterrupt:
            exit_after_interrupt(translate)
    _log.info("%s: %s, %g points", options.exercise, graded.verdict.status, graded.verdict.points)
    try:
        outputs.write(graded)
    except OSError as error:
        refuse(translate(describe_write_error(error)))
    return exit_code(graded.verdict)


def watch_submission(options: CheckOptions, outputs: Outputs, translate: Translator) -> ExitCode:
    """Grade a file at each save, until Ctrl-C; returns what the last verdict means to the shell."""
    file = _find_file(options, translate)
    if outputs.json_out == "-":
        refuse(translate(_("With --watch, name a file for --json: there is more than one verdict.")))
    if not os.path.lexists(file):  # waiting for it would be waiting for a slip of the pen
        _read_submission(file, translate)
    _require_writable(outputs.files, translate)
    grader = WarmGrader(options.course, choose_mode(plain=options.plain))
    watching = SubmissionWatch(grader, options.exercise, file, outputs, translate)
    try:
        with grader:
            watching.until_stopped()
    except KeyboardInterrupt:
        print_to_stderr("")
    return watching.code


def _find_file(options: CheckOptions, translate: Translator) -> Path:
    """Return the file that was named, or the one that is found in the folder, and say which that is."""
    file = options.file
    if file is not None and not os.path.isdir(file):  # noqa: PTH112 - False where there is no right to look
        return file
    with exit_on_user_error(translate):
        discovered = discovery.find_submission_file(options.course, options.exercise, file or Path())
    print_to_stderr(translate(_("Checking {file}.", file=display_path(discovered.path))))
    if discovered.remark is not None:
        print_to_stderr(translate(discovered.remark))
    return discovered.path


def _read_submission(file: Path, translate: Translator) -> Submission:
    with exit_on_user_error(translate):
        return read(file)


def _require_writable(files: list[Path], translate: Translator) -> None:
    """Refuse before the work is done rather than after."""
    for file in files:
        if file.is_dir() or not file.absolute().parent.is_dir():
            refuse(
                translate(
                    _(
                        "{file} cannot be written: its folder is not there, or it is a folder itself.",
                        file=str(file),
                    )
                )
            )
