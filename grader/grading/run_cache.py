"""Runs that were made before, on disk: what a rubric and its mutants left behind the walls is not computed twice.

A run is known by everything that it depends on: the plan with its arrays, the submission, how it ran, what is
installed, and the grader's own code inside the walls. Judgements are not among these. Used by `grader validate`
alone: what students hand in is run each time.
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
from grader.protocol.submission import Submission
from grader.sandbox.run import RunResult

MAX_BYTES = 2 << 30  # of all entries together


class _Entry(msgspec.Struct, frozen=True):
    key: str
    run: RunResult


class _Fingerprint(msgspec.Struct, frozen=True):
    """What a run depends on besides the plan."""

    submission: Submission | None
    mode: str
    python: str
    machine: str
    installed: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class RunCache:
    """Runs by their key, in a folder. Whatever is wrong with an entry, the run is made anew."""

    folder: Path
    most_bytes: int = MAX_BYTES

    def through(
        self, parcel: bytes, submission: Submission | None, mode: str, make: Callable[[], RunResult]
    ) -> RunResult:
        """Return the run of a plan: the one that is kept, or the one that `make` makes, which is then kept.

        Only a run that came to its end is kept: one that was stopped may go otherwise the next time.
        """
        key = _key(parcel, submission, mode)
        run = self._read(key)
        if run is None:
            run = make()
            if not run.stops and run.import_stop is None:
                self._write(key, run)
        return run

    def tidy(self) -> None:
        """Remove those entries that have not been used for longest, until the others fit."""
        entries = []
        for path in self.folder.glob("*.run"):
            with contextlib.suppress(OSError):  # another process tidies as well
                entries.append((path.stat().st_mtime, path.stat().st_size, path))
        size = 0
        for _, length, path in sorted(entries, reverse=True):
            size += length
            if size > self.most_bytes:
                path.unlink(missing_ok=True)

    def _read(self, key: str) -> RunResult | None:
        path = self.folder / f"{key}.run"
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            entry = msgspec.msgpack.decode(path.read_bytes(), type=_Entry)
            if entry.key == key:
                os.utime(path)
                return entry.run
        return None

    def _write(self, key: str, run: RunResult) -> None:
        """Write an entry in one piece. A disk that is full is no reason not to go on."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(self.folder / f"{key}.run", msgspec.msgpack.encode(_Entry(key, run)), mode=0o600)


def cache_folder() -> Path:
    """Return where this user's runs are kept: the platform's folder for what can be made again."""
    from platformdirs import user_cache_path

    # Without author and "Cache" in the path, which Windows would have: earlier versions kept runs there too.
    return user_cache_path("keras-grader", appauthor=False, opinion=False) / "runs"


def _key(parcel: bytes, submission: Submission | None, mode: str) -> str:
    fingerprint = _Fingerprint(
        submission=submission,
        mode=mode,
        python=sys.version,
        machine=f"{platform.system()} {platform.machine()}",
        installed=_installed(),
        code=code_hash(),
    )
    digest = hashlib.sha256(msgspec.msgpack.encode(fingerprint))
    digest.update(parcel)
    return digest.hexdigest()


@cache
def _installed() -> tuple[str, ...]:
    return tuple(sorted(f"{d.metadata['Name']} {d.version}" for d in distributions()))
