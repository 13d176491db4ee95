"""Classroom 50: the folder to publish, and the result that its runner and its collection of scores accept."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from grader.authoring.release.classroom50 import autograder
from grader.authoring.release.classroom50.harness import main
from grader.authoring.release.classroom50.pack import build_pack
from grader.authoring.release.hosted_settings import FILE, Settings
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from reports.submission import classroom50
from tests.helpers.commands import run_here
from tests.helpers.gradebook_entries import criterion, verdict
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]

COURSE = ROOT / "tests" / "end_to_end" / "course"
RIGHT = (COURSE / "reference" / "functions" / "submission.py").read_text()
ENVIRONMENT = {
    "CLASSROOM": "ml",
    "ASSIGNMENT": "functions",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "anna-k",
    "USERNAME": "anna-k",
    "SUBMISSION_TAG": "submit/2026-11-20T23-59-59Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/org/ml-functions-anna-k/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/org/ml-functions-anna-k/releases/tag/submit%2F2026",
}
Name = Annotated[str, msgspec.Meta(min_length=1)]
Score = Annotated[int, msgspec.Meta(ge=0)]
Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$")]


class TestResult(msgspec.Struct, rename={"name": "test-name", "most": "max-score"}):
    """A test, which may have more fields."""

    name: Name
    passed: bool
    score: Score
    most: Score
    __test__ = False


class Result(msgspec.Struct, forbid_unknown_fields=True, rename={"most": "max-score"}):
    """What `schemas/result-v1.schema.json` of foundation50/classroom50 requires and allows, in its own words."""

    schema: Literal["classroom50/result/v1"]
    classroom: Name
    assignment: Name
    assignment_type: Literal["individual", "group"]
    owner: Name
    submission: Annotated[str, msgspec.Meta(pattern="^submit/")]
    commit: Name
    release: Name
    review: Name
    datetime: Time
    score: Score
    most: Score
    tests: list[TestResult]
    graded_at: Time | msgspec.UnsetType = msgspec.UNSET
    submitted_by: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


def read_result(data: bytes) -> Result:
    """Read a result as strictly as the schema, and check what the runner checks besides."""
    result = msgspec.json.decode(data, type=Result)
    assert (result.classroom, result.assignment, result.owner) == ("ml", "functions", "anna-k")
    assert result.score <= result.most
    assert all(test.score <= test.most for test in result.tests)
    return result


def run(**changes: str) -> classroom50.Run:
    """Return a run as the runner's variables describe it."""
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    return classroom50.Run.from_environment(ENVIRONMENT | changes, now)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder as Classroom 50 unpacks it, without the grader itself."""
    settings = msgspec.json.encode(Settings(exercise="functions", language="en", points=4.0))
    folder = tmp_path / "bundle"
    (folder / "course").mkdir(parents=True)
    (folder / FILE).write_bytes(settings)
    (folder / "course" / "exercises").symlink_to(COURSE / "exercises")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A student's repository."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "result.json").write_text('{"score": 100}')
    return folder


def test_the_folder_holds_everything_but_secrets_and_solutions(tmp_path: Path) -> None:
    out = tmp_path / "pack"
    result = run_here("classroom50", "functions", "--out", str(out), "--course", str(COURSE), "--lang", "en")
    assert result.exit_code == 0, result.output
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {"autograder.py", "requirements.txt", FILE, "course/exercises/functions/rubric.py"} <= names
    assert "program/grader/authoring/release/classroom50/harness.py" in names
    assert not any(name.startswith(("course/private", "course/reference")) for name in names)


def test_a_submission_is_graded_and_its_report_can_be_attached(bundle: Path, checkout: Path) -> None:
    (checkout / "submission.py").write_text(RIGHT)
    assert main(bundle, checkout, ENVIRONMENT) is ExitCode.PASSED
    result = read_result((checkout / "result.json").read_bytes())
    assert result.score == result.most > 0
    assert all(test.passed for test in result.tests)
    assert (checkout / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert re.fullmatch(r"[A-Za-z0-9._-]+", "report.html")  # what a release's asset may be called


def test_a_checkout_without_a_solution_has_no_points(bundle: Path, checkout: Path) -> None:
    assert main(bundle, checkout, ENVIRONMENT) is ExitCode.PASSED
    result = read_result((checkout / "result.json").read_bytes())
    assert (result.score, result.most) == (0, 400)
    assert not result.tests[0].passed


def test_points_are_given_in_hundredths_and_never_above_the_maximum() -> None:
    judged = verdict(criterion("softmax", 1.25), criterion("loss", 2.5, max_points=2.0))
    result = read_result(classroom50.render_results(run(), judged))
    assert [(test.score, test.most) for test in result.tests] == [(125, 200), (200, 200)]
    assert (result.score, result.most) == (325, 400)
    assert result.review == result.commit


def test_the_program_refuses_a_python_that_tensorflow_has_no_packages_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert autograder.main() == 1
    assert 'Set "runtime": {"python": "3.12"}.' in capsys.readouterr().err


def test_the_program_runs_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "autograder.py").write_bytes(build_pack(Course(COURSE), "functions", Settings(
        exercise="functions", language="en"))[0]["autograder.py"])  # fmt: skip
    (tmp_path / "requirements.txt").write_text("")
    python = tmp_path / "keras-grader" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\nexit 3\n')
    python.chmod(0o755)
    done = subprocess.run(
        [sys.executable, tmp_path / "autograder.py"],
        env={"RUNNER_TEMP": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout.split() == [
        f"{tmp_path}/program", "-P", "-m", "grader.authoring.release.classroom50.harness", str(tmp_path),
    ]  # fmt: skip
