"""Comment on a merge request from a job on GitLab; the counterpart of `github`.

For a pipeline that students cannot change: docs/ci.md says why. Believed are GitLab's API and the variables of the
job. The record of the job that graded is data, and so are the names of files.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from grader.ci.comment.body import MARKER
from grader.ci.comment.posting import PostedComment, choose_body, post_comment, run_comment_job
from grader.core.errors import UserError
from grader.core.i18n import Message, Translator, _
from grader.protocol.change_result import MAX_BYTES
from reports.common import markdown as md

RECORD = Path("grader-ci/answer.json")
PER_PAGE = 100
MAX_PAGES = 50
MAX_PAGE_BYTES = 64_000_000
SECONDS = 60

R = TypeVar("R")


class MergeRequest(msgspec.Struct, frozen=True):
    """A merge request. `changes_count`: a number, with a plus where GitLab stopped counting; null for none."""

    sha: str
    state: str
    changes_count: str | None = None


class FileChange(msgspec.Struct, frozen=True):
    """A file that a merge request changes."""

    old_path: str
    new_path: str


class User(msgspec.Struct, frozen=True):
    """Who wrote something."""

    id: int


class Note(msgspec.Struct, frozen=True):
    """A comment of a merge request."""

    id: int
    author: User
    body: str


@dataclass(frozen=True)
class CommentJob:
    """What one note is about: the newest commit of a merge request, its pipeline, and GitLab's API."""

    commit: str
    pipeline: str  # address of the pipeline
    api: "GitLabApi"
    translate: Translator


class _NoRedirect(HTTPRedirectHandler):
    """A redirection would carry the token elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


class GitLabApi:
    """Talks to GitLab about one merge request. Raises `UserError` where there is no answer that can be read."""

    def __init__(self, root: str, project: str, request: str, token: str) -> None:
        self._root, self._token = root, token
        self.request = f"/projects/{int(project)}/merge_requests/{int(request)}"
        self._opener = build_opener(_NoRedirect)

    def get(self, path: str, kind: type[R], **query: str) -> R:
        """Ask for one thing."""
        data = self._send("GET", f"{path}?{urlencode(query)}", None)
        try:
            return msgspec.json.decode(data, type=kind)
        except msgspec.MsgspecError as error:
            raise UserError(
                _("GitLab's answer to {path} was not understood: {reason}", path=path, reason=str(error))
            ) from error

    def pages(self, path: str, kind: type[R]) -> list[R]:
        """Ask for a list, page by page."""
        results: list[R] = []
        for page in range(1, MAX_PAGES + 1):
            batch = self.get(path, list[kind], per_page=str(PER_PAGE), page=str(page))  # type: ignore[valid-type]
            results += batch
            if len(batch) < PER_PAGE:
                break
        return results

    def write(self, method: str, path: str, body: str) -> None:
        """Write a comment."""
        self._send(method, path, json.dumps({"body": body}).encode())

    def _send(self, method: str, path: str, data: bytes | None) -> bytes:
        headers = {"PRIVATE-TOKEN": self._token, "Content-Type": "application/json"}
        request = Request(self._root + path, data, headers, method=method)  # noqa: S310 - GitLab's own address
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content: bytes = answer.read(MAX_PAGE_BYTES + 1)
        except HTTPError as error:
            raise UserError(_failed(path, f"HTTP {error.code}")) from error
        except (URLError, OSError, ValueError) as error:
            raise UserError(_failed(path, str(error))) from error
        if len(content) > MAX_PAGE_BYTES:
            raise UserError(_failed(path, f"> {MAX_PAGE_BYTES} bytes"))
        return content


def _failed(path: str, detail: str) -> Message:
    return _("GitLab did not do what was asked of {path}: {said}", path=path, said=detail)


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Comment on the merge request of this pipeline. Ends with 2 where something could not be read or written."""
    translate = Translator(environment.get("LANGUAGE_OF_COMMENT", "en"))
    run_comment_job(lambda: update_note(_read_job(environment, translate)), translate)


def _read_job(environment: Mapping[str, str], translate: Translator) -> CommentJob:
    names = ("CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "GRADER_NOTE_TOKEN", "CI_PIPELINE_URL")
    root, project, request, token, pipeline = (environment.get(name, "") for name in names)
    if not (root and token and re.fullmatch(r"\d+", project) and re.fullmatch(r"\d+", request)):
        raise UserError(
            _(
                "This is for the pipeline of a merge request, with a token in GRADER_NOTE_TOKEN, as docs/ci.md "
                "shows it."
            )
        )
    return CommentJob(
        environment.get("CI_COMMIT_SHA", ""), pipeline, GitLabApi(root, project, request, token), translate
    )


def update_note(job: CommentJob) -> Message:
    """Say on the merge request what came out; returns what was done."""
    api = job.api
    body, problem = _body(job)
    there = api.get(api.request, MergeRequest)
    if there.state != "opened" or there.sha != job.commit:
        return _("Nothing to say: the merge request is closed, or has a newer commit, which has its own pipeline.")
    words = job.translate(_("Commit {commit}", commit=job.commit[:12]))
    footer = f"<sub>[{md.escape(words)}]({job.pipeline})</sub>"
    _write(api, f"{MARKER}\n{body}\n{footer}\n")
    if problem is not None:
        raise UserError(problem)
    return _("The note is up to date.")


def _body(job: CommentJob) -> tuple[str, Message | None]:
    """Return what to say, and what was wrong with what the job that graded left behind."""
    api = job.api
    changes = api.pages(f"{api.request}/diffs", FileChange)
    names = [name for change in changes for name in (change.new_path, change.old_path)]
    return choose_body(
        names,
        lambda: (api.get(api.request, MergeRequest).changes_count or "0") == str(len(changes)),
        _record,
        job.translate,
    )


def _record() -> bytes:
    try:
        with RECORD.open("rb") as file:
            return file.read(MAX_BYTES + 1)  # one byte too many is not read as a record
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}.", file=str(RECORD), reason=error.strerror or "")
        ) from error


def _write(api: GitLabApi, text: str) -> None:
    """Write the one note, or bring it up to date."""
    me = api.get("/user", User)
    notes = api.pages(f"{api.request}/notes", Note)
    post_comment(
        [PostedComment(each.id, each.author.id == me.id, each.body) for each in notes],
        text,
        create=lambda body: api.write("POST", f"{api.request}/notes", body),
        edit=lambda number, body: api.write("PUT", f"{api.request}/notes/{number}", body),
    )


if __name__ == "__main__":
    main()
