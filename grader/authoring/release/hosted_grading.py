"""Grade one hand-in on somebody else's machine: what the programs for Gradescope, VPL and Classroom 50 share."""

import contextlib
import tempfile
from pathlib import Path

import msgspec

from grader.authoring.release.choose_file import find_submission_file
from grader.core.course import Course
from grader.core.course_secret import secret_file, with_secret
from grader.core.i18n import Message, _
from grader.grading.grader import Grader
from grader.grading.results import Graded, Mode
from grader.protocol.verdict import Isolation, Status, Verdict
from grader.sandbox.walls.enter import AS_NOBODY
from grader.submission.reader import read


def grade_hand_in(course_folder: Path, exercise: str, language: str, hand_in: Path) -> Graded:
    """Grade the one file of a hand-in.

    Args:
        course_folder: with the exercise, and with the secret where marks are given.
        exercise: its name in the course.
        language: of everything that students read.
        hand_in: the folder with the student's files.

    Raises:
        NothingToGradeError, UnreadableSubmission: The student has to hand in something else.
        UnusableRubricError, UnusableHandInsError, InternalError: Nothing that the student could mend.
    """
    course = Course(course_folder)
    with contextlib.suppress(FileNotFoundError):  # unpacked as the platform likes
        secret_file(course).chmod(0o600)
    course = with_secret(course) or course
    with tempfile.TemporaryDirectory(prefix="hand-in-", ignore_cleanup_errors=True) as unpacked:
        name, file = find_submission_file(course, exercise, hand_in, Path(unpacked))
        submission = msgspec.structs.replace(read(file), name=name)
    with Grader(course, Mode.WALLS) as grader:
        return grader.grade(exercise, submission, language)


def find_reason_for_no_mark(verdict: Verdict) -> Message | None:
    """Return why this verdict is no mark; None where it is one."""
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
    ids_in_place = {wall.id for wall in isolation.walls if wall.stands}
    is_nobody = any(AS_NOBODY in wall.detail for wall in isolation.walls if wall.id == "user_namespace")
    if not (ids_in_place & {"mount_namespace", "landlock"} or is_nobody):
        return _("no wall around files (mount_namespace, landlock, another user)")
    if not ids_in_place & {"pid_namespace", "seccomp"}:
        return _("no wall around processes (pid_namespace, seccomp)")
    return None
