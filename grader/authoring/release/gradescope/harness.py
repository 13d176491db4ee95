"""Grade one hand-in on Gradescope: `python -m grader.authoring.release.gradescope.harness /autograder`.

`results/results.json` is written last, by this process, when those of the submission are gone. Where nothing can
be decided, or too little stands between the submission and the results, none is written: Gradescope then says that
the autograder failed, and gives no mark. What is printed here is shown to instructors only.
"""

import sys
import traceback
from pathlib import Path

import msgspec

from grader.authoring.release.choose_file import NothingToGradeError
from grader.authoring.release.gradescope.settings import FILE, Settings
from grader.authoring.release.hosted_grading import find_reason_for_no_mark, grade_hand_in
from grader.classroom.intake.records import UnusableHandInsError
from grader.core.atomic_files import replace_file
from grader.core.errors import InternalError, UnreadableSubmission, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
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
    course = autograder / "source" / "course"
    verdict = grade_hand_in(course, settings.exercise, settings.language, autograder / "submission").verdict
    print(msgspec.json.format(msgspec.json.encode(gradescope.make_extra_data(verdict)), indent=2).decode())  # noqa: T201
    if why := find_reason_for_no_mark(verdict):
        _print_for_instructors(translate, why)
        return ""
    return gradescope.render_results(verdict, settings.visibility)


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
