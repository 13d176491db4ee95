"""The second workflow: run as its action runs it, with a stand-in for `gh`, against artifacts that mean harm."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from grader.ci.comment import github
from grader.ci.comment.body import MARKER
from grader.ci.comment.github import ARTIFACT, AUTHOR, MAX_ARCHIVE_BYTES
from grader.protocol.change_result import MAX_BYTES
from tests.ci.comment import stand_in_gh
from tests.ci.comment.results import HEAD, HOSTILE, data
from tests.ci.github_runner import Machine, Ran, plain_variables, run_action
from tests.helpers.paths import ROOT

OURS = {"id": 1, "full_name": "school/course", "owner": {"login": "school"}, "default_branch": "main"}
FORK = {"id": 2, "full_name": "alice/course", "owner": {"login": "alice"}}
COMMENTS = "repos/school/course/issues/7/comments"
NEVER = "GET repos/school/course/actions/artifacts/51/zip"


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Return an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def event(**changes: Any) -> dict[str, Any]:
    """Return the event of a run on a fork's pull request: its list of pull requests is empty, as GitHub's is."""
    run = {
        "id": 99,
        "event": "pull_request",
        "conclusion": "success",
        "head_sha": HEAD,
        "head_branch": "my-branch",
        "head_repository": FORK,
        "pull_requests": [],
        "name": "Grade",
    }
    return {"action": "completed", "workflow_run": run | changes, "repository": OURS}


def pull(**changes: Any) -> dict[str, Any]:
    """Return a pull request as the API gives it."""
    made = {
        "number": 7,
        "state": "open",
        "head": {"sha": HEAD, "ref": "my-branch", "repo": FORK},
        "base": {"sha": "b" * 40, "ref": "main", "repo": OURS},
        "changed_files": 1,
        "title": "@everyone",
    }
    return made | changes


def api(archive: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """Return what the API answers: one pull request that changes one submission, and no comment yet."""
    size = len(archive) if archive is not None else 1000
    artifact = {"id": 51, "name": ARTIFACT, "size_in_bytes": size, "expired": False}
    there = {
        "pulls": [pull()],
        "pulls/7": pull(),
        "pulls/7/files": [{"filename": "digits/submission.py", "status": "added"}],
        "issues/7/comments": [],
        "actions/runs/99/artifacts": {"total_count": 1, "artifacts": [artifact]},
        "actions/artifacts/51/zip": {"file": "artifact.zip"},
    } | {name.replace("__", "/"): value for name, value in changes.items()}
    answers = {f"GET repos/school/course/{path}": answer for path, answer in there.items()}
    return answers | {f"POST {COMMENTS}": {}, "PATCH repos/school/course/issues/comments/3": {}}


@dataclass
class Visit:
    """What running the action did."""

    ran: Ran
    asked: list[dict[str, Any]]

    @property
    def written(self) -> list[tuple[str, str]]:
        """What was written: method, and body of the comment."""
        changes = [each for each in self.asked if each["method"] != "GET"]
        return [(each["method"], json.loads(each["body"])["body"]) for each in changes]

    @property
    def body(self) -> str:
        """The one comment."""
        ((_, body),) = self.written
        return body


def visit(
    tmp_path: Path,
    answers: Mapping[str, Any],
    archive: bytes | None = None,
    of: Mapping[str, Any] | None = None,
    *,
    whole: bool = False,
    inputs: Mapping[str, str] | None = None,
) -> Visit:
    """Let the workflow do its work: in this process, or `whole`, as the steps of its action."""
    programs, workspace, temporary = (tmp_path / name for name in ("bin", "workspace", "temporary"))
    for folder in (programs, workspace, temporary):
        folder.mkdir()
    gh = programs / "gh"
    gh.write_text(f"#!{sys.executable} -IS\n" + Path(stand_in_gh.__file__).read_text("utf-8"), "utf-8")
    gh.chmod(0o755)
    (programs / "answers.json").write_text(json.dumps(answers), "utf-8")
    (programs / "artifact.zip").write_bytes(archive if archive is not None else zipped(("answer.json", data())))
    (tmp_path / "event.json").write_text(json.dumps(of or event()), "utf-8")
    variables = plain_variables(
        GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
        GITHUB_SERVER_URL="https://github.com",
        RUNNER_TEMP=str(temporary),
    )
    variables["PATH"] = f"{programs}:{variables['PATH']}"
    if whole:
        machine = Machine(workspace, temporary, variables, USES, {"github.token": "not-a-token"})
        ran = steps(tmp_path, inputs or {}, machine)
    else:
        ran = in_this_process(variables | {"LANGUAGE_OF_COMMENT": "en"})
    log = programs / "asked.jsonl"
    asked = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    assert list(workspace.iterdir()) == []
    return Visit(ran, asked)


USES = {"actions/setup-python": lambda _: {"python-path": sys.executable, "python-version": "3.11.0"}}


def in_this_process(variables: dict[str, str]) -> Ran:
    """Run what the action's last step runs."""
    said, ran = io.StringIO(), Ran()
    with mock.patch.dict(os.environ, variables), contextlib.redirect_stdout(said):
        try:
            github.main(variables)
        except SystemExit as end:
            ran.code = int(end.code or 0)
    ran.log = said.getvalue()
    return ran


def steps(tmp_path: Path, inputs: Mapping[str, str], machine: Machine) -> Ran:
    """Run the steps of the action, but for the one that installs: the grader is here already."""
    (machine.temporary / "keras-grader-note").symlink_to(sys.prefix)
    ran = run_action(without_install(tmp_path), inputs, machine)
    assert ran.environment == ""
    assert [command.name for command in ran.commands] == ["remove-matcher", "stop-commands"]
    assert set(machine.temporary.glob("*.json")) == set()
    return ran


def without_install(tmp_path: Path) -> Path:
    """Return a copy of the action without the step that needs a network. What that one picks is tried below."""
    action = yaml.safe_load((ROOT / "comment/action.yml").read_text("utf-8"))
    names = [step["name"] for step in action["runs"]["steps"]]
    action["runs"]["steps"].pop(names.index("Install what a note needs"))
    folder = tmp_path / "comment"
    folder.mkdir()
    (folder / "action.yml").write_text(yaml.safe_dump(action), "utf-8")
    return folder


def test_the_pull_request_of_a_fork_gets_one_comment(tmp_path: Path) -> None:
    done = visit(tmp_path, api(), whole=True)
    assert done.ran.code == 0, done.ran.log
    assert [method for method, _ in done.written] == ["POST"]
    assert done.body.startswith(f"{MARKER}\n")
    assert "5 of 5 points" in done.body
    assert "/school/course/actions/runs/99" in done.body
    assert {"state": "open", "base": "main", "head": "alice:my-branch"}.items() <= done.asked[0]["fields"].items()


def test_the_next_run_brings_the_same_comment_up_to_date(tmp_path: Path) -> None:
    there = [
        {"id": 1, "user": {"login": "alice"}, "body": f"{MARKER}\nmine"},
        {"id": 2, "user": {"login": AUTHOR}, "body": "of another workflow"},
        {"id": 3, "user": {"login": AUTHOR}, "body": f"{MARKER}\nold"},
    ]
    done = visit(tmp_path, api(issues__7__comments=there))
    assert [each["path"] for each in done.asked if each["method"] != "GET"] == [
        "repos/school/course/issues/comments/3"
    ]
    assert done.ran.code == 0


def test_the_comment_is_found_beyond_the_first_page(tmp_path: Path) -> None:
    others = [{"id": 1000 + n, "user": None, "body": None} for n in range(250)]
    ours = {"id": 3, "user": {"login": AUTHOR}, "body": f"{MARKER}\nold"}
    assert [method for method, _ in visit(tmp_path, api(issues__7__comments=[*others, ours])).written] == ["PATCH"]


def test_a_comment_that_says_it_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    body = visit(tmp_path / "first", api()).body
    there = [{"id": 3, "user": {"login": AUTHOR}, "body": body}]
    assert visit(tmp_path / "second", api(issues__7__comments=there)).written == []


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [pull(head={"sha": "9" * 40, "ref": "my-branch", "repo": FORK})],
        [pull(head={"sha": HEAD, "ref": "my-branch", "repo": None})],
        [pull(head={"sha": HEAD, "ref": "my-branch", "repo": FORK | {"id": 5}})],
        [pull(base={"sha": "b" * 40, "ref": "mine", "repo": OURS})],
        [pull(state="closed")],
        [pull(), pull(number=8)],
    ],
    ids=["none", "newer commit", "fork deleted", "another fork", "own branch", "closed", "two"],
)
def test_without_the_one_pull_request_whose_newest_commit_was_graded_nothing_is_said(
    tmp_path: Path, listed: list[object]
) -> None:
    done = visit(tmp_path, api(pulls=listed))
    assert done.ran.code == 0
    assert done.written == []
    assert "Nothing to say" in done.ran.log


def test_a_commit_that_came_meanwhile_leaves_the_comment_to_its_own_run(tmp_path: Path) -> None:
    newer = pull(head={"sha": "9" * 40, "ref": "my-branch", "repo": FORK})
    done = visit(tmp_path, api(pulls__7=newer))
    assert done.ran.code == 0
    assert done.written == []


def test_a_pull_request_that_was_turned_to_another_branch_meanwhile_gets_nothing(tmp_path: Path) -> None:
    turned = pull(base={"sha": "b" * 40, "ref": "mine", "repo": OURS})
    assert visit(tmp_path, api(pulls__7=turned)).written == []


@pytest.mark.parametrize("changes", [{"event": "push"}, {"conclusion": "skipped"}, {"conclusion": None}])
def test_a_run_that_did_not_grade_a_pull_request_to_its_end_is_not_asked_about(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    done = visit(tmp_path, api(), of=event(**changes))
    assert done.ran.code == 0
    assert done.asked == []


@pytest.mark.parametrize("changes", [{"head_repository": None}, {"head_branch": None}])
def test_a_fork_that_was_deleted_gets_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    done = visit(tmp_path, api(), of=event(**changes))
    assert done.ran.code == 0
    assert done.written == []


@pytest.mark.parametrize(
    "changed",
    [
        {"filename": ".github/workflows/grade.yml"},
        {"filename": "x.yml", "previous_filename": ".github/workflows/grade.yml"},
        {"filename": "grader/cli.py"},
    ],
)
def test_a_changed_workflow_is_told_in_the_place_of_marks_and_its_artifact_is_not_touched(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    files = [{"filename": "digits/submission.py"}, changed]
    done = visit(tmp_path, api(pulls__7__files=files, pulls__7=pull(changed_files=2)))
    assert done.ran.code == 0
    assert "can be made up" in done.body
    assert "points" not in done.body
    assert not [each for each in done.asked if "artifacts" in each["path"]]


def test_a_changed_workflow_is_found_on_the_last_page(tmp_path: Path) -> None:
    files = [{"filename": f"a/{number}.py"} for number in range(250)] + [{"filename": "action.yml"}]
    assert "can be made up" in visit(tmp_path, api(pulls__7__files=files)).body


def test_more_files_than_github_lists_are_told_in_the_place_of_marks(tmp_path: Path) -> None:
    done = visit(tmp_path, api(pulls__7=pull(changed_files=4000)))
    assert "more files than the host lists" in done.body
    assert "points" not in done.body


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"no archive",
        zipped(),
        zipped(("other.json", data())),
        zipped(("answer.json/", b"")),
        zipped(("../answer.json", data())),
        zipped(("../../../../tmp/answer.json", data()), ("/etc/answer.json", data())),
        zipped(*[(f"{number}.json", b"") for number in range(20)], ("answer.json", data())),
        zipped(("answer.json", b"{}")),
        zipped(("answer.json", data().replace(b'"schema": 1', b'"schema": 9', 1))),
        zipped(("answer.json", data().replace(b'"notes"', b'"number": 1, "notes"', 1))),
        zipped(("answer.json", b" " * (MAX_BYTES + 1))),
        zipped(("answer.json", data()))[:-30],
        zipped(("answer.json", data())).replace(b"\x08\x00", b"\x63\x00"),
        zipped(("answer.json", data()))[:50] + b"\x00" * 300 + zipped(("answer.json", data()))[350:],
    ],
    ids=[
        *("empty", "nonsense", "no file", "other name", "folder", "slip", "slips", "many", "no record"),
        *("other schema", "unknown field", "bomb", "cut", "unknown method", "damaged"),
    ],
)
def test_what_is_no_record_leaves_a_sentence_and_does_no_harm(tmp_path: Path, archive: bytes) -> None:
    before = set(tmp_path.parent.iterdir())
    done = visit(tmp_path, api(archive), archive)
    assert done.ran.code == 2, done.ran.log
    assert "no answer that can be read" in done.body
    assert "points" not in done.body
    assert "Traceback" not in done.ran.log
    assert set(tmp_path.parent.iterdir()) == before


def test_two_records_in_one_archive_are_none(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = zipped(("answer.json", data()), ("answer.json", data()))
    assert "no answer that can be read" in visit(tmp_path, api(archive), archive).body


def test_an_archive_that_says_it_is_too_large_is_not_fetched(tmp_path: Path) -> None:
    artifact = {"id": 51, "name": ARTIFACT, "size_in_bytes": MAX_ARCHIVE_BYTES + 1, "expired": False}
    done = visit(tmp_path, api(actions__runs__99__artifacts={"artifacts": [artifact]}))
    assert done.ran.code == 2
    assert "no answer that can be read" in done.body
    assert NEVER not in [f"{each['method']} {each['path']}" for each in done.asked]


def test_an_archive_that_is_larger_than_it_says_is_not_read_to_its_end(tmp_path: Path) -> None:
    archive = zipped(("answer.json", data())) + b"\x00" * MAX_ARCHIVE_BYTES
    done = visit(tmp_path, api(), archive)
    assert done.ran.code == 2
    assert f"larger than {MAX_ARCHIVE_BYTES}" in done.ran.log
    assert "no answer that can be read" in done.body


def test_a_program_that_goes_on_with_too_large_an_archive_is_ended(tmp_path: Path) -> None:
    archive = zipped(("answer.json", data())) + b"\x00" * MAX_ARCHIVE_BYTES
    begin = time.monotonic()
    visit(tmp_path, api(actions__artifacts__51__zip={"file": "artifact.zip", "stays": 120}), archive)
    assert time.monotonic() - begin < 60


def test_a_record_that_is_larger_than_any_is_not_read_to_its_end(tmp_path: Path) -> None:
    archive = zipped(("answer.json", b" " * (MAX_BYTES + 1)))
    done = visit(tmp_path, api(archive), archive)
    assert f"larger than {MAX_BYTES}" in done.ran.log


@pytest.mark.parametrize("artifacts", [[], [{"id": 51, "name": "x", "size_in_bytes": 1, "expired": False}]])
def test_a_run_that_left_nothing_is_told(tmp_path: Path, artifacts: list[object]) -> None:
    done = visit(tmp_path, api(actions__runs__99__artifacts={"artifacts": artifacts}))
    assert "no answer that can be read" in done.body


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out"])
def test_a_run_that_was_stopped_does_not_leave_the_marks_of_an_older_commit_standing(
    tmp_path: Path, conclusion: str
) -> None:
    there = [{"id": 3, "user": {"login": AUTHOR}, "body": f"{MARKER}\n5 of 5 points"}]
    answers = api(issues__7__comments=there, actions__runs__99__artifacts={"artifacts": []})
    done = visit(tmp_path, answers, of=event(conclusion=conclusion))
    assert "no answer that can be read" in done.body
    assert "points" not in done.body


def test_of_a_run_that_was_started_again_the_newest_answer_counts(tmp_path: Path) -> None:
    listed = [{"id": number, "name": ARTIFACT, "size_in_bytes": 9, "expired": False} for number in (50, 51, 49)]
    assert "5 of 5" in visit(tmp_path, api(actions__runs__99__artifacts={"artifacts": listed})).body


def test_nothing_that_a_stranger_wrote_becomes_a_mention_a_link_a_command_or_html(tmp_path: Path) -> None:
    archive = zipped(("answer.json", data(*HOSTILE)))
    done = visit(tmp_path, api(archive), archive, whole=True)
    assert done.ran.code == 0
    body = done.body.removeprefix(MARKER).rpartition("\n<sub>")[0]
    assert "@teacher" not in body
    assert "](http" not in body
    assert "<img" not in body
    assert "<!--" not in body
    assert "\u202e" not in body
    assert not [line for line in body.splitlines() if line.lstrip("> -").startswith("/")]
    assert len(done.body) < 65_536


def test_what_a_stranger_wrote_cannot_steer_the_log(tmp_path: Path) -> None:
    failing = api() | {"GET repos/school/course/pulls": {"fail": "\n".join(HOSTILE)}}
    done = visit(tmp_path, failing, whole=True)
    assert done.ran.code == 2
    assert done.written == []


@pytest.mark.parametrize(
    "branch", ["a b", "--method", "x&state=closed", "@/etc/passwd", "`id`", "ü" * 120, "a\nb"]
)
def test_a_branch_may_be_called_anything(tmp_path: Path, branch: str) -> None:
    head = {"sha": HEAD, "ref": branch, "repo": FORK}
    answers = api(pulls=[pull(head=head)], pulls__7=pull(head=head))
    done = visit(tmp_path, answers, of=event(head_branch=branch))
    assert done.asked[0]["fields"]["head"] == f"alice:{branch}"
    assert done.ran.code == 0


def test_a_fault_of_the_grader_is_a_red_run_and_its_traceback_steers_no_log(tmp_path: Path) -> None:
    done = visit(tmp_path, api(), whole=True, inputs={"language": "::error::forged"})
    assert done.ran.code == 1
    assert "Traceback" in done.ran.log
    assert done.written == []


def test_another_event_is_refused(tmp_path: Path) -> None:
    done = visit(tmp_path, api(), of={"pull_request": pull(), "repository": OURS})
    assert done.ran.code == 2
    assert "workflow_run" in done.ran.log
    assert done.asked == []


def test_a_commit_or_a_repository_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    assert visit(tmp_path / "1", api(), of=event(head_sha="../x")).ran.code == 2
    elsewhere = event() | {"repository": OURS | {"full_name": "a/../b"}}
    assert visit(tmp_path / "2", api(), of=elsewhere).ran.code == 2


def test_a_comment_that_could_not_be_written_is_told(tmp_path: Path) -> None:
    done = visit(tmp_path, api() | {f"POST {COMMENTS}": {"fail": "gh: Resource not accessible (HTTP 403)"}})
    assert done.ran.code == 2
    assert "403" in done.ran.log


def test_the_token_reaches_only_the_step_that_comments() -> None:
    action = yaml.safe_load((ROOT / "comment/action.yml").read_text("utf-8"))
    having = [step["name"] for step in action["runs"]["steps"] if "github.token" in json.dumps(step)]
    assert having == ["Comment"]


NOTE_PACKAGES = """
import sys
from importlib.metadata import packages_distributions
import grader.ci.comment.github, grader.ci.comment.gitlab, grader.ci.github_comment, grader.ci.gitlab_comment
from grader.ci.comment import body as remark
from grader.core.i18n import Translator
remark.render_note(sys.stdin.buffer.read())
remark.render_refusal(["action.yml"], Translator("de"))
owners = packages_distributions()
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted({owner for name in loaded for owner in owners.get(name, ())}))
"""


def test_a_note_needs_no_more_packages_than_are_installed_for_it() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", NOTE_PACKAGES],
        input=data(*HOSTILE),
        capture_output=True,
        check=True,
        timeout=60,
    )
    # setuptools is loaded by every environment that has it, typing_extensions by msgspec where it is there.
    optional = {"setuptools", "typing_extensions", "keras-grader"}
    assert set(done.stdout.decode().split()) - optional == {"babel", "msgspec"}


@pytest.mark.parametrize("file", ["comment/action.yml", "docs/ci/gitlab-ci.yml"])
def test_these_packages_are_taken_out_of_the_lock_with_their_hashes(file: str) -> None:
    found = re.search(r"awk '(.*?)'", (ROOT / file).read_text("utf-8"))
    assert found
    done = subprocess.run(
        ["awk", found[1], str(ROOT / "requirements.lock")], capture_output=True, text=True, check=True, timeout=60
    )
    pinned = [line for line in done.stdout.splitlines() if re.match(r"\w", line)]
    assert [line.partition("==")[0] for line in pinned] == ["babel", "msgspec"]
    assert done.stdout.count("--hash=sha256:") > 2
