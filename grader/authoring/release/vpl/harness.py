"""Grade one hand-in on a jail server: `python -m grader.authoring.release.vpl.harness .keras-grader`.

VPL reads the standard output. It is written last and by this process alone; what the submission prints goes
elsewhere. Where nothing can be decided, or too little stands between the submission and the mark, there is no line
with a grade, so VPL gives none.
"""

import shutil
import sys
import zipfile
from pathlib import Path

import msgspec

from grader.authoring.release.choose_file import NothingToGradeError
from grader.authoring.release.hosted_grading import find_reason_for_no_mark, grade_hand_in
from grader.authoring.release.hosted_settings import FILE, Settings
from grader.classroom.intake.records import UnusableHandInsError
from grader.core.errors import InternalError, UnreadableSubmission, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.protocol.verdict import Verdict
from reports.submission import vpl


def main(work: Path) -> ExitCode:
    """Unpack the exercise, grade the file in `hand-in/`, and print what VPL reads."""
    source = work / "source"
    with zipfile.ZipFile(work / "packed.zip") as packed:  # our own
        packed.extractall(source)
    (work / "packed.zip").unlink()
    settings = msgspec.json.decode((source / FILE).read_bytes(), type=Settings)
    translate = Translator(settings.language)
    code = ExitCode.PASSED
    try:
        verdict = grade_hand_in(source / "course", settings.exercise, settings.language, work / "hand-in").verdict
        text = _describe(verdict, (work / "maximum").read_text(encoding="utf-8"), translate)
    except (NothingToGradeError, UnreadableSubmission) as error:
        text = vpl.render_refusal(translate(error.text))
    except (UnusableRubricError, UnusableHandInsError) as error:
        text, code = vpl.render_without_mark(translate(error.text)), ExitCode.NOT_GRADED
    except InternalError as error:
        fault = _(
            "Nothing could be graded; this is the grader's fault. Please report it: {error}", error=str(error)
        )
        text, code = vpl.render_without_mark(translate(fault)), ExitCode.NOT_GRADED
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.stdout.write(text.encode("utf-8", "replace").decode())
    return code


def _describe(verdict: Verdict, maximum: str, translate: Translator) -> str:
    """Return the text for VPL. `maximum`: the activity's, as VPL says it; empty where it has none."""
    if why := find_reason_for_no_mark(verdict):
        return vpl.render_without_mark(translate(why))
    if maximum and float(maximum) != verdict.max_points:
        wrong = _(
            "No mark is given: the exercise has {points:g} points, but the maximum grade of this activity is "
            "{maximum}. Set it to {points:g}.",
            points=verdict.max_points,
            maximum=maximum,
        )
        return vpl.render_without_mark(translate(wrong), verdict)
    return vpl.render_results(verdict)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
