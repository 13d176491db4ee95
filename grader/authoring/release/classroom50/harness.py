"""Grade the checkout in the current folder: `python -m grader.authoring.release.classroom50.harness BUNDLE`.

Writes `result.json`, as Classroom 50 wants it, and `report.html`, to be attached to the release. Where nothing can
be decided, there is no result and the exit code is not 0: Classroom 50 then notes an error, and no score.
"""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.authoring.release.choose_file import NothingToGradeError
from grader.authoring.release.hosted_grading import find_reason_for_no_mark, grade_hand_in
from grader.authoring.release.hosted_settings import FILE, Settings
from grader.classroom.intake.records import UnusableHandInsError
from grader.core.atomic_files import replace_file
from grader.core.errors import InternalError, UnreadableSubmission, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
from reports.submission import classroom50, html

RESULT, REPORT = "result.json", "report.html"


def main(bundle: Path, checkout: Path, environment: Mapping[str, str]) -> ExitCode:
    """Grade the checkout and write the result and the report, or print why there is none."""
    settings = msgspec.json.decode((bundle / FILE).read_bytes(), type=Settings)
    translate = Translator(settings.language)
    run = classroom50.Run.from_environment(environment, datetime.now(UTC))
    for old in (RESULT, REPORT):  # a student's own
        (checkout / old).unlink(missing_ok=True)
    try:
        graded = grade_hand_in(bundle / "course", settings.exercise, settings.language, checkout)
    except (NothingToGradeError, UnreadableSubmission) as error:
        _print_reason(translate, error.text)
        replace_file(checkout / RESULT, classroom50.render_refusal(run, translate(error.text), settings.points))
        return ExitCode.PASSED
    except (UnusableRubricError, UnusableHandInsError) as error:
        _print_reason(translate, error.text)
        return ExitCode.NOT_GRADED
    except InternalError as error:
        fault = _(
            "Nothing could be graded; this is the grader's fault. Please report it: {error}", error=str(error)
        )
        _print_reason(translate, fault)
        return ExitCode.NOT_GRADED
    replace_file(checkout / REPORT, html.render(graded.verdict, graded.exhibits).encode("utf-8", "replace"))
    if why := find_reason_for_no_mark(graded.verdict):
        _print_reason(translate, why)
        return ExitCode.NOT_GRADED
    replace_file(checkout / RESULT, classroom50.render_results(run, graded.verdict))
    return ExitCode.PASSED  # whatever the points: anything else would be a failure of the autograder


def _print_reason(translate: Translator, why: Message) -> None:
    sys.stdout.write(translate(why).encode("utf-8", "replace").decode() + "\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path.cwd(), os.environ))
