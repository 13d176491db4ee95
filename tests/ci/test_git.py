"""What git is kept from in a clone that strangers write to, and what is said where it fails."""

import subprocess
from pathlib import Path

import pytest

from grader.ci.git import GitError, Repository
from tests.ci.answering import answered, refused
from tests.ci.repositories import Repo
from tests.helpers.two_functions import RIGHT

pytestmark = pytest.mark.usefixtures("nothing_is_run")


PROGRAMS = (
    "core.editor",
    "core.fsmonitor",
    "core.pager",
    "core.sshCommand",
    "diff.external",
    "diff.x.command",
    "diff.x.textconv",
    "filter.x.clean",
    "filter.x.smudge",
    "gpg.program",
)


def test_nothing_of_the_repositorys_settings_is_run(repo: Repo, tmp_path: Path) -> None:
    repo.committed({".gitattributes": "*.py diff=x filter=x\n", "homework/mine.py": RIGHT, "two/x.txt": "x"})
    marks, hooks = tmp_path / "marks", tmp_path / "hooks"
    marks.mkdir()
    hooks.mkdir()
    for name in PROGRAMS:
        repo.git("config", name, f"touch {marks}/{name} #")
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marks}/{name}\n")
        (hooks / name).chmod(0o755)
    repo.git("config", "core.hooksPath", str(hooks))
    answer = answered(repo)
    assert [note.path for note in answer.notes if note.severity == "error"] == ["homework/mine.py"]
    assert list(marks.iterdir()) == []
    repo.git("diff", "main")
    assert list(marks.iterdir()) != []  # an ordinary git runs them


def test_replaced_objects_and_the_callers_variables_change_nothing(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = repo.git("rev-parse", "main")
    head = repo.committed({"submission.py": RIGHT})
    repo.git("replace", head, main)
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true'")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    answer = answered(repo)
    assert answer.head == head
    assert [note.path for note in answer.notes] == ["submission.py"]


def test_a_folder_that_looks_like_a_repository_is_none(repo: Repo) -> None:
    fake = repo.folder / "two"
    subprocess.run(["git", "init", "--quiet", "--bare", str(fake)], check=True, capture_output=True)
    with pytest.raises(GitError):
        Repository(fake).commit("HEAD")


def test_a_repository_of_somebody_else_is_told_with_what_mends_it(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.ci import git

    # What git itself asks for in its own tests, to take every repository for somebody else's.
    monkeypatch.setattr(git, "_VARIABLES", git._VARIABLES | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert "safe.directory" in refused(answered(repo))


def test_git_that_takes_too_long_is_ended(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.ci import git

    monkeypatch.setattr(git, "SECONDS", 0.0)
    assert "took longer" in refused(answered(repo))


@pytest.mark.parametrize(("damage", "said"), [(b"", "lacks some of its contents"), (b"junk", "git failed")])
def test_a_damaged_repository_is_refused(repo: Repo, damage: bytes, said: str) -> None:
    tree = repo.git("rev-parse", "main^{tree}")
    repo.committed({"README.md": "x"})
    file = repo.folder / ".git" / "objects" / tree[:2] / tree[2:]
    file.unlink()
    if damage:
        file.write_bytes(damage)
    assert said in refused(answered(repo))
