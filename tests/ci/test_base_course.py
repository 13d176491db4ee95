"""The course as it is in a commit: what of it gets into the folder that rubrics are imported from."""

from pathlib import Path

import pytest

from grader.ci import base_course as courses
from grader.ci.base_course import find_exercises, unpack_course
from grader.ci.git import FILE, LINK, SUBMODULE, GitError, Repository, TreeEntry
from grader.core.i18n import Translator
from tests.ci.repositories import Repo, with_course
from tests.helpers.two_functions import RUBRIC

EN = Translator("en")


def tree(repo: Repo, *entries: tuple[str, bytes, str]) -> str:
    """Write a tree object as no git would, and return its hash."""
    data = b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(object_) for mode, name, object_ in entries)
    return repo.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=data)


def test_the_files_of_the_course_are_written_as_they_are(tmp_path: Path) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repo.committed({"exercises/two/data/x.bin": b"\r\n\0\xff", "exercises/two/k\xe4se.txt": "", "two/a.py": "x"})
    repository = Repository(repo.folder)
    course = unpack_course(repository, repository.files(repo.head()), tmp_path / "course")
    assert course.exercises() == ("two",)
    assert course.rubric_file("two").read_text() == RUBRIC
    assert (course.folder / "exercises/two/data/x.bin").read_bytes() == b"\r\n\0\xff"
    assert {path.name for path in course.folder.iterdir()} == {"exercises"}


def test_nothing_leads_out_of_the_folder_and_nothing_is_believed_that_was_compiled(tmp_path: Path) -> None:
    repo = with_course(tmp_path / "repo", "two")
    blob = repo.git("rev-parse", "HEAD:exercises/two/rubric.py")
    evil = tree(repo, ("100644", b"evil.py", blob))
    two = tree(
        repo,
        ("40000", b"..", evil),
        ("40000", b".", evil),
        ("40000", b"__pycache__", evil),
        ("100644", b"C:x", blob),
        ("100644", b"a\\b", blob),
        ("120000", b"link", blob),
        ("100644", b"rubric.py", blob),
        ("160000", b"sub", repo.head()),
    )
    top = tree(repo, ("40000", b"exercises", tree(repo, ("40000", b"..", evil), ("40000", b"two", two))))
    commit = repo.git("commit-tree", top, "-m", "evil")
    repository = Repository(repo.folder)
    files = repository.files(commit)
    assert "exercises/two/../evil.py" in files
    unpack_course(repository, files, tmp_path / "course")
    written = {path.relative_to(tmp_path / "course").as_posix() for path in (tmp_path / "course").rglob("*")}
    assert written == {"exercises", "exercises/two", "exercises/two/rubric.py"}
    assert not list(tmp_path.rglob("evil.py"))


@pytest.mark.parametrize(("name", "value"), [("MAX_FILES", 1), ("MAX_BYTES", 100)])
def test_a_course_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    repo = with_course(tmp_path / "repo", "two")
    repository = Repository(repo.folder)
    monkeypatch.setattr(courses, name, value)
    with pytest.raises(GitError) as caught:
        unpack_course(repository, repository.files(repo.head()), tmp_path / "course")
    assert "holds 2 files" in EN(caught.value.text)
    assert not (tmp_path / "course").exists()


@pytest.mark.parametrize(
    "path",
    [
        "exercises/rubric.py",
        "exercises/two/more/rubric.py",
        "elsewhere/two/rubric.py",
        "exercises/../rubric.py",
        "exercises/__pycache__/rubric.py",
        "exercises/a\nb/rubric.py",
        "exercises/\udcff/rubric.py",
        "exercises/a:b/rubric.py",
        "exercises/two/rubric.txt",
    ],
)
def test_only_a_rubric_in_a_folder_with_a_plain_name_makes_an_exercise(path: str) -> None:
    assert find_exercises({"exercises/two/rubric.py": TreeEntry(FILE, "a"), path: TreeEntry(FILE, "a")}) == {"two"}


@pytest.mark.parametrize("mode", [LINK, SUBMODULE])
def test_a_link_is_no_rubric(mode: str) -> None:
    assert find_exercises({"exercises/two/rubric.py": TreeEntry(mode, "a")}) == frozenset()
