"""Real git repositories with changes in them, made in a temporary folder."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from grader.ci.base_course import find_exercises
from grader.ci.changed_submissions import ChangeContext, ChangedSubmissions, find_submissions
from grader.ci.comparison import find_changes, find_comparison
from grader.ci.environment import ClaimedChange
from grader.ci.git import Repository
from tests.helpers.two_functions import RIGHT, RUBRIC

EASY_RUBRIC = "\n".join(line for line in RUBRIC.splitlines() if 'Criterion("scale"' not in line)
WRONG_SCALE = RIGHT.replace("x / 16", "x / 4")
STUB = """def one_hot(y):
    raise NotImplementedError


def scale(x):
    raise NotImplementedError
"""

_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Repo:
    """A repository that a test may do anything to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git as a person would."""
        return run_git(self.folder, *arguments, stdin=stdin)

    def write(self, path: str | bytes, text: str | bytes = RIGHT) -> None:
        """Write a file of the work tree."""
        target = self.folder / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str = "change") -> str:
        """Commit the work tree as it is, and return the hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def committed(self, files: Mapping[str, str | bytes]) -> str:
        """Write files and commit them."""
        for path, text in files.items():
            self.write(path, text)
        return self.commit()

    def head(self) -> str:
        """Return the hash of HEAD."""
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Begin a branch."""
        self.git("checkout", "--quiet", "-b", name, start)

    def switch(self, name: str) -> None:
        """Check something out."""
        self.git("checkout", "--quiet", name)

    def merge(self, name: str) -> str:
        """Merge something into what is checked out."""
        self.git("merge", "--quiet", "--no-ff", "--no-edit", name)
        return self.head()

    def clone(self, folder: Path, *options: str) -> "Repo":
        """Clone it over file://, as over a network."""
        run_git(self.folder, "clone", "--quiet", *options, f"file://{self.folder}", str(folder))
        return Repo(folder)


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git without anybody's settings."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | _ENVIRONMENT,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="surrogateescape").strip()


def course_files(*exercises: str) -> dict[str, str | bytes]:
    """Return the files of a course: each exercise asks for the same two functions."""
    files: dict[str, str | bytes] = {"README.md": "A course.\n"}
    for name in exercises:
        files |= {f"exercises/{name}/rubric.py": RUBRIC, f"exercises/{name}/submission.py": STUB}
    return files


def with_course(folder: Path, *exercises: str) -> Repo:
    """Return a repository with a course on main, and a branch `work` begun from it."""
    repo = Repo(folder)
    repo.committed(course_files(*(exercises or ("two", "other"))))
    repo.branch("work")
    return repo


def found(repo: Repo, base: str = "main", claim: ClaimedChange | None = None) -> ChangedSubmissions:
    """Return what the change from `base` to HEAD touches."""
    repository = Repository(repo.folder)
    comparison = find_comparison(repository, claim or ClaimedChange(base, base))
    files, after = repository.files(comparison.course), repository.files(comparison.head)
    sides = ChangeContext(find_exercises(files), repository.files(comparison.parted[0]).get, after.get)
    return find_submissions(find_changes(repository, comparison), sides)


def paths(find_submissions: ChangedSubmissions) -> dict[str, str]:
    """Return the submissions with their exercises."""
    return {candidate.path: candidate.exercise for candidate in find_submissions.submissions}


def said(find_submissions: ChangedSubmissions) -> list[tuple[str, str, str]]:
    """Return the remarks: weight, path, and the beginning of the sentence."""
    return [(r.severity, r.path, r.text.msgid) for r in find_submissions.remarks]
