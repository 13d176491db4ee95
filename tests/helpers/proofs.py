"""Knows which long proofs were made with exactly the files, packages and Python that are here.

Grading the same program with the same grader gives the same verdict, so a proof that was made need not be made
again. `proven.json` has a digest of all that each proof depends on. Where it is another one or missing, the whole
proof is made; else a small fixed part of it, which shows that this machine does as the one of the record did.
`make proven` makes the proofs that are missing and writes the record. See decision 56.
"""

import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from grader.core.atomic_files import replace_file
from grader.core.course_secret import VARIABLE
from tests.helpers.paths import ROOT

RECORD = Path(__file__).with_name("proven.json")
NOTES = "GRADER_TESTS_NOTE_PROOFS"  # names the folder that proofs are noted in while `make proven` runs

RUN = ("grader/core", "grader/protocol", "grader/sandbox")
"""What a run behind the walls depends on."""
VERDICT = (
    *RUN,
    *("grader/__init__.py", "grader/authoring/validation", "grader/evidence", "grader/examiner"),
    *("grader/grading", "grader/rubric", "grader/submission"),
)
"""What a verdict depends on: not how it is shown, nor who asks for it."""
_HELPERS = ("tests/helpers/proofs.py", "tests/helpers/shared_worker.py", "tests/helpers/forked_processes.py")
_TRANSLATIONS = "grader/core/locale/"  # not read where verdicts are compared in English, which is in the code
GERMAN = f"{_TRANSLATIONS}de/LC_MESSAGES/grader.mo"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


@dataclass(frozen=True)
class Proof:
    """A proof that tests make, and all that its outcome depends on."""

    name: str
    """Its name in the record."""
    inputs: tuple[str, ...]
    """Files and folders below `root`, of which all that lies in them counts."""
    extra: str = ""
    """What it depends on besides, such as its entry in a list."""
    root: Path = ROOT

    def digest(self) -> str:
        """Return the SHA-256, in hex, of everything that the proof depends on."""
        digest = hashlib.sha256(msgspec.json.encode([self.name, self.extra, describe_platform()]))
        for place in sorted({*self.inputs, *_HELPERS}):
            digest.update(_hash_place(self.root, place))
        return digest.hexdigest()

    def is_made(self) -> bool:
        """Return whether the record says that it was made with what is here."""
        is_made = read_record().get(self.name) == self.digest()
        if is_made:
            self.note()
        return is_made

    def note(self) -> None:
        """Say that the whole proof is made, now or before; only `make proven` listens."""
        folder = os.environ.get(NOTES)
        if folder is None:
            return
        before = self.digest()
        _hash_place.cache_clear()
        assert self.digest() == before, "files were changed while the proof was made"
        name = hashlib.sha256(self.name.encode()).hexdigest()
        replace_file(Path(folder) / f"{name}.json", msgspec.json.encode({self.name: before}))


def read_record(file: Path = RECORD) -> dict[str, str]:
    """Read the digest of each proof that was made, by its name. What cannot be read says of none that it was."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}


@cache
def describe_platform() -> tuple[str, ...]:
    """Return what verdicts depend on besides files: Python, the machine, the secret of the tests, and packages.

    The packages are those of the lock file for whoever uses the grader, in the versions that are installed.
    """
    names = sorted(set(_PINNED.findall((ROOT / "requirements.lock").read_text("utf-8"))))
    python = ".".join(map(str, sys.version_info[:2]))
    machine = f"{platform.python_implementation()} {platform.system()} {platform.machine()}"
    return (python, machine, os.environ.get(VARIABLE, ""), *(f"{name} {_find_version(name)}" for name in names))


def _find_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # of another platform
        return ""


def find_files(root: Path, place: str) -> Iterator[str]:
    """Yield the files that count in a file or folder, sorted.

    Not what Python or an editor leaves beside them; translations only if they are named themselves.
    """
    start = root / place
    paths = [start] if start.is_file() else [path for path in start.rglob("*") if path.is_file()]
    for name in sorted(path.relative_to(root).as_posix() for path in paths):
        parts = name.split("/")
        is_left_over = "__pycache__" in parts or any(part.startswith(".") for part in parts)
        if not is_left_over and (name == place or not name.startswith(_TRANSLATIONS)):
            yield name


@cache
def _hash_place(root: Path, place: str) -> bytes:
    """Hash the names and contents of the files in a file or folder, each by itself: none runs into the next."""
    digest = hashlib.sha256(place.encode())
    for name in find_files(root, place):
        content = hashlib.sha256((root / name).read_bytes()).hexdigest()
        digest.update(f"{name}\0{content}\n".encode())
    return digest.digest()
