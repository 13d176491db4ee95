"""Find the commits that a change is compared with. Never guessed: an empty comparison would be green."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.ci.environment import DEFAULT_BRANCH, ClaimedChange, Host
from grader.ci.git import FileChange, GitError, Repository, TreeEntry
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name


@dataclass(frozen=True)
class Comparison:
    """Two commits, and where their ways parted: once, or after criss-cross merges several times.

    `course`: the commit whose rubrics are used. It is the tip of what is compared with, never the merge base: that
    may be a commit inside somebody's branch that was merged once, with whatever rubrics stood there.
    """

    base: str
    head: str
    course: str
    parted: tuple[str, ...]


def find_comparison(repository: Repository, claimed: ClaimedChange) -> Comparison:
    """Return what to compare. Raises `GitError` where that cannot be found out."""
    head = repository.commit("HEAD")
    if head is None:
        raise GitError(_("This repository has no commit yet, so there is nothing to grade."))
    base = _base(repository, claimed, head)
    parted = repository.merge_bases(base, head)
    if not parted:
        raise GitError(_not_there(repository, claimed, base) if repository.shallow() else _apart(claimed))
    if head in parted:
        raise GitError(
            _(
                "HEAD ({head}) holds nothing that {source} does not hold, so there is nothing to compare. Check "
                "out the change, or name an older commit: grader ci --base REF",
                head=head[:12],
                source=display_name(claimed.source),
            )
        )
    if parted != (base,) and repository.not_in(parted, base, head) & repository.shallow():
        # Beyond where the history is cut off, the ways may have parted later.
        raise GitError(_not_there(repository, claimed, base))
    rubric_commits = (repository.commit(name) for name in claimed.rubrics)
    return Comparison(base, head, next(filter(None, rubric_commits), None) or base, parted)


def find_changes(repository: Repository, comparison: Comparison) -> tuple[FileChange, ...]:
    """Return what the change alters.

    Where the ways parted several times, each of these differences counts that is one from the base, too: what the
    base has just the same came from there.
    """
    if len(comparison.parted) == 1:
        return repository.changes(comparison.parted[0], comparison.head)
    base = repository.files(comparison.base)
    changes = [change for parted in comparison.parted for change in repository.changes(parted, comparison.head)]
    return tuple(dict.fromkeys(own for change in changes if (own := _own(change, base)) is not None))


def _own(change: FileChange, base: Mapping[str, TreeEntry]) -> FileChange | None:
    """Return what of a change the base does not have just the same."""
    if change.status == "D":
        return change if change.path in base else None
    if base.get(change.path) != change.entry:
        return change if change.old in base else replace(change, status="M", old="")
    return FileChange("D", change.old, TreeEntry("0", "")) if change.old in base else None


def _base(repository: Repository, claimed: ClaimedChange, head: str) -> str:
    """Return the commit that the change is for."""
    if claimed.head and claimed.head != head:
        # GitHub checks out its merge of a pull request: the base first, then the pull request. Where that is so,
        # the base it was merged with is there even in a clone of depth 2.
        parents = repository.parents(head)
        if claimed.host is not Host.GITHUB or len(parents) != 2 or parents[1] != claimed.head:
            raise GitError(_other_head(claimed, head))
        base = parents[0]
    else:
        base = claimed.base
    commit = repository.commit(base)
    if commit is None:
        raise GitError(_not_there(repository, claimed, base))
    return commit


def _other_head(claimed: ClaimedChange, head: str) -> Message:
    return _(
        "HEAD ({head}) is neither the commit that this pipeline is about ({wanted}) nor a merge of it, so the "
        "wrong thing would be compared. Check that commit out (GitHub: on pull_request, actions/checkout as it "
        "is), or name a base: grader ci --base REF",
        head=head[:12],
        wanted=claimed.head[:12],
    )


def _not_there(repository: Repository, claimed: ClaimedChange, base: str) -> Message:
    if repository.shallow():
        ways = {
            Host.GITHUB: "fetch-depth: 0 (actions/checkout)",
            Host.GITLAB: 'GIT_DEPTH: "0"',
            Host.OTHER: "git fetch --unshallow",
        }
        return _(
            "This clone is shallow: it does not reach back to where the change left {source} ({base}). Fetch all "
            "of the history: {way}",
            source=display_name(claimed.source),
            base=display_name(base[:12]),
            way=ways[claimed.host],
        )
    if base == DEFAULT_BRANCH:
        return _(
            "There is no origin/HEAD to compare with. Name a branch or commit: grader ci --base REF (or once: git "
            "remote set-head origin --auto)"
        )
    return _(
        "{source} ({base}) is not in this clone: it is misspelt, was not fetched, or was overwritten by a forced "
        "push. Fetch it, or name another commit: grader ci --base REF",
        source=display_name(claimed.source),
        base=display_name(base),
    )


def _apart(claimed: ClaimedChange) -> Message:
    return _(
        "HEAD and {source} have no common history, so nothing can be compared. Name another commit: grader ci "
        "--base REF",
        source=display_name(claimed.source),
    )
