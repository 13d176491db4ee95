"""Read from the CI environment what a change is to be compared with. Trusted only in its exact form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from grader.core.errors import UserError
from grader.core.i18n import Message, _

MAX_PAYLOAD_BYTES = 50_000_000
DEFAULT_BRANCH = "refs/remotes/origin/HEAD"
_ZERO = re.compile("0{40}(0{24})?")
_HASH = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")

Hash = Annotated[str, msgspec.Meta(pattern=rf"^{_HASH.pattern}\Z")]


class Host(StrEnum):
    """Whose forms an answer takes."""

    GITHUB = "github"
    GITLAB = "gitlab"
    OTHER = "other"


class CiEnvironmentError(UserError):
    """The host does not say what to compare with. `text` says what is missing, and what to do."""


@dataclass(frozen=True)
class ClaimedChange:
    """What to compare: `head`, if the host says it, with the merge base of it and `base`.

    `rubrics`: where the course is taken from, the first that is there; `base` after all of them.
    """

    base: str  # hash, or name of a branch
    source: str  # who says so, for people
    host: Host = Host.OTHER
    head: str = ""  # hash that HEAD has to be, or to be the host's merge of
    rubrics: tuple[str, ...] = ()


class _Commit(msgspec.Struct, frozen=True):
    sha: Hash


class _PullRequest(msgspec.Struct, frozen=True):
    base: _Commit
    head: _Commit


class _Repository(msgspec.Struct, frozen=True):
    default_branch: str = ""


class _Payload(msgspec.Struct, frozen=True):
    """Of GitHub's event, what is needed here."""

    pull_request: _PullRequest | None = None
    before: Hash | None = None
    after: Hash | None = None
    ref: str | None = None
    repository: _Repository = _Repository()


def detect_host(environment: Mapping[str, str]) -> Host:
    """Return where this runs."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return Host.GITHUB
    return Host.GITLAB if environment.get("GITLAB_CI") else Host.OTHER


def read_claimed_change(environment: Mapping[str, str]) -> ClaimedChange:
    """Return what the host says. Raises `CiEnvironmentError` where it should say more than it does."""
    match detect_host(environment):
        case Host.GITHUB:
            return _github(environment)
        case Host.GITLAB:
            return _gitlab(environment)
        case Host.OTHER:
            return ClaimedChange(DEFAULT_BRANCH, "origin/HEAD")


def _github(environment: Mapping[str, str]) -> ClaimedChange:
    payload = _payload(environment.get("GITHUB_EVENT_PATH", ""))
    if payload.pull_request is not None:
        asked = payload.pull_request
        return ClaimedChange(asked.base.sha, "pull_request.base.sha", Host.GITHUB, asked.head.sha)
    if environment.get("GITHUB_EVENT_NAME") != "push":
        return ClaimedChange(DEFAULT_BRANCH, "origin/HEAD", Host.GITHUB)
    if payload.before is None or payload.after is None:
        raise CiEnvironmentError(_bad_payload("before, after"))
    branch = (payload.ref or "").removeprefix("refs/heads/")
    base, source = _before(payload.before, "push.before", branch, payload.repository.default_branch)
    return ClaimedChange(base, source, Host.GITHUB, payload.after)


def _payload(name: str) -> _Payload:
    try:
        file = Path(name)
        if not name or file.stat().st_size > MAX_PAYLOAD_BYTES:
            raise CiEnvironmentError(_bad_payload("GITHUB_EVENT_PATH"))
        return msgspec.json.decode(file.read_bytes(), type=_Payload)
    except (OSError, ValueError) as error:
        raise CiEnvironmentError(_bad_payload(f"GITHUB_EVENT_PATH: {type(error).__name__}")) from error


def _gitlab(environment: Mapping[str, str]) -> ClaimedChange:
    head = _hash(environment, "CI_COMMIT_SHA")
    if base := _hash(environment, "CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        # The base of a merge request is where it left its target; the rubrics are those of the target today.
        target = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        there = _hash(environment, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA")
        rubrics = (*filter(None, (there,)), *((f"refs/remotes/origin/{target}",) if target else ()))
        return ClaimedChange(base, "CI_MERGE_REQUEST_DIFF_BASE_SHA", Host.GITLAB, head, rubrics)
    before = _hash(environment, "CI_COMMIT_BEFORE_SHA")
    if not before:
        raise CiEnvironmentError(_bad_payload("CI_MERGE_REQUEST_DIFF_BASE_SHA, CI_COMMIT_BEFORE_SHA"))
    branch, default = environment.get("CI_COMMIT_BRANCH", ""), environment.get("CI_DEFAULT_BRANCH", "")
    base, source = _before(before, "CI_COMMIT_BEFORE_SHA", branch, default)
    return ClaimedChange(base, source, Host.GITLAB, head)


def _hash(environment: Mapping[str, str], name: str) -> str:
    """Return a hash of the environment; "" where there is none. Raises `CiEnvironmentError` for anything else."""
    value = environment.get(name, "")
    if value and not _HASH.fullmatch(value):
        raise CiEnvironmentError(_bad_payload(name))
    return value


def _before(before: str, source: str, branch: str, default: str) -> tuple[str, str]:
    """Return what to compare a push with: what was there before, else the default branch, unless it is pushed."""
    if not _ZERO.fullmatch(before):
        return before, source
    if not default or branch == default:
        raise CiEnvironmentError(
            _(
                "{source} is all zeros: there was nothing on this branch before, so nothing can be compared. Name "
                "a commit: grader ci --base REF",
                source=source,
            )
        )
    return f"refs/remotes/origin/{default}", f"origin/{default}"


def _bad_payload(what: str) -> Message:
    return _(
        "Cannot determine the base commit: {what} is missing or malformed in the CI environment. Pass --base REF.",
        what=what,
    )
