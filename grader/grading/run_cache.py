"""Stores the results of runs on disk, so that `grader validate` runs no solution or mutant of a rubric twice.

The key of a run is a hash of everything that it depends on: the plan with its arrays, the submission, the mode,
the installed packages and data sets, and the grader's own code behind the walls. It does not depend on how
evidence is judged. Only `grader validate` uses this: submissions of students are run each time.
"""

import contextlib
import hashlib
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import msgspec

from grader.core.atomic_files import replace_file
from grader.grading.code_hash import code_hash
from grader.grading.evidence_key import list_named_datasets
from grader.protocol.submission import Submission
from grader.sandbox.run import RunResult

MAX_BYTES = 2 << 30  # of all entries together


class _Entry(msgspec.Struct, frozen=True):
    """The content of a file: the run, and its key once more, so that a renamed file is not used."""

    key: str
    run: RunResult


class _Fingerprint(msgspec.Struct, frozen=True):
    """What a run depends on besides the plan."""

    submission: Submission | None
    mode: str
    python: str
    machine: str
    installed: tuple[str, ...]
    datasets: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class RunCache:
    """Stored runs, one file each. A run whose file is missing or cannot be read is made again."""

    folder: Path
    most_bytes: int = MAX_BYTES
    """Of all files together, after `remove_oldest`."""

    def get_or_run(
        self, parcel: bytes, submission: Submission | None, mode: str, execute: Callable[[], RunResult]
    ) -> RunResult:
        """Return the stored run of a plan, or execute it and store the run.

        A run that was stopped is not stored, because the next one may end differently.

        Args:
            parcel: the packed plan with its arrays.
            submission: what the plan is executed with; None for replays.
            mode: how it runs: the value of a `Mode`.
            execute: makes the run when none is stored.

        Raises:
            Exception: what `execute` raises.
        """
        key = _key(parcel, submission, mode)
        run = self._read(key)
        if run is None:
            run = execute()
            if not run.stops and run.import_stop is None:
                self._write(key, run)
        return run

    def remove_oldest(self) -> None:
        """Remove the runs that were not used for longest, until the others are no larger than `most_bytes`."""
        entries = []
        for path in self.folder.glob("*.run"):
            with contextlib.suppress(OSError):  # another process removes entries as well
                entries.append((path.stat().st_mtime, path.stat().st_size, path))
        size = 0
        for _, length, path in sorted(entries, reverse=True):
            size += length
            if size > self.most_bytes:
                path.unlink(missing_ok=True)

    def _read(self, key: str) -> RunResult | None:
        """Return a stored run and mark it as used; None where there is none that can be read."""
        path = self.folder / f"{key}.run"
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            entry = msgspec.msgpack.decode(path.read_bytes(), type=_Entry)
            if entry.key == key:
                os.utime(path)
                return entry.run
        return None

    def _write(self, key: str, run: RunResult) -> None:
        """Write an entry atomically. If it cannot be written, the run is only made again the next time."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(self.folder / f"{key}.run", msgspec.msgpack.encode(_Entry(key, run)), mode=0o600)


def cache_folder() -> Path:
    """Return the folder of this user's stored runs, inside the platform's cache folder."""
    from platformdirs import user_cache_path

    # Without author and "Cache" in the path, which Windows would have: earlier versions stored runs there too.
    return user_cache_path("keras-grader", appauthor=False, opinion=False) / "runs"


def _key(parcel: bytes, submission: Submission | None, mode: str) -> str:
    """Return the SHA-256, in hex, of all that a run depends on."""
    fingerprint = _Fingerprint(
        submission=submission,
        mode=mode,
        python=sys.version,
        machine=f"{platform.system()} {platform.machine()}",
        installed=_installed(),
        datasets=() if submission is None else tuple(list_named_datasets(submission)),
        code=code_hash(),
    )
    digest = hashlib.sha256(msgspec.msgpack.encode(fingerprint))
    digest.update(parcel)
    return digest.hexdigest()


@cache
def _installed() -> tuple[str, ...]:
    """Return name and version of every installed package, sorted."""
    return tuple(sorted(f"{d.metadata['Name']} {d.version}" for d in distributions()))
