"""Ask GitHub's API through GitHub's own program `gh`, and read no more of an answer than is allowed."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.core.errors import UserError
from grader.core.i18n import _

PER_PAGE = 100
MAX_PAGES = 50
MAX_PAGE_BYTES = 64_000_000  # a page of comments of the greatest length, with room

R = TypeVar("R")


class Owner(msgspec.Struct, frozen=True):
    """Who has a repository, or wrote a comment."""

    login: str


class Repository(msgspec.Struct, frozen=True):
    """Where the run took place, or where a branch comes from."""

    id: int
    full_name: str
    owner: Owner
    default_branch: str = ""  # not given for all


class Run(msgspec.Struct, frozen=True):
    """A run of a workflow. GitHub names its pull requests for branches of the same repository only."""

    id: int
    event: str
    head_sha: str
    head_branch: str | None
    head_repository: Repository | None
    conclusion: str | None = None


class Branch(msgspec.Struct, frozen=True):
    """One side of a pull request. No repository: it was deleted."""

    sha: str
    ref: str
    repo: Repository | None = None


class PullRequest(msgspec.Struct, frozen=True):
    """A pull request. `changed_files`: only where it was asked for alone."""

    number: int
    state: str
    head: Branch
    base: Branch
    changed_files: int = 0


class FileChange(msgspec.Struct, frozen=True):
    """A file that a pull request changes; a renamed one also has the name that it had."""

    filename: str
    previous_filename: str = ""


class Comment(msgspec.Struct, frozen=True):
    """A comment of a pull request."""

    id: int
    user: Owner | None
    body: str | None = None


class Artifact(msgspec.Struct, frozen=True):
    """What a run left behind."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool


class Artifacts(msgspec.Struct, frozen=True):
    """One page of them."""

    artifacts: tuple[Artifact, ...]


class GitHubApi:
    """Talks to the API about one repository. Raises `UserError` where there is no answer that can be read."""

    def __init__(self, repository: str) -> None:
        self.base = f"repos/{repository}"

    def get(self, path: str, kind: type[R], **query: str) -> R:
        """Ask for one thing."""
        # -f: raw; -F would read files for values that begin with @.
        fields = [word for name, value in query.items() for word in ("-f", f"{name}={value}")]
        data = self.fetch(path, MAX_PAGE_BYTES, *fields)
        try:
            return msgspec.json.decode(data, type=kind)
        except msgspec.MsgspecError as error:
            raise UserError(
                _("GitHub's answer to {path} was not understood: {reason}", path=path, reason=str(error))
            ) from error

    def pages(self, path: str, kind: type[R], most_pages: int = MAX_PAGES, **query: str) -> list[R]:
        """Ask for a list, page by page."""
        results: list[R] = []
        for page in range(1, most_pages + 1):
            several: Any = tuple[kind, ...]  # type: ignore[valid-type]
            batch = self.get(path, several, per_page=str(PER_PAGE), page=str(page), **query)
            results += batch
            if len(batch) < PER_PAGE:
                break
        return results

    def fetch(self, path: str, most: int, *fields: str) -> bytes:
        """Return what comes back, of at most `most` bytes."""
        return _gh(path, most, "--method", "GET", f"{self.base}/{path}", *fields)

    def send(self, method: str, path: str, body: object) -> None:
        """Write something: the body travels in a file, where nothing reads it as a command."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "body.json"
            file.write_bytes(msgspec.json.encode(body))
            _gh(path, MAX_PAGE_BYTES, "--method", method, f"{self.base}/{path}", "--input", str(file))


def _gh(path: str, most: int, *arguments: str) -> bytes:
    program = shutil.which("gh")
    if program is None:
        raise UserError(_("GitHub's program gh is needed, and not there."))
    with tempfile.TemporaryFile() as errors:
        command = [program, "api", *arguments]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout is not None
            data = process.stdout.read(most + 1)
            if len(data) > most:
                process.kill()
                raise UserError(_("GitHub's answer to {path} is larger than {most} bytes.", path=path, most=most))
        if process.returncode:
            errors.seek(0)
            detail = errors.read(2000).decode("utf-8", "replace").strip()
            raise UserError(_("GitHub did not do what was asked of {path}: {said}", path=path, said=detail))
    return data
