"""`grader ci` for real: a pull request as GitHub runs it, with everything that strangers can put into one."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import Result

from grader.ci.pipeline import CiOptions, grade_change, grade_files
from grader.core.exit_codes import ExitCode
from grader.grading.results import Mode
from grader.protocol.change_result import ChangeResult, SubmissionOutcome, decode, exit_code
from grader.protocol.verdict import Status, WallState
from grader.protocol.verdict import decode as read_verdict
from grader.sandbox.walled import WalledEnvironment
from tests.ci.repositories import EASY_RUBRIC, WRONG_SCALE, Repo, course_files, with_course
from tests.helpers.commands import run_here
from tests.helpers.shared_worker import share_worker
from tests.helpers.two_functions import RIGHT

__all__ = ["share_worker"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

HOSTILE = b"other/::error::x\n::set-output name=a::\xff `$(id)`.py"
SHOUTS = RIGHT.replace(
    "return x / 16",
    'print("::add-mask::x")\n    raise ValueError("\\n::set-output name=result::passed\\n::stop-commands::a")',
)


class Run(NamedTuple):
    """What a run left."""

    code: int
    log: str
    errors: str
    answer: ChangeResult
    out: Path
    summary: str
    outputs: str

    def outcome(self, path: str) -> SubmissionOutcome:
        """Return what became of one file."""
        return next(outcome for outcome in self.answer.outcomes if outcome.path == path)


def grader_ci(folder: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a pipeline does."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT", "CI"))}
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", "ci", "--lang", "en", *map(str, arguments)],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        timeout=170,
        check=False,
    )


def grader_ci_here(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str | Path, **environment: str
) -> Result:
    """Run the command in this process."""
    for name in [name for name in os.environ if name.startswith(("GIT", "CI"))]:
        monkeypatch.delenv(name)
    return run_here("ci", "--lang", "en", *arguments, folder=folder, **environment)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A pull request of a stranger, as GitHub's merge of it in a clone of depth 2."""
    here = tmp_path_factory.mktemp("hostile")
    repo = with_course(here / "origin", "two", "other", "third")
    stub = "def alpha():\n    raise NotImplementedError\n\n\ndef beta():\n    raise NotImplementedError\n"
    repo.switch("main")
    base = repo.committed({"exercises/third/submission.py": stub})
    repo.git("checkout", "--quiet", "-B", "work")
    head = _stranger(repo)
    repo.git("checkout", "--quiet", "-B", "merged", "main")
    repo.merge("work")
    clone = repo.clone(here / "clone", "--depth", "2", "--branch", "merged")
    event = here / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}, "head": {"sha": head}}}))
    summary, outputs = here / "summary.md", here / "outputs"
    done = grader_ci(
        clone.folder,
        GITHUB_ACTIONS="true",
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_EVENT_PATH=str(event),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_OUTPUT=str(outputs),
    )
    out = clone.folder / "grader-ci"
    return Run(
        done.returncode,
        done.stdout.decode(),
        done.stderr.decode(),
        decode((out / "answer.json").read_bytes()),
        out,
        summary.read_text("utf-8"),
        outputs.read_text("utf-8"),
    )


def _stranger(repo: Repo) -> str:
    """Commit what a stranger would."""
    repo.write("exercises/two/rubric.py", EASY_RUBRIC)
    repo.write("two/alice.py", RIGHT)
    repo.write("two/bob.py", WRONG_SCALE)
    repo.write("two/shouts.py", SHOUTS)
    repo.write("two/empty.py", "")
    repo.write("two/large.ipynb", b" " * 20_000_001)
    repo.write("two/third.py", "def alpha():\n    return 1\n\n\ndef beta():\n    return 2\n")
    repo.write("two/" + "x" * 252 + ".py", RIGHT)
    repo.write(HOSTILE, WRONG_SCALE)
    repo.write("grader-ci/answer.json", '{"result": "passed"}')
    (repo.folder / "two" / "link.py").symlink_to("/etc/passwd")
    return repo.commit()


def test_right_is_right_and_wrong_is_wrong_by_the_rubric_of_the_base(hostile: Run) -> None:
    """By the easier rubric of the pull request, there would be no criterion that bob's fails."""
    alice, bob = hostile.outcome("two/alice.py").verdict, hostile.outcome("two/bob.py").verdict
    assert alice is not None
    assert (alice.status, alice.points, alice.max_points) == (Status.PASSED, 100, 100)
    assert bob is not None
    assert {c.id: c.status for c in bob.criteria} == {"one_hot": Status.PASSED, "scale": Status.FAILED}
    assert hostile.answer.course == "base"


def test_a_changed_rubric_is_told(hostile: Run) -> None:
    assert ["exercises/two/rubric.py" in note.text for note in hostile.answer.notes] == [True]
    assert hostile.answer.notes[0].severity == "warning"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("two/link.py", "a link, not a file"),
        ("two/empty.py", "empty"),
        ("two/large.ipynb", "21 MB"),
        ("two/third.py", "a solution of third, not of two"),
    ],
)
def test_what_cannot_be_graded_says_why_and_costs_the_others_nothing(hostile: Run, path: str, said: str) -> None:
    outcome = hostile.outcome(path)
    assert outcome.verdict is None
    assert outcome.fault == ""
    assert said in outcome.problem


def test_any_file_name_is_graded_and_told_as_unicode(hostile: Run) -> None:
    strange = hostile.outcome(HOSTILE.decode(errors="replace"))
    assert strange.verdict is not None
    assert strange.verdict.points == 60
    long = hostile.outcome("two/" + "x" * 252 + ".py")
    assert long.verdict is not None
    assert long.verdict.status is Status.PASSED


def test_two_exercises_and_their_outcomes_stand_in_one_answer(hostile: Run) -> None:
    assert {outcome.exercise for outcome in hostile.answer.outcomes} == {"two", "other"}
    assert len(hostile.answer.outcomes) == 9


def test_the_worst_decides_the_exit_code(hostile: Run) -> None:
    assert hostile.code == ExitCode.USAGE == exit_code(hostile.answer)


def test_files_are_called_as_we_call_them(hostile: Run) -> None:
    names = {path.name for path in hostile.out.rglob("*")}
    assert all(re.fullmatch(r"\.?[a-z-]+(\.\w+)?|\d+-[a-z]+\.(html|json)", name) for name in names), names
    graded = [outcome for outcome in hostile.answer.outcomes if outcome.verdict is not None]
    assert len(graded) == 5
    for outcome in graded:
        assert (hostile.out / outcome.report).read_text("utf-8").startswith("<!DOCTYPE html>")
        verdict = hostile.out / "verdicts" / f"{Path(outcome.report).stem}.json"
        assert read_verdict(verdict.read_text("utf-8")) == outcome.verdict


def test_github_gets_the_summary_and_our_own_outputs(hostile: Run) -> None:
    assert hostile.summary == (hostile.out / "summary.md").read_text("utf-8")
    assert "alice.py" in hostile.summary
    assert hostile.outputs.splitlines() == [
        "result=unreadable",
        "exit-code=2",
        "submissions=9",
        "passed=2",
        "points=380",
        "max-points=500",
    ]


def test_the_runner_obeys_nothing_but_our_annotations(hostile: Run) -> None:
    stopped, obeyed = "", []
    for line in re.split("[\r\n]", hostile.log):
        if line.startswith("::stop-commands::") and not stopped:
            stopped = line.removeprefix("::stop-commands::")
        elif stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line:
            obeyed.append(line)
    assert stopped == ""
    assert obeyed
    assert [line for line in obeyed if not re.match(r"::(error|warning|notice) \w+=", line)] == []
    assert "##[" not in "".join(obeyed)
    assert hostile.errors == ""


def test_enough_points_are_green_and_one_more_per_cent_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"two/bob.py": WRONG_SCALE})
    done = grader_ci_here(
        monkeypatch, repo.folder, "--base", "main", "--pass-mark", "60", "--out", tmp_path / "out"
    )
    assert done.exit_code == ExitCode.PASSED, done
    answer = decode((tmp_path / "out" / "answer.json").read_bytes())
    assert exit_code(answer) == ExitCode.PASSED
    assert exit_code(ChangeResult(language="en", course="base", pass_mark=61, outcomes=answer.outcomes)) == 1
    assert "stop-commands" not in done.stdout


def test_files_of_the_work_tree_are_graded_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repo.write("two/alice.py", RIGHT)  # not even committed
    repo.write("two/b ob.py", WRONG_SCALE)
    done = grader_ci_here(monkeypatch, repo.folder, "--out", tmp_path / "out", "--", "two/alice.py", "two/b ob.py")
    assert done.exit_code == ExitCode.NOT_ALL_PASSED, done
    answer = decode((tmp_path / "out" / "answer.json").read_bytes())
    assert [outcome.verdict.points for outcome in answer.outcomes if outcome.verdict] == [100, 60]
    assert (answer.course, answer.base, answer.head) == ("folder", "", "")


def test_where_a_wall_is_missing_nothing_is_graded_and_the_answer_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WalledEnvironment.walls

    def one_is_missing(workshop: WalledEnvironment) -> tuple[WallState, ...]:
        first, *others = real(workshop)
        return (WallState(id=first.id, stands=False), *others)

    monkeypatch.setattr(WalledEnvironment, "walls", one_is_missing)
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"two/alice.py": RIGHT, "two/link.py": ""})
    answer, pages = grade_change(repo.folder, CiOptions("en", Mode.WALLS, base="main"), {})
    assert (exit_code(answer), pages) == (ExitCode.NOT_GRADED, {})
    assert "Isolation features missing on this machine: " in answer.outcomes[0].fault
    assert answer.outcomes[1].problem


@pytest.mark.own_worker
def test_a_grader_that_cannot_start_is_a_fault_and_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.walled.worker_environment", lambda: {"PYTHONHOME": "/nowhere"})
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"two/alice.py": RIGHT})
    answer, _ = grade_change(repo.folder, CiOptions("en", Mode.WALLS, base="main"), {})
    assert exit_code(answer) == ExitCode.NOT_GRADED
    assert answer.outcomes[0].fault


def test_a_rubric_of_the_base_that_is_broken_is_a_fault_and_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo(tmp_path / "repo")
    repo.committed(course_files("two") | {"exercises/two/rubric.py": "RUBRIC = 1 / 0\n"})
    repo.write("two/alice.py", RIGHT)
    monkeypatch.chdir(repo.folder)
    answer, _ = grade_files([Path("two/alice.py")], CiOptions("en", Mode.PLAIN))
    assert exit_code(answer) == ExitCode.NOT_GRADED
    assert "ZeroDivisionError" in answer.outcomes[0].fault


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pass-mark", "nan"], "--pass-mark"),
        (["--pass-mark", "101"], "--pass-mark"),
        (["--base", "main", "a.py"], "either files or --base"),
        (["--out", "."], "holds other files"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"two/alice.py": RIGHT})
    done = grader_ci_here(monkeypatch, repo.folder, *arguments)
    assert done.exit_code == ExitCode.USAGE
    assert said in " ".join(done.stderr.split())
    assert not (repo.folder / "grader-ci").exists()


def test_a_refusal_is_an_answer_too_so_that_the_summary_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"two/alice.py": RIGHT})
    summary = tmp_path / "summary"
    done = grader_ci_here(monkeypatch, repo.folder, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert done.exit_code == ExitCode.USAGE
    assert "Cannot determine the base commit" in summary.read_text("utf-8")
    assert "::error " in done.stdout
    answer = decode((repo.folder / "grader-ci" / "answer.json").read_bytes())
    assert [note.severity for note in answer.notes] == ["error"]
