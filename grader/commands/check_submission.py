"""What `grader check` does: find the file, grade it, write the result where it was asked for."""

import logging
import os
from pathlib import Path

from grader.commands.check_answers import CheckAnswers
from grader.commands.check_options import CheckOptions
from grader.commands.options import (
    describe_write_error,
    exit_on_user_error,
    print_to_stderr,
    refuse,
)
from grader.commands.output import Outputs, exit_code
from grader.commands.progress import choose_mode, running_grader, step_progress
from grader.commands.quick_answer import find_quick_answer
from grader.core.errors import ExaminerGoneError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.sanitize import display_path
from grader.grading.needed_libraries import imports_libraries
from grader.grading.results import Graded
from grader.grading.untouched_stub import without_libraries
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.submission import discovery
from grader.submission.discovery import is_untouched
from grader.submission.reader import read

_log = logging.getLogger(__name__)


def check_submission(options: CheckOptions, outputs: Outputs, translate: Translator) -> ExitCode:
    """Grade one submission and write the results; returns what its verdict means to the shell."""
    file = _find_file(options, translate)
    submission = _read_submission(file, translate)
    answer = find_quick_answer(options.course, options.exercise, submission)
    if answer is not None and not (answer.is_verdict and outputs.wants_verdict):
        outputs.print_answer(answer)
        return answer.code
    _require_writable(outputs.files, translate)
    answers = CheckAnswers(options.course, choose_mode(plain=options.plain))
    key = answers.find_key(options.exercise, submission, translate.language, options.only)
    stored = None if options.fresh else answers.read(key)
    if stored is not None:
        outputs.print_stored(stored)
        graded = stored.graded()
    else:
        graded = _grade(options, outputs, submission, translate)
        answers.store(key, graded)
    verdict = graded.verdict
    _log.info("%s: %s, %g points", options.exercise, verdict.status, verdict.points)
    try:
        outputs.write(graded)
    except OSError as error:
        refuse(translate(describe_write_error(error)))
    return exit_code(verdict)


def _grade(options: CheckOptions, outputs: Outputs, submission: Submission, translate: Translator) -> Graded:
    """Run and judge a submission with processes of its own."""
    stub = without_libraries(submission) if is_untouched(options.course, options.exercise, submission) else None
    is_light = stub is not None or not imports_libraries(submission)
    with (
        exit_on_user_error(translate),
        running_grader(options.course, plain=options.plain, translate=translate, is_light=is_light) as grader,
        step_progress(translate) as shown,
    ):
        try:
            return grader.grade(
                options.exercise,
                submission,
                translate.language,
                shown.on_step,
                only=options.only,
                on_criterion=outputs.criterion_printer(shown),
                stub=stub,
            )
        except ExaminerGoneError:
            _log.warning("the examiner is gone", exc_info=True)
            return grader.refuse(options.exercise, submission, translate.language)


def watch_submission(options: CheckOptions, outputs: Outputs, translate: Translator) -> ExitCode:
    """Grade a file at each save, until Ctrl-C; returns what the last verdict means to the shell."""
    from grader.commands.watch import SubmissionWatch

    file = _find_file(options, translate)
    if outputs.json_out == "-":
        refuse(translate(_("With --watch, name a file for --json: there is more than one verdict.")))
    if not os.path.lexists(file):  # waiting for it would be waiting for a slip of the pen
        _read_submission(file, translate)
    _require_writable(outputs.files, translate)
    grader = WarmGrader(options.course, choose_mode(plain=options.plain))
    watching = SubmissionWatch(grader, options, file, outputs, translate)
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
