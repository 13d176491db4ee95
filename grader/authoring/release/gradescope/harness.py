"""Grade one hand-in on Gradescope: `python -m grader.authoring.release.gradescope.harness /autograder`.

`results/results.json` is written last, by this process, when those of the submission are gone. Where nothing can
be decided, or too little stands between the submission and the results, none is written: Gradescope then says that
the autograder failed, and gives no mark. What is printed here is shown to instructors only.
"""

import sys
import tempfile
import traceback
from pathlib import Path

import msgspec

from grader.authoring.release.gradescope.choose_file import NothingToGradeError, find_submission_file
from grader.authoring.release.gradescope.settings import FILE, Settings
from grader.classroom.intake.records import UnusableHandInsError
from grader.core.atomic_files import replace_file
from grader.core.course import Course
from grader.core.errors import InternalError, UnreadableSubmission, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.verdict import Isolation, Status, Verdict
from grader.sandbox.walls.enter import AS_NOBODY
from grader.submission.reader import read
from reports.submission import gradescope

PRIVATE = ("source", "submission", "results")  # rubric, other files of the hand-in, mark


def main(autograder: Path) -> ExitCode:
    """Grade the file in `submission/` and write `results/results.json`, or print why there is none."""
    settings = msgspec.json.decode((autograder / "source" / FILE).read_bytes(), type=Settings)
    translate = Translator(settings.language)
    _forbid_others(autograder)
    try:
        text = _results(autograder, settings, translate)
    except (NothingToGradeError, UnreadableSubmission) as error:
        sentence = translate(error.text)
        print(sentence.encode("utf-8", "replace").decode())  # noqa: T201
        text = gradescope.render_refusal(sentence, settings.language, settings.visibility)
    except (UnusableRubricError, UnusableHandInsError) as error:
        text = ""
        _print_for_instructors(translate, error.text)
    except InternalError as error:
        text = ""
        _print_for_instructors(
            translate,
            _("Nothing could be graded; this is the grader's fault. Please report it: {error}", error=str(error)),
        )
    if not text:
        return ExitCode.NOT_GRADED
    replace_file(autograder / "results" / "results.json", text.encode())
    # Whatever the points: the autograder did its work, and any other code could be taken for a failure of its own.
    return ExitCode.PASSED


def _results(autograder: Path, settings: Settings, translate: Translator) -> str:
    """Return the text of the results, empty where there are none to give."""
    course = Course(autograder / "source" / "course")
    with tempfile.TemporaryDirectory(prefix="hand-in-", ignore_cleanup_errors=True) as unpacked:
        name, file = find_submission_file(course, settings.exercise, autograder / "submission", Path(unpacked))
        submission = msgspec.structs.replace(read(file), name=name)
    with Grader(course, Mode.WALLS) as grader:
        verdict = grader.grade(settings.exercise, submission, settings.language).verdict
    print(msgspec.json.format(msgspec.json.encode(gradescope.make_extra_data(verdict)), indent=2).decode())  # noqa: T201
    if why := _why_no_mark(verdict):
        _print_for_instructors(translate, why)
        return ""
    return gradescope.render_results(verdict, settings.visibility)


def _why_no_mark(verdict: Verdict) -> Message | None:
    """Return why this verdict is no mark."""
    if lacking := find_missing_walls(verdict.isolation):
        return _(
            "No mark is given, because a submission could have changed it: {what}. Choose another base image, or "
            "grade the export of the hand-ins with grader batch on a machine of your own.",
            what=lacking,
        )
    if verdict.status is not Status.NOT_GRADED:
        return None
    undecided = [f"{c.id}: {c.message}" for c in verdict.criteria if c.status is Status.NOT_GRADED]
    return _("No mark is given, because the grader could not decide everything. {what}", what=" ".join(undecided))


def find_missing_walls(isolation: Isolation) -> Message | None:
    """Return what is missing of the isolation without which there is no mark; None where nothing is.

    The files of the grader, the rubric and the mark have to be out of reach, and no process may be left that could
    change them afterwards. Gradescope's containers refuse namespaces; there a user who owns nothing, Landlock and
    seccomp take their place.
    """
    stands = {wall.id for wall in isolation.walls if wall.stands}
    is_nobody = any(AS_NOBODY in wall.detail for wall in isolation.walls if wall.id == "user_namespace")
    if not (stands & {"mount_namespace", "landlock"} or is_nobody):
        return _("no wall around files (mount_namespace, landlock, another user)")
    if not stands & {"pid_namespace", "seccomp"}:
        return _("no wall around processes (pid_namespace, seccomp)")
    return None


def _forbid_others(autograder: Path) -> None:
    """Let nobody but this user into the folders, as the submission may run as another one without namespaces."""
    for folder in (autograder / name for name in PRIVATE):
        if folder.is_dir():
            folder.chmod(0o700)


def _print_for_instructors(translate: Translator, why: Message) -> None:
    print(translate(why).encode("utf-8", "replace").decode())  # noqa: T201


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except Exception:  # noqa: BLE001 - Python's own code for a traceback would mean "graded, not all passed"
        traceback.print_exc(file=sys.stdout)
        sys.exit(ExitCode.NOT_GRADED)
