"""A pull request with criteria for a person: they wait, everything else is graded, and only that can fail it."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.core.exit_codes import ExitCode
from grader.protocol.change_result import ChangeResult, decode, worst
from tests.helpers.by_hand_course import RIGHT, WITHOUT_TEXT, write_course
from tests.helpers.commands import run_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

WRONG = RIGHT.replace("x / 16", "x / 8")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a submission that is right, a wrong one, and one without the text."""
    folder = write_course(tmp_path)
    (folder / "view").mkdir()
    for name, code in (("right", RIGHT), ("wrong", WRONG), ("silent", WITHOUT_TEXT)):
        (folder / "view" / f"{name}.py").write_text(code)
    return folder


def graded(course: Path, *arguments: str) -> tuple[int, str, ChangeResult]:
    done = run_here("ci", *arguments, folder=course)
    return done.exit_code, done.output, decode((course / "grader-ci" / "answer.json").read_bytes())


def test_what_waits_for_a_person_fails_nothing_and_is_said_in_every_form(course: Path) -> None:
    code, output, answer = graded(course, "view/right.py")
    assert (code, worst(answer)) == (ExitCode.PASSED, "waiting")
    assert "waits for a person" in output
    assert "Until then, this is no mark." in " ".join(output.split())
    [outcome] = answer.outcomes
    assert outcome.verdict is not None
    assert [c.id for c in outcome.verdict.waiting] == ["explanation", "figure"]
    folder = course / "grader-ci"
    for name in ("summary.md", "note.md"):
        text = (folder / name).read_text()
        assert "A person gives the points for: Explain overfitting; Judge the figure." in text
        assert "<b>waits for a person</b>" in text
    kinds = [case[0].tag if len(case) else "" for case in ET.parse(folder / "junit.xml").iter("testcase")]
    assert kinds == ["", "", "skipped", "skipped"]
    findings = json.loads((folder / "code-quality.json").read_text())
    assert {finding["severity"] for finding in findings} == {"info"}
    assert "A person still has to give points" in (folder / "reports" / "1-view.html").read_text()


def test_what_the_grader_judges_still_fails(course: Path) -> None:
    code, output, answer = graded(course, "view/right.py", "view/wrong.py", "view/silent.py", "--lang", "de")
    assert (code, worst(answer)) == (ExitCode.NOT_ALL_PASSED, "not_passed")
    assert "0 von 3 Abgaben bestanden, 1 warten auf einen Menschen" in output
    note = (course / "grader-ci" / "note.md").read_text()
    assert "Ein Mensch vergibt die Punkte für: Erkläre Overfitting; Beurteile die Abbildung." in note
    assert "Es fehlt noch etwas, wie unten erklärt. Ein Mensch vergibt die Punkte für: " in note
    statuses = {
        outcome.path: {c.id: str(c.status) for c in outcome.verdict.criteria}
        for outcome in answer.outcomes
        if outcome.verdict is not None
    }
    assert statuses["view/wrong.py"]["scale"] == "failed"
    assert statuses["view/silent.py"]["explanation"] == "not_attempted"


def test_on_github_they_are_notices_and_outputs_say_so(course: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    done = run_here("ci", "view/right.py", folder=course, GITHUB_ACTIONS="true", GITHUB_OUTPUT=str(outputs))
    assert done.exit_code == ExitCode.PASSED
    assert "result=waiting\nexit-code=0\n" in outputs.read_text()
    assert "::notice title=Explain overfitting (0 / 20),file=view/right.py" in done.output
    assert "::error" not in done.output


def test_a_pass_mark_counts_what_a_person_may_still_give(course: Path) -> None:
    assert graded(course, "view/wrong.py", "--pass-mark", "80")[0] == ExitCode.PASSED
    code, _output, answer = graded(course, "view/wrong.py", "--pass-mark", "90")
    assert (code, worst(answer)) == (ExitCode.NOT_ALL_PASSED, "not_passed")
