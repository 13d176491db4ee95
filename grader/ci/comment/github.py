"""Comment on the pull request of a run that graded, from a second workflow on GitHub.

Run by `comment/action.yml` on `workflow_run`, with a token that may write comments. Believed are the event and the
API. Everything that a stranger could have made is data: names of branches and files, the record, the archive
around it. Nothing of the pull request is checked out, run, or written to a name of its choosing.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.ci.comment.artifact import extract_member
from grader.ci.comment.body import MARKER
from grader.ci.comment.github_api import Artifacts, Comment, FileChange, GitHubApi, PullRequest, Repository, Run
from grader.ci.comment.posting import PostedComment, choose_body, post_comment, run_comment_job
from grader.core.errors import UserError
from grader.core.i18n import Message, Translator, _
from grader.protocol.change_result import MAX_BYTES
from reports.common import markdown as md

ARTIFACT = "keras-grader-answer"  # as action.yml uploads it
MEMBER = "answer.json"
AUTHOR = "github-actions[bot]"
MAX_ARCHIVE_BYTES = 8_000_000
MAX_FILE_PAGES = 30  # GitHub lists no more than 3000 files
# A run that was stopped by a newer commit is not asked about either: its own is not the newest any more.
_ENDED = ("success", "failure", "cancelled", "timed_out")


class Event(msgspec.Struct, frozen=True):
    """What GitHub says when a workflow has ended."""

    workflow_run: Run
    repository: Repository


@dataclass(frozen=True)
class CommentJob:
    """What one comment is about: a run that graded, its repository, and who answers questions about them."""

    run: Run
    repository: Repository
    gh: GitHubApi
    translate: Translator
    server: str


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Comment on the pull request of the event. Ends with 2 where something could not be read or written."""
    translate = Translator(environment["LANGUAGE_OF_COMMENT"])

    def run() -> Message:
        event = decode_event(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
        gh = GitHubApi(event.repository.full_name)
        server = environment["GITHUB_SERVER_URL"]
        return update_comment(CommentJob(event.workflow_run, event.repository, gh, translate, server))

    run_comment_job(run, translate)


def decode_event(data: bytes) -> Event:
    """Read the event. Raises `UserError` where it is another one."""
    try:
        event = msgspec.json.decode(data, type=Event)
    except msgspec.MsgspecError as error:
        raise UserError(_other_event(str(error))) from error
    if not re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", event.workflow_run.head_sha):
        raise UserError(_other_event("head_sha"))
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", event.repository.full_name, re.ASCII):
        raise UserError(_other_event("full_name"))
    return event


def _other_event(reason: str) -> Message:
    return _(
        "This is for the event workflow_run, as docs/ci.md shows it. This event is another: {reason}",
        reason=reason,
    )


def update_comment(job: CommentJob) -> Message:
    """Say on the pull request what came out; returns what was done."""
    run = job.run
    if run.event != "pull_request" or run.conclusion not in _ENDED:
        return _("Nothing to say: this was not the run of a pull request to its end.")
    pull = find_pull_request(job)
    if pull is None:
        return _(
            "Nothing to say: no open pull request into {branch} has {commit} as its newest commit. A newer commit "
            "has a run of its own.",
            branch=job.repository.default_branch,
            commit=run.head_sha,
        )
    body, problem = _body(job, pull)
    if not _is_current(job, job.gh.get(f"pulls/{pull.number}", PullRequest)):
        return _("Nothing to say: #{number} has changed meanwhile, and gets a run of its own.", number=pull.number)
    _write(job, pull, f"{MARKER}\n{body}\n{_footer(job)}\n")
    if problem is not None:
        raise UserError(problem)
    return _("The comment on #{number} is up to date.", number=pull.number)


def find_pull_request(job: CommentJob) -> PullRequest | None:
    """Return the open pull request whose newest commit this run has graded, if there is one.

    Only into the default branch: into a branch of one's own one can put any workflow first.
    """
    run = job.run
    if run.head_repository is None or run.head_branch is None:
        return None  # deleted since
    head = f"{run.head_repository.owner.login}:{run.head_branch}"
    default_branch = job.repository.default_branch
    matching = job.gh.pages("pulls", PullRequest, state="open", base=default_branch, head=head)
    current = [pull for pull in matching if _is_current(job, pull)]
    return current[0] if len(current) == 1 else None


def _is_current(job: CommentJob, pull: PullRequest) -> bool:
    run = job.run
    return (
        pull.state == "open"
        and pull.head.sha == run.head_sha
        and pull.head.repo is not None
        and run.head_repository is not None
        and pull.head.repo.id == run.head_repository.id
        and pull.base.ref == job.repository.default_branch
    )


def _body(job: CommentJob, pull: PullRequest) -> tuple[str, Message | None]:
    """Return what to say, and what was wrong with what the run left behind."""
    path = f"pulls/{pull.number}"
    changes = job.gh.pages(f"{path}/files", FileChange, MAX_FILE_PAGES)
    names = [name for change in changes for name in (change.filename, change.previous_filename) if name]
    return choose_body(
        names,
        lambda: len(changes) == job.gh.get(path, PullRequest).changed_files,
        lambda: _record(job),
        job.translate,
    )


def _record(job: CommentJob) -> bytes:
    """Return the record that the run left behind, as the stranger's bytes that they are."""
    listed = job.gh.get(f"actions/runs/{job.run.id}/artifacts", Artifacts, name=ARTIFACT, per_page="100").artifacts
    matching = [each for each in listed if each.name == ARTIFACT and not each.expired]
    if not matching:
        raise UserError(_("The run left no artifact {name}.", name=ARTIFACT))
    newest = max(matching, key=lambda each: each.id)  # a run that was started again left one more
    if newest.size_in_bytes > MAX_ARCHIVE_BYTES:
        raise UserError(_("The artifact of the run is larger than {most} bytes.", most=MAX_ARCHIVE_BYTES))
    archive = job.gh.fetch(f"actions/artifacts/{newest.id}/zip", MAX_ARCHIVE_BYTES)
    return extract_member(archive, MEMBER, MAX_BYTES)


def _footer(job: CommentJob) -> str:
    """Return which commit this is about, from whom we trust."""
    url = f"{job.server}/{job.repository.full_name}/actions/runs/{job.run.id}"
    words = job.translate(_("Commit {commit}", commit=job.run.head_sha[:12]))
    run = job.translate(_("the run"))
    return f"<sub>{md.escape(words)} · [{md.escape(run)}]({url})</sub>"


def _write(job: CommentJob, pull: PullRequest, text: str) -> None:
    """Write the one comment, or bring it up to date."""
    comments = job.gh.pages(f"issues/{pull.number}/comments", Comment)
    post_comment(
        [
            PostedComment(each.id, each.user is not None and each.user.login == AUTHOR, each.body or "")
            for each in comments
        ],
        text,
        create=lambda body: job.gh.send("POST", f"issues/{pull.number}/comments", {"body": body}),
        edit=lambda number, body: job.gh.send("PATCH", f"issues/comments/{number}", {"body": body}),
    )


if __name__ == "__main__":
    main()
