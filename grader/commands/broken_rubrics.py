"""Say which rubrics of a course are broken, without importing NumPy or what an author has written.

Another process reads them, see `grader.rubric.find_broken`. That a rubric is right is remembered until it or the
grader changes, so that only the first `grader list` of a course waits for it.
"""

import contextlib
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.core.course import Course
from grader.core.i18n import Message, _
from grader.protocol.processes import start_module, worker_environment

SECONDS = 300.0  # of wall time, for all rubrics that are read together: as an examiner has for its start
_PACKAGE = Path(__file__).resolve().parent.parent


def find_broken_rubrics(course: Course) -> Iterator[Message]:
    """Yield what is wrong with each rubric of a course that nothing can be graded by, in one sentence."""
    if course.is_packed:  # the wheel's own, which nobody changes
        return
    marks = {name: _mark(course, name) for name in course.exercises()}
    unread = [name for name, mark in marks.items() if mark is None or not _exists(mark)]
    while unread:
        problems = _read_elsewhere(course, unread)
        for name, problem in problems.items():
            if problem is None:
                _remember(marks[name])
            else:
                yield problem
        unread = [name for name in unread if name not in problems]
        if unread:  # the first of them has ended the process, or went on without end
            yield _("The rubric of {exercise} does not come to its end while it is read.", exercise=unread.pop(0))


def _read_elsewhere(course: Course, names: list[str]) -> dict[str, Message | None]:
    """Return what is wrong with each rubric, or None; no entry for one that ends the process, and the next."""
    process = start_module(
        "grader.rubric.find_broken",
        str(course.folder),
        *names,
        env=worker_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        output = process.communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[0]
    except BaseException:  # Ctrl-C
        process.kill()
        raise
    found = {}
    for line in output.splitlines():
        with contextlib.suppress(msgspec.DecodeError):
            name, problem = msgspec.json.decode(line, type=tuple[str, Message | None])
            found[name] = problem
    return found


def _mark(course: Course, name: str) -> Path | None:
    """Return the file that is there when this rubric was found right by this version of the grader."""
    from platformdirs import user_cache_path

    digest = hashlib.sha256(f"{sys.version} {_PACKAGE}".encode())
    try:
        digest.update(course.rubric_hash(name).encode())
        stub = course.folder / "exercises" / name / "submission.py"
        digest.update(stub.read_bytes() if stub.is_file() else b"-")
        for file in sorted(_PACKAGE.rglob("*.py")):
            status = file.stat()
            digest.update(f"{file} {status.st_mtime_ns} {status.st_size}".encode())
    except OSError:
        return None
    return user_cache_path("keras-grader", appauthor=False, opinion=False) / "rubrics" / digest.hexdigest()


def _exists(mark: Path) -> bool:
    try:
        return mark.exists()
    except OSError:  # a cache that may not be looked into
        return False


def _remember(mark: Path | None) -> None:
    if mark is not None:
        with contextlib.suppress(OSError):  # a home that cannot be written to: it is read again the next time
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
