"""Throughput of `grader batch` against nbgrader, and against fresh pytest processes, reports included.

All grade the same twelve networks, trained for 30 epochs on scikit-learn's digits, with the same four checks:
output units, softmax, loss, accuracy of at least 0.93 on held-out rows. Ours is a whole `grader batch` from its
start to its end, with a report for each submission and the dashboard; nbgrader's is `autograde`, with and without
`generate_feedback`; pytest's is a fresh process for each submission, one at a time and two at a time, with a JUnit
file. nbgrader and pytest live in an environment of their own, which is made at the first time (`others.txt`).
Ratios are only printed when all ways give the same marks, criterion by criterion.

Threads: `grader batch` gives each submission one thread, and grades as many submissions at once as there are
processors. Each of the others is tried on two submissions first, with TensorFlow's own choice of threads and with
one thread, and then goes with what was faster. Nothing of these first runs is counted, nor of one of ours.

Where our processor time goes:

- own code: what importing the submission, `build_model()` and `train()` took, as its process measured it;
- libraries: what it takes to import what the warm worker imports, once for all submissions, measured apart;
- in the runs: what the processes of the submissions and of the replays used besides their own code;
- around them: all else that the command used: judging, storing, reports, the dashboard, trying the walls.

    python -m tests.benchmarks.batch_against_others [TURNS]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.classroom.store import HandInRow, Store
from grader.core.course import Course
from grader.protocol.evidence import ImportEvidence, StepEvidence
from grader.protocol.parcels import unpack_record
from grader.protocol.plan import Call
from grader.protocol.processes import worker_environment
from grader.rubric.loader import load_rubric
from tests.benchmarks.handed_in import HandedIn, handed_in
from tests.benchmarks.others import Environment, Nbgrader, Pytest
from tests.helpers.paths import ROOT
from tests.helpers.store_tables import exercises

EXERCISE = "digits30"

COURSE = Course(Path(__file__).parent / "course")
WITH_REPORTS = "nbgrader autograde and generate_feedback"
TRIED = 2  # submissions on which the choice of threads is tried
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
THREADS = {"TensorFlow's own choice of threads": {}, "one thread": ONE_THREAD}


class Way(Protocol):
    """A way of grading."""

    def prepare(self, submissions: Sequence[HandedIn]) -> None:
        """Lay the submissions out as this way wants them."""

    def grade(self) -> None:
        """Grade them all, and write what belongs to grading."""

    def marks(self) -> dict[str, float]:
        """Return the points of each student."""


@dataclass(frozen=True)
class Time:
    """What something took, children included."""

    seconds: float
    cpu_seconds: float


def timed(work: Callable[[], None]) -> Time:
    """Do something in child processes and return the time that it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Batch:
    """`grader batch`, on a folder with a file for each student."""

    def __init__(self, folder: Path) -> None:
        self.submissions, self.out = folder / "submissions", folder / "out"

    def prepare(self, submissions: Sequence[HandedIn]) -> None:
        """Write the files."""
        self.submissions.mkdir(parents=True)
        for submission in submissions:
            (self.submissions / f"{submission.student}.py").write_text(submission.source)

    def grade(self) -> None:
        """Run the command, as a teacher would."""
        command = [sys.executable, "-m", "grader", "batch", EXERCISE, str(self.submissions)]
        command += ["--course", str(COURSE.folder), "--out", str(self.out)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def marks(self) -> dict[str, float]:
        """Return the points of each student, once all pages are found to be there."""
        with Store.open(self.out) as store:
            entries = [stored.entry for stored in self._stored(store)]
        reports = len(list((self.out / "reports").glob("*.html")))
        if reports != len(entries) or not (self.out / "index.html").is_file():
            raise RuntimeError(
                f"{self.out}: a dashboard and {len(entries)} reports expected; {reports} reports found"
            )
        return {entry.student: entry.points or 0.0 for entry in entries}

    def cpu_seconds(self) -> tuple[float, float]:
        """Return the processor time of the submissions' own code, and that of their runs, own code included."""
        rubric = load_rubric(COURSE, EXERCISE)
        calls = {step.id for step in rubric.steps(rubric.seeds).values() if isinstance(step, Call)}
        own = runs = 0.0
        with Store.open(self.out) as store:
            for stored in self._stored(store):
                kept = store.find_evidence(stored.key or "")
                if kept is None or stored.entry.verdict is None:
                    raise RuntimeError(f"{stored.entry.student}: no evidence")
                runs += stored.entry.verdict.resources.cpu_seconds
                own += unpack_record(kept.evidence.imported, ImportEvidence).cpu_seconds
                bodies = [body for step, body in kept.evidence.bodies.items() if step in calls]
                own += sum(unpack_record(body, StepEvidence).cpu_seconds for body in bodies)
        return own, runs

    def _stored(self, store: Store) -> list[HandInRow]:
        return [stored for exercise in exercises(store) for stored in store.newest_hand_ins(exercise)]


def import_libraries() -> None:
    """Import what the warm worker imports, in a process of its own."""
    work = "import importlib; from grader.sandbox.worker import WARM_MODULES; "
    work += "[importlib.import_module(name) for name in WARM_MODULES]"
    command = [sys.executable, "-c", work]
    subprocess.run(command, cwd=ROOT, check=True, env=worker_environment(), stderr=subprocess.DEVNULL)


@dataclass
class Other:
    """One of the other ways. `make` takes a folder and settings of threads."""

    name: str
    make: Callable[[Path, dict[str, str]], Way]
    threads: str = ""

    def choose(self, folder: Path) -> None:
        """Try both settings of threads, and keep the faster one."""
        seconds = {}
        for number, (name, threads) in enumerate(THREADS.items()):
            way = self.make(folder / str(number), threads)
            way.prepare(handed_in()[:TRIED])
            seconds[name] = timed(way.grade).seconds
        self.threads = min(seconds, key=lambda name: seconds[name])
        tried = ", ".join(f"{name} {each / TRIED:.1f} s" for name, each in seconds.items())
        print(f"{self.name}, each of {TRIED} submissions: {tried}", flush=True)


def others(environment: Environment) -> tuple[Other, ...]:
    """Return the ways that ours is compared with."""
    return (
        Other("nbgrader autograde", lambda folder, threads: Nbgrader(environment, folder, threads)),
        Other("pytest, one at a time", lambda folder, threads: Pytest(environment, folder, threads, 1)),
        Other("pytest, two at a time", lambda folder, threads: Pytest(environment, folder, threads, 2)),
    )


def require_marks(name: str, received: Mapping[str, float], submissions: Sequence[HandedIn]) -> None:
    """End the benchmark when a way gives other marks than the submissions have to get."""
    wanted = {submission.student: submission.points for submission in submissions}
    if other := sorted(s for s in wanted | dict(received) if received.get(s) != wanted.get(s)):
        marks = ", ".join(f"{s}: {received.get(s)} for {wanted.get(s)}" for s in other)
        raise SystemExit(f"No ratios: {name} gives other marks than expected. {marks}")


class Turn:
    """Every way once, one after the other. `seconds` by name of the way."""

    def __init__(self, folder: Path, ways: Sequence[Other]) -> None:
        self.submissions = handed_in()
        self.batch = Batch(folder / "batch")
        self.seconds: dict[str, float] = {}
        self.ours = self._graded("grader batch", self.batch, "one thread each, a submission per processor")
        for number, other in enumerate(ways):
            way = other.make(folder / str(number), THREADS[other.threads])
            took = self._graded(other.name, way, other.threads)
            self.seconds[other.name] = took.seconds
            if isinstance(way, Nbgrader):
                reports = timed(way.feedback)
                took = Time(took.seconds + reports.seconds, took.cpu_seconds + reports.cpu_seconds)
                self.seconds[WITH_REPORTS] = took.seconds
                self._say(WITH_REPORTS, took, other.threads)
                way.require_reports(len(self.submissions))

    def _graded(self, name: str, way: Way, threads: str) -> Time:
        way.prepare(self.submissions)
        took = timed(way.grade)
        self._say(name, took, threads)
        require_marks(name, way.marks(), self.submissions)
        return took

    def _say(self, name: str, took: Time, threads: str) -> None:
        each = took.seconds / len(self.submissions)
        print(f"{name}: {each:.2f} s a submission, {took.cpu_seconds:.1f} s CPU in all ({threads})", flush=True)

    def say_ratios(self) -> None:
        """Print how often ours goes into the others."""
        for name, seconds in self.seconds.items():
            print(f"{name}: {seconds / self.ours.seconds:.2f} times the time of ours")

    def say_where_time_goes(self) -> None:
        """Print how our processor time is divided."""
        own, runs = self.batch.cpu_seconds()
        libraries = timed(import_libraries).cpu_seconds
        inside, around = runs - own, self.ours.cpu_seconds - runs - libraries
        rest, cores = inside + around, len(os.sched_getaffinity(0))
        print(
            f"grader batch, CPU: own code {own:.1f} s, libraries {libraries:.1f} s, in the runs {inside:.1f} s, "
            f"around them {around:.1f} s"
        )
        print(f"beyond own code and libraries: {rest / (own + libraries):.1%} of these (aim: at most 15%)")
        print(f"beyond own code, libraries counted as ours: {(rest + libraries) / own:.1%} of it")
        busy = self.ours.cpu_seconds / (cores * self.ours.seconds)
        print(f"grader batch kept {cores} processors busy for {busy:.1%} of the time (aim: at least 90%)")


def main(turns: int) -> None:
    """Measure and print."""
    environment = Environment()
    environment.make()
    ways = others(environment)
    turns_done = []
    with tempfile.TemporaryDirectory() as folder:
        warm_up = Batch(Path(folder) / "tried" / "batch")
        warm_up.prepare(handed_in()[:TRIED])
        warm_up.grade()
        for number, way in enumerate(ways):
            way.choose(Path(folder) / "tried" / str(number))
        for number in range(turns):
            turn = Turn(Path(folder) / f"turn{number}", ways)
            turn.say_ratios()
            turn.say_where_time_goes()
            turns_done.append(turn)
    for name, aim in ((WITH_REPORTS, 6.0), ("pytest, two at a time", 3.5)):
        ratio = statistics.median(turn.seconds[name] / turn.ours.seconds for turn in turns_done)
        print(f"{name}: median ratio {ratio:.2f} (aim: at least {aim})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
