"""Repositories that are small to send and large to read. git's answer is read as far as it is bounded.

A folder that stands in a tree many times is one object of the repository, so that a few of them hold any number of
files.
"""

from pathlib import Path

import pytest

from grader.ci import git
from grader.ci.git import GitError, Repository
from tests.attacks.trusted.measure import Answer, Cost, measure
from tests.ci.repositories import Repo

LEVELS = 7  # of folders, of ten entries each
FILES = 10**LEVELS


def tree_of(repo: Repo, levels: int, content: bytes = b"x", each: int = 10) -> str:
    """Write a tree with as many files as `each` to the power of `levels`; return its hash."""
    entry = f"100644 blob {repo.git('hash-object', '-w', '--stdin', stdin=content)}"
    for level in range(levels):
        lines = "".join(f"{entry}\tf{number}\n" for number in range(each))
        tree = repo.git("mktree", stdin=lines.encode())
        entry = f"040000 tree {tree}"
        assert level < levels
    return tree


def commit(repo: Repo, tree: str, *parents: str) -> str:
    """Write a commit of a tree; return its hash."""
    options = [word for parent in parents for word in ("-p", parent)]
    return repo.git("commit-tree", tree, *options, "-m", "x")


def ask(repo: Repo, question: str, *commits: str) -> Cost:
    """Ask a repository something, apart; the answer is how much came back, or why nothing did."""

    def work() -> Answer:
        try:
            return {"count": len(getattr(Repository(repo.folder), question)(*commits))}
        except GitError as error:
            return {"refused": str(error)}

    return measure(work)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def test_a_commit_of_ten_million_files_is_refused_in_little_memory(repo: Repo) -> None:
    cost = ask(repo, "files", commit(repo, tree_of(repo, LEVELS)))
    assert "at most" in cost.answer["refused"] or "more than is read" in cost.answer["refused"]
    assert cost.peak_mib < 300
    assert cost.cpu_seconds < 10


def test_without_its_bound_such_a_commit_is_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(repo, tree_of(repo, 5))
    monkeypatch.setattr(git, "MAX_FILES", 1000)
    assert "refused" in ask(repo, "files", head).answer
    monkeypatch.setattr(git, "MAX_FILES", FILES)
    assert ask(repo, "files", head).answer == {"count": 10**5}


def test_a_change_of_ten_million_files_is_refused_in_little_memory(repo: Repo) -> None:
    """To list what differs, git itself holds all of it: its own memory is bounded too."""
    before = commit(repo, tree_of(repo, 1))
    after = commit(repo, tree_of(repo, LEVELS, b"y"), before)
    cost = ask(repo, "changes", before, after)
    assert "more than is read" in cost.answer["refused"]
    assert cost.peak_mib < 300


def test_without_its_bound_such_a_change_is_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    before = commit(repo, tree_of(repo, 1))
    after = commit(repo, tree_of(repo, 4, b"y"), before)
    monkeypatch.setattr(git, "MAX_CHANGES", 5000)
    assert "refused" in ask(repo, "changes", before, after).answer
    monkeypatch.setattr(git, "MAX_CHANGES", FILES)
    assert ask(repo, "changes", before, after).answer == {"count": 10**4 + 10}


def test_a_file_larger_than_what_is_read_at_once_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=bytes(1_000_000))
    repository = Repository(repo.folder)
    assert sum(len(content) for _blob, content in repository.blobs([blob])) == 1_000_000
    monkeypatch.setattr(Repository._bytes, "__kwdefaults__", {"stdin": b"", "most_bytes": 1000})
    assert repository.sizes([blob]) == {blob: 1_000_000}
    monkeypatch.setattr(git, "MAX_BLOB_BYTES", 1000)
    with pytest.raises(GitError, match="more than is read"):
        list(repository.blobs([blob]))


def test_many_last_common_commits_are_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two branches that merged each other's commits have as many merge bases as they like."""
    tree = tree_of(repo, 1)
    roots = [commit(repo, tree_of(repo, 1, bytes([number]))) for number in range(git.MAX_MERGE_BASES + 1)]
    one, other = commit(repo, tree, *roots), commit(repo, tree_of(repo, 1, b"z"), *roots)
    assert "last commits in common" in ask(repo, "merge_bases", one, other).answer["refused"]
    monkeypatch.setattr(git, "MAX_MERGE_BASES", 1000)
    assert ask(repo, "merge_bases", one, other).answer == {"count": len(roots)}


def test_complaints_of_git_are_kept_in_part(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(repo, tree_of(repo, 1))
    repository = Repository(repo.folder)
    monkeypatch.setattr(git, "MAX_ERROR_BYTES", 10)
    with pytest.raises(GitError, match=r"^git failed: .{1,10}$"):
        repository.changes(head, "f" * 40)


@pytest.mark.parametrize(
    "name", ["-rf", "$(touch a)", "a\nb", "\x1b[2J", "a;b", "--upload-pack=x", "HEAD:..", "@{-1}"]
)
def test_a_name_of_a_commit_is_nothing_but_a_name(repo: Repo, name: str) -> None:
    commit(repo, tree_of(repo, 1))
    assert Repository(repo.folder).commit(name) is None
    assert not (repo.folder / "a").exists()
