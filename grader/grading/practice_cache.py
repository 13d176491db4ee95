"""Store the results of checks in the user's cache folder, so that an unchanged file is answered at once.

The key of an answer is a hash of everything that the verdict depends on: the submission, the exercise with its
rubric and its secret, the grader's own files, the installed packages, and the options. Only what one's own code is
checked with uses this (`grader check`, `check()` in notebooks): no mark is ever taken from it.
"""

import contextlib
import hashlib
import logging
import os
import platform
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from grader.core.atomic_files import replace_file
from grader.core.course import FILES_NOT_HASHED, Course
from grader.grading.code_hash import PACKAGE
from grader.grading.repeatable import reads_nothing_else
from grader.grading.results import Graded
from grader.grading.versions import versions
from grader.protocol.messages import Evidence
from grader.protocol.processes import worker_environment
from grader.protocol.submission import Submission
from grader.protocol.verdict import Exhibits, Status, Verdict, Versions

MAX_ANSWERS = 50  # files in the folder
MAX_ANSWER_BYTES = 64 << 20  # of one file
ENDING = ".answer"
_INSTALLED_ENDINGS = (".dist-info", ".egg-info", ".egg-link", ".pth")

_log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """The result of a check, as it is stored. `key`: once more, so that a renamed file is not used."""

    key: str
    checked_at: datetime
    verdict: Verdict
    exhibits: Exhibits

    def graded(self) -> Graded:
        """Return the answer as a check returns it: its evidence was not stored."""
        return Graded(self.verdict, self.exhibits, Evidence())


class _KeyContent(msgspec.Struct, frozen=True):
    """Everything that the verdict of a practice check depends on."""

    submission: Submission
    exercise: str
    course: str
    rubric: str
    course_files: str
    secret: str
    language: str
    only: tuple[str, ...]
    mode: str
    grader: str
    versions: Versions
    python: str
    machine: tuple[str, ...]
    installed: str
    environment: dict[str, str]


@dataclass(frozen=True)
class PracticeCache:
    """Stored answers, one file each. One whose file is missing or cannot be read is made again."""

    folder: Path

    def read(self, key: str) -> Answer | None:
        """Return the stored answer; None where there is none, or none that can be read."""
        path = self.folder / f"{key}{ENDING}"
        try:
            if path.stat().st_size > MAX_ANSWER_BYTES:
                return None
            answer = msgspec.msgpack.decode(path.read_bytes(), type=Answer)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, RecursionError):
            _log.info("a stored answer cannot be read", exc_info=True)
            return None
        if answer.key != key:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return answer

    def write(self, key: str, graded: Graded) -> None:
        """Store the result of a check. Where it cannot be written, the next check only takes longer."""
        answer = Answer(key, datetime.now(UTC), graded.verdict, graded.exhibits)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(self.folder / f"{key}{ENDING}", msgspec.msgpack.encode(answer), mode=0o600)
            self._remove_oldest()
        except OSError:
            _log.info("the answer cannot be stored", exc_info=True)

    def remove_of(self, hashes: Collection[str]) -> int:
        """Remove the answers about files of these hashes, and return how many there were."""
        count = 0
        for path in self.folder.glob(f"*{ENDING}") if hashes else ():
            answer = self.read(path.name.removesuffix(ENDING))
            if answer is not None and answer.verdict.submission.sha256 in hashes:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
                    count += 1
        return count

    def _remove_oldest(self) -> None:
        ages = []
        for path in self.folder.glob(f"*{ENDING}"):
            with contextlib.suppress(OSError):  # another process removes answers as well
                ages.append((path.stat().st_mtime, path))
        for _, path in sorted(ages, reverse=True)[MAX_ANSWERS:]:
            path.unlink(missing_ok=True)


def is_lasting(verdict: Verdict, evidence: Evidence) -> bool:
    """Return whether a check would have the same result again: it decided everything, and nothing was stopped."""
    statuses = {verdict.status, *(criterion.status for criterion in verdict.criteria)}
    is_fault = any(notice.id in {"grader-fault", "not-judged"} for notice in verdict.notices)
    return not (Status.NOT_GRADED in statuses or is_fault or evidence.stops or evidence.import_stop)


def find_key(
    course: Course,
    exercise: str,
    submission: Submission,
    language: str,
    only: tuple[str, ...],
    mode: str,
    course_hash: str,
) -> str | None:
    """Return the key of a check: a SHA-256 in hex; None where the submission may read what is not in the key.

    Args:
        course: that is checked against.
        exercise: its name in the course.
        submission: what is checked.
        language: of the verdict.
        only: names of criteria and functions.
        mode: how it runs: the value of a `Mode`.
        course_hash: `hash_course` of the files that the exercise was read from.

    Raises:
        OSError: the course cannot be read.
    """
    if not reads_nothing_else(submission):
        return None
    content = _KeyContent(
        submission=submission,
        exercise=exercise,
        course=str(course.folder.resolve()),
        rubric=course.rubric_hash(exercise),
        course_files=course_hash,
        secret=hashlib.sha256(b"practice cache\0" + course.secret).hexdigest(),
        language=language,
        only=only,
        mode=mode,
        grader=_hash_grader(),
        versions=versions(),
        python=f"{sys.version} {sys.executable}",
        machine=(platform.system(), platform.machine(), platform.release()),
        installed=_hash_states(_list_installed()),
        environment=worker_environment(),
    )
    return hashlib.sha256(msgspec.msgpack.encode(content)).hexdigest()


def hash_course(course: Course) -> str:
    """Return a SHA-256, in hex, that changes with the files of all exercises. Raises `OSError`."""
    return _hash_states(_list_course_files(course))


def _list_course_files(course: Course) -> Iterator[Path]:
    """Yield the files of all exercises: a rubric may use what lies beside another one. Stubs are the students'."""
    for path in (course.folder / "exercises").rglob("*"):
        if path.name not in FILES_NOT_HASHED and "__pycache__" not in path.parts and path.is_file():
            yield path


def _list_installed() -> Iterator[Path]:
    """Yield what tells which packages are installed, in which versions and since when."""
    for folder in map(Path, sys.path):
        with contextlib.suppress(OSError):
            yield from (path for path in folder.iterdir() if path.name.endswith(_INSTALLED_ENDINGS))


def _hash_states(paths: Iterator[Path]) -> str:
    """Return a SHA-256, in hex, of names, sizes and times of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        with contextlib.suppress(OSError):  # it was removed meanwhile
            status = path.stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def describe_context(exercise: str, course_hash: str) -> str:
    """Return a hash of what evidence depends on besides the submission: exercise, course files, packages."""
    return hashlib.sha256(f"{exercise}\0{course_hash}\0{_hash_states(_list_installed())}".encode()).hexdigest()


@cache
def _hash_grader() -> str:
    """Return the SHA-256, in hex, of the grader's modules and translations: of all that decides and words."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".mo"} and "_course" not in path.parts:
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def answers_folder() -> Path:
    """Return the folder of this user's stored answers, inside the platform's cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("keras-grader", appauthor=False, opinion=False) / "answers"
