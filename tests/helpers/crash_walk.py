"""Grades a small class again and again while one step of it fails: a crash of the command, a disk, or the clock.

`python -m tests.helpers.crash_walk FOLDER EVERY` tries each `EVERY`th step and prints what came of it, as JSON. A
step is whatever changes the disk: a file that is opened for writing, renamed or removed, a folder, each statement
and commit of the database. After each, the same command runs once more without a fault. The results are made up,
so that no process has to be started: each verdict carries the hash of the submission that it is about.
"""

import contextlib
import errno
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy

from grader import __version__
from grader.classroom.folder import open_folder, open_store, prepare_folder
from grader.classroom.store import store as store_module
from grader.commands.classroom_session import grade_class
from grader.core.course import Course
from grader.core.errors import InternalError, UserError
from grader.core.i18n import Translator
from grader.grading.results import Graded, Job, JobResult
from grader.protocol.messages import Evidence, Question, RunPlan
from grader.protocol.verdict import Exhibits, SubmissionInfo, WallState
from tests.classroom.store import made
from tests.helpers.class_fixtures import STUB, settings
from tests.helpers.store_tables import history
from tests.helpers.two_functions import RUBRIC

CRASH, FULL, READ_ONLY, BROKEN = 0, errno.ENOSPC, errno.EROFS, errno.EIO
POINTS = {"anna": 3.0, "ben": 2.0, "carla": 1.0}  # and one that cannot be read
EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"}


@dataclass
class Fault:
    """What happens at one step. With `step` None, the steps are only counted."""

    step: int | None
    kind: int
    count: int = 0
    names: list[str] = field(default_factory=list)

    def pass_step(self, name: str, fail: Callable[[int], Exception]) -> None:
        """Count a step; end this process or raise what `fail` makes where it is the one that fails."""
        self.count += 1
        self.names.append(name)
        # A full disk stays full; a broken sector is one.
        is_due = self.step is not None and (
            self.count == self.step or (self.count > self.step and self.kind in (FULL, READ_ONLY))
        )
        if is_due and self.kind == CRASH:
            os._exit(9)
        if is_due:
            raise fail(self.kind)

    def install(self, folder: Path) -> None:
        """Watch every change below a folder, from now on."""

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            path = str(arguments[0]) if arguments else ""
            is_write = event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
            if (event in EVENTS or is_write) and f"{path}/".startswith(f"{folder}/"):
                self.pass_step(f"{event} {Path(path).name}", lambda code: _file_error(event, code, path))

        def execute(_c: object, _cursor: object, statement: str, *_: object) -> None:
            self.pass_step(statement.split("(", maxsplit=1)[0][:40], _database_error)

        sys.addaudithook(audit)
        sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", execute)
        sqlalchemy.event.listen(sqlalchemy.Engine, "commit", lambda _: self.pass_step("commit", _database_error))


def _file_error(event: str, code: int, path: str) -> Exception:
    if event == "sqlite3.connect":
        return sqlite3.OperationalError("unable to open database file")
    return OSError(code, os.strerror(code), path)


def _database_error(code: int) -> Exception:
    text = {FULL: "database or disk is full", READ_ONLY: "attempt to write a readonly database"}
    return sqlalchemy.exc.OperationalError("", {}, sqlite3.OperationalError(text.get(code, "disk I/O error")))


class MadeUpPool:
    """Gives each job the result that belongs to its submission, and notes that it was graded."""

    size = 1

    def __init__(self, course: Course, log: int) -> None:
        self.rubric, self.log = course.rubric_hash("two"), log

    def __enter__(self) -> "MadeUpPool":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def examiner(self) -> "MadeUpPool":
        return self

    def plan(self, _question: Question) -> RunPlan:
        return RunPlan(b"a plan", (0,))

    def walls(self) -> tuple[WallState, ...]:
        return ()

    def grade_all(self, jobs: Iterable[Job], started: Callable[[Job], None]) -> Iterator[JobResult]:
        for job in jobs:
            started(job)
            source = job.submission.units[0].source
            if job.prior is None:
                os.write(self.log, source.partition("\n")[0].encode() + b"\n")
            verdict = msgspec.structs.replace(
                made.verdict(points_of(source)),
                exercise="two",
                language="en",
                submission=SubmissionInfo(name="submission.py", sha256=job.submission.sha256),
                versions=msgspec.structs.replace(made.VERSIONS, grader=__version__, rubric=self.rubric),
            )
            yield JobResult(job.id, Graded(verdict, Exhibits(), Evidence(bodies={"source": source.encode()})))


def points_of(source: str) -> float:
    """Return the points that a made-up submission gets: its first line names its author."""
    return POINTS[source.partition("\n")[0].removeprefix("# ")]


@dataclass(frozen=True)
class MadeUpOptions:
    """How the class is graded: by a made-up pool."""

    course: Course
    log: int
    despite_missing_walls: bool = False

    def make_pool(self, _mode: str) -> MadeUpPool:
        return MadeUpPool(self.course, self.log)

    def require_isolation(self, _pool: MadeUpPool) -> None:
        pass


def write_class(folder: Path) -> Course:
    """Write a course and what a class handed in."""
    exercise = folder / "course" / "exercises" / "two"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(RUBRIC)
    (exercise / "submission.py").write_text(STUB)
    (folder / "class").mkdir()
    for name in POINTS:
        (folder / "class" / f"{name}.py").write_text(f"# {name}\ndef one_hot(y):\n    return y\n")
    (folder / "class" / "empty.py").write_text("")
    return Course(folder / "course")


def grade(course: Course, folder: Path, out: Path) -> str:
    """Grade the class once; return the error that ended it, as people would get it, or ""."""
    log = os.open(out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        class_folder = prepare_folder(out, settings(course))
        options = MadeUpOptions(course, log)
        grade_class(class_folder, folder / "class", None, options, Translator("en"))  # type: ignore[arg-type]
    except (UserError, InternalError) as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - `main` of the command would say that it is the grader's fault
        return f"unexpected {type(error).__name__}: {error}"
    finally:
        os.close(log)
    return ""


def read_state(course: Course, out: Path) -> dict[str, Any]:
    """Return the marks of a class, and which submissions its verdicts are about."""
    folder = open_folder(out)
    with open_store(folder) as store:
        rows = {row.entry.student: row for row in store.newest_hand_ins("two")}
        past = {name: history(store, "two", name) for name in rows}
    return {
        "marks": {name: row.entry.points for name, row in rows.items()},
        "verdicts": {name: len(verdicts) for name, verdicts in past.items()},
        "mixed up": [
            name
            for name, verdicts in past.items()
            for verdict in verdicts
            if verdict.verdict is None or verdict.verdict.submission.sha256 != verdict.sha256
        ],
        "reports": sorted(file.stem for file in (out / "reports").glob("*.html")),
        "left": sorted(str(path) for path in out.rglob(".new-*")),
    }


def in_fork(work: Callable[[], Any]) -> Any:
    """Return what `work` returns in a forked process, as JSON; None where that process ended before."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with contextlib.suppress(BaseException):
            os.write(writer, json.dumps(work()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else None


def try_fault(course: Course, folder: Path, out: Path, step: int | None, kind: int) -> dict[str, Any]:
    """Grade the class with a fault at a step, then without; return what was there in between and at the end."""
    fault = Fault(step, kind)

    def faulty() -> tuple[str, list[str]]:
        fault.install(out)
        return grade(course, folder, out), fault.names

    def repeated() -> dict[str, Any]:
        log = out.with_suffix(".log")
        has_store = (out / "batch.json").exists() and (out / "store.sqlite3").exists()
        between = read_state(course, out) if has_store else {}
        graded_first = log.read_text().split("\n")[:-1] if log.exists() else []
        error = grade(course, folder, out)
        graded = [line.removeprefix("# ") for line in log.read_text().split("\n")[:-1]]
        then = {"between": between, "error": error, "graded": graded, "first": len(graded_first)}
        return then | read_state(course, out)

    answer = in_fork(faulty)
    error, names = answer if answer is not None else ("", [])
    return {"step": step, "kind": kind, "names": names, "first error": error, "then": in_fork(repeated)}


def clock_back(course: Course, folder: Path, out: Path) -> dict[str, Any]:
    """Grade the class twice, the second time with new files, while the clock goes backwards."""

    def graded() -> dict[str, Any]:
        times = iter(datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=n) for n in range(10_000))
        store_module._now = lambda: next(times)
        errors = [grade(course, folder, out)]
        ben = folder / "class" / "ben.py"
        before = ben.read_text()
        ben.write_text(before.replace("# ben", "# anna") + "# again\n")
        errors.append(grade(course, folder, out))
        ben.write_text(before)
        return {"errors": errors} | read_state(course, out)

    return dict(in_fork(graded))


def main(place: str, every: str) -> None:
    """Walk through the steps and print all findings."""
    folder = Path(place)
    course = write_class(folder)
    with contextlib.redirect_stdout(None):
        grade(course, folder, folder / "warm")  # whatever is imported or compiled once
    counted = try_fault(course, folder, folder / "counted", None, CRASH)
    steps = range(1, len(counted["names"]) + 1, int(every))
    results = [
        try_fault(course, folder, folder / f"out-{step}-{kind}", step, kind)
        for number, step in enumerate(steps)
        for kind in (CRASH, (FULL, READ_ONLY, BROKEN)[number % 3])
    ]
    clock = clock_back(course, folder, folder / "clock")
    json.dump({"steps": counted["names"], "results": results, "clock": clock}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
