"""The note on GitLab: the job's program against a stand-in for GitLab's API that writes down what it was asked."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grader.ci.comment.body import MARKER
from grader.protocol.change_result import MAX_BYTES
from tests.ci.comment.results import HEAD, HOSTILE, data
from tests.ci.github_runner import plain_variables

REQUEST = "/projects/5/merge_requests/7"
ME, STUDENT = {"id": 40}, {"id": 41}


@dataclass
class GitLab:
    """What the API answers, and what it was asked."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, body
    tokens: set[str | None] = field(default_factory=set)

    @property
    def written(self) -> list[tuple[str, str, str]]:
        """What was written."""
        return [(method, path, json.loads(body)["body"]) for method, path, body in self.asked if method != "GET"]

    @property
    def body(self) -> str:
        """The one note."""
        ((_, _, body),) = self.written
        return body


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    """Start a stand-in with an open merge request that changes one submission."""
    there = GitLab()
    there.answers = {
        REQUEST: {"sha": HEAD, "state": "opened", "changes_count": "1"},
        f"{REQUEST}/diffs": [{"old_path": "digits/submission.py", "new_path": "digits/submission.py"}],
        f"{REQUEST}/notes": [],
        "/user": ME,
    }

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            there.asked.append((self.command, parts.path, body))
            there.tokens.add(self.headers.get("PRIVATE-TOKEN"))
            found = there.answers.get(parts.path if self.command == "GET" else f"{self.command} {parts.path}", {})
            if isinstance(found, int):
                self.send_response(found)
                self.send_header("Location", f"{there.url}/elsewhere")
                self.end_headers()
                return
            if isinstance(found, list):
                page, size = (int(parse_qs(parts.query)[name][0]) for name in ("page", "per_page"))
                found = found[size * (page - 1) : size * page]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


def variables_of_job(gitlab: GitLab) -> dict[str, str]:
    """Return what GitLab puts into the environment of the job."""
    return {
        "CI_API_V4_URL": gitlab.url,
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_COMMIT_SHA": HEAD,
        "CI_PIPELINE_URL": "https://gitlab.example/p/1",
        "GRADER_NOTE_TOKEN": "token-for-tests",
        "no_proxy": "*",
    }


def run(tmp_path: Path, gitlab: GitLab, answer: bytes | None, **changes: str) -> tuple[int, str]:
    """Run what the job runs, and return how it ended and what it printed."""
    if answer is not None:
        (tmp_path / "grader-ci").mkdir()
        (tmp_path / "grader-ci/answer.json").write_bytes(answer)
    done = subprocess.run(
        [sys.executable, "-I", "-m", "grader.ci.comment.gitlab"],
        cwd=tmp_path,
        env=plain_variables(**(variables_of_job(gitlab) | changes)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_merge_request_gets_one_note(tmp_path: Path, gitlab: GitLab) -> None:
    assert run(tmp_path, gitlab, data())[0] == 0
    assert [(method, path) for method, path, _ in gitlab.written] == [("POST", f"{REQUEST}/notes")]
    assert gitlab.body.startswith(MARKER)
    assert "5 of 5 points" in gitlab.body
    assert gitlab.tokens == {"token-for-tests"}


def test_the_next_pipeline_brings_the_same_note_up_to_date(tmp_path: Path, gitlab: GitLab) -> None:
    gitlab.answers[f"{REQUEST}/notes"] = [
        *({"id": number, "author": STUDENT, "body": f"{MARKER}\nmine"} for number in range(120)),
        {"id": 300, "author": ME, "body": "of another job"},
        {"id": 301, "author": ME, "body": f"{MARKER}\nold"},
    ]
    assert run(tmp_path, gitlab, data())[0] == 0
    assert [(method, path) for method, path, _ in gitlab.written] == [("PUT", f"{REQUEST}/notes/301")]


@pytest.mark.parametrize(
    "now",
    [
        {"sha": "9" * 40, "state": "opened", "changes_count": "1"},
        {"sha": HEAD, "state": "merged", "changes_count": "1"},
    ],
)
def test_a_merge_request_that_went_on_is_left_to_its_own_pipeline(
    tmp_path: Path, gitlab: GitLab, now: dict[str, str]
) -> None:
    gitlab.answers[REQUEST] = now
    code, said = run(tmp_path, gitlab, data())
    assert (code, gitlab.written) == (0, [])
    assert "Nothing to say" in said


@pytest.mark.parametrize(
    ("old", "new"), [(".gitlab-ci.yml", "a.yml"), ("a.yml", ".gitlab-ci.yml"), ("x", "grader/x.py")]
)
def test_a_changed_pipeline_is_told_in_the_place_of_marks(
    tmp_path: Path, gitlab: GitLab, old: str, new: str
) -> None:
    gitlab.answers[f"{REQUEST}/diffs"] = [{"old_path": old, "new_path": new}]
    assert run(tmp_path, gitlab, data())[0] == 0
    assert "can be made up" in gitlab.body
    assert "points" not in gitlab.body


@pytest.mark.parametrize("count", ["1000+", "2", None])
def test_more_files_than_gitlab_lists_are_told_in_the_place_of_marks(
    tmp_path: Path, gitlab: GitLab, count: str | None
) -> None:
    gitlab.answers[REQUEST] = {"sha": HEAD, "state": "opened", "changes_count": count}
    assert run(tmp_path, gitlab, data())[0] == 0
    assert "more files than the host lists" in gitlab.body


@pytest.mark.parametrize(
    "answer", [None, b"", b"{}", b" " * (MAX_BYTES + 1)], ids=["none", "empty", "other", "large"]
)
def test_what_is_no_record_leaves_a_sentence(tmp_path: Path, gitlab: GitLab, answer: bytes | None) -> None:
    assert run(tmp_path, gitlab, answer)[0] == 2
    assert "no answer that can be read" in gitlab.body


def test_nothing_that_a_stranger_wrote_is_more_than_text(tmp_path: Path, gitlab: GitLab) -> None:
    assert run(tmp_path, gitlab, data(*HOSTILE))[0] == 0
    body = gitlab.body.removeprefix(MARKER).rpartition("\n<sub>")[0]
    assert not [line for line in body.splitlines() if line.lstrip("> -").startswith("/")]
    assert not any(bad in body for bad in ("@teacher", "](http", "<img", "<!--", "\u202e"))


@pytest.mark.parametrize("status", [301, 302, 307, 308, 403, 500])
def test_an_api_that_does_not_answer_is_told_and_the_token_goes_nowhere_else(
    tmp_path: Path, gitlab: GitLab, status: int
) -> None:
    gitlab.answers[f"{REQUEST}/diffs"] = status
    code, said = run(tmp_path, gitlab, data())
    assert code == 2
    assert str(status) in said
    assert "token-for-tests" not in said
    assert "/elsewhere" not in [path for _, path, _ in gitlab.asked]


def test_a_gitlab_that_is_not_there_is_told(tmp_path: Path, gitlab: GitLab) -> None:
    code, said = run(tmp_path, gitlab, data(), CI_API_V4_URL="http://127.0.0.1:1")
    assert code == 2
    assert "GitLab did not do" in said


@pytest.mark.parametrize(
    "changes", [{"GRADER_NOTE_TOKEN": ""}, {"CI_MERGE_REQUEST_IID": ""}, {"CI_PROJECT_ID": "5/../6"}]
)
def test_outside_of_a_merge_request_or_without_a_token_nothing_is_asked(
    tmp_path: Path, gitlab: GitLab, changes: dict[str, str]
) -> None:
    assert run(tmp_path, gitlab, data(), **changes)[0] == 2
    assert gitlab.asked == []
