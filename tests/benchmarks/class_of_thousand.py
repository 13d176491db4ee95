"""A class of a thousand: time of `grader rescore`, opening of the dashboard, memory of the supervisor.

Four submissions of the benchmark's course are really graded. What their runs left is then kept again for a
thousand students, through the store's own interface, each with a file and evidence of its own. After a change of
the rubric's threshold, `grader rescore` judges all of them; the dashboard that it writes is opened in Chromium.

The memory of the supervisor, the process of the command itself, is that of `grader batch` over many hand-ins of an
exercise without training, which are all different: after so many reports, and at the end.

    python -m tests.benchmarks.class_of_thousand [STUDENTS [HAND-INS]]
"""

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from msgspec.structs import replace
from playwright.sync_api import sync_playwright

from grader.classroom.folder import ClassFolder, open_folder, open_store
from grader.classroom.store import HandInRow, Judgement, NewHandIn, Store, StoredEvidence
from grader.core.course import Course
from grader.grading.evidence_key import EvidenceKey, anonymised_name
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict
from grader.submission.reader import read
from tests.benchmarks.handed_in import handed_in
from tests.helpers.paths import ROOT

EXERCISE, CHEAP_EXERCISE = "digits30", "metric_cheat_sheet"
FIRST = ("Anna", "Jörg", "Zoë", "Mehmet", "Łukasz", "Chiara", "Nguyễn", "Søren", "Ívar", "Fatima")
LAST = ("Müller", "Groß", "O'Neill", "Yılmaz", "Novák", "de la Cruz", "Kim", "Ødegård", "Schmidt-Weiß", "Ito")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Watched:
    """A command that came to its end. `resident`: MiB that it held when there were so many reports."""

    seconds: float
    cpu_seconds: float = 0.0  # of all of its processes
    peak_mib: float = 0.0
    resident: dict[int, float] = field(default_factory=dict)


def watch(command: Sequence[str], reports: Path, at: Sequence[int] = ()) -> Watched:
    """Run a `grader` command to its end, and look at the memory of its own process meanwhile."""
    found, began, used = Watched(0.0), time.perf_counter(), cpu_seconds_of_children()
    process = subprocess.Popen([sys.executable, "-m", "grader", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        memory = memory_of(process.pid)
        found.peak_mib = max(found.peak_mib, memory.get("VmHWM", 0.0))
        there = len(list(reports.glob("*.html"))) if at else 0
        for count in at:
            if there >= count and "VmRSS" in memory:
                found.resident.setdefault(count, memory["VmRSS"])
        time.sleep(0.02)
    found.seconds, found.cpu_seconds = time.perf_counter() - began, cpu_seconds_of_children() - used
    if process.returncode:
        raise SystemExit(f"grader {' '.join(command)} ended with {process.returncode}")
    return found


def cpu_seconds_of_children() -> float:
    """Return what all processes used that were waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_of(pid: int) -> dict[str, float]:
    """Return what a process holds and held at most, in MiB; nothing where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(kib) / 1024 for name, kib in re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB", status, re.MULTILINE)}


def graded(folder: Path) -> ClassFolder:
    """Grade a right submission and the three wrong ones with a copy of the course, and return their folder."""
    shutil.copytree(Path(__file__).parent / "course", folder / "course")
    files = folder / "submissions"
    files.mkdir()
    chosen = {submission.mistake: submission for submission in handed_in()}
    for submission in chosen.values():
        (files / f"{submission.student}.py").write_text(submission.source)
    command = ["batch", EXERCISE, str(files), "--course", str(folder / "course"), "--out", str(folder / "out")]
    watch(command, folder / "out" / "reports")
    return open_folder(folder / "out")


def multiply(folder: ClassFolder, students: int) -> None:
    """Keep what is known of the few, who stay in the class, for as many more as make it so large."""
    random, series = Random(students), folder.settings.series
    with open_store(folder) as store, tempfile.TemporaryDirectory() as scratch:
        models = [_model(store, stored) for stored in store.newest_hand_ins(series)]
        hands, judged = [], []
        for number in range(students - len(models)):
            model = models[number % len(models)]
            file = Path(scratch) / f"s{number:04}.py"
            file.write_text(f"{model.source}\n# handed in by number {number}\n", "utf-8")
            own = anonymised_name(read(file))
            key = _terms(folder, model.kept).key(own)
            seconds = round(model.kept.resources.cpu_seconds * random.uniform(0.8, 1.3), 2)
            resources = replace(model.kept.resources, wall_seconds=seconds, cpu_seconds=seconds)
            store.keep_evidence(key, replace(model.kept, resources=resources))
            about = replace(model.verdict.submission, sha256=own.sha256)
            hands.append(_hand(file.name, own, random))
            judged.append((key, replace(model.verdict, submission=about, resources=resources)))
        numbers = store.add_hand_ins(series, hands, store.begin_run(series, "benchmark"))
        store.add_verdicts(
            Judgement(number=number, key=key, verdict=verdict, by="benchmark")
            for number, (key, verdict) in zip(numbers, judged, strict=True)
        )


@dataclass(frozen=True)
class _Model:
    """What a real run left."""

    source: str
    kept: StoredEvidence
    verdict: Verdict


def _model(store: Store, stored: HandInRow) -> _Model:
    kept, verdict = store.find_evidence(stored.key or ""), stored.entry.verdict
    if kept is None or verdict is None:
        raise SystemExit(f"{stored.entry.student} was not graded")
    return _Model(store.read_submission(stored.number).units[0].original, kept, verdict)


def _terms(folder: ClassFolder, kept: StoredEvidence) -> EvidenceKey:
    settings = folder.settings
    return EvidenceKey(Course(Path(settings.course)), EXERCISE, settings.language, settings.mode, kept.plan)


def _hand(file: str, submission: Submission, random: Random) -> NewHandIn:
    student = file.removesuffix(".py")
    hand_in = HandIn(
        student=student,
        name=f"{random.choice(FIRST)} {random.choice(LAST)}",
        file=file,
        email=f"{student}@example.org",
        late=not random.randrange(20),
    )
    return NewHandIn(hand_in=hand_in, submission=submission)


def raise_threshold(folder: ClassFolder) -> None:
    """Ask for more accuracy: some marks change, and no submission has to be run again."""
    rubric = Course(Path(folder.settings.course)).rubric_file(EXERCISE)
    text = rubric.read_text("utf-8")
    raised = text.replace("full=0.93, half=0.93", "full=0.97, half=0.93")
    if raised == text:
        raise SystemExit(f"{rubric} has no such threshold any more")
    rubric.write_text(raised, "utf-8")


def all_are_judged(folder: ClassFolder) -> bool:
    """Return whether everybody has a verdict of the rubric as it is now."""
    now = Course(Path(folder.settings.course)).rubric_hash(EXERCISE)
    with open_store(folder) as store:
        verdicts = [stored.entry.verdict for stored in store.newest_hand_ins(folder.settings.series)]
    return all(verdict is not None and verdict.versions.rubric == now for verdict in verdicts)


def seconds_to_open(page_file: Path) -> float:
    """Open a page in Chromium that runs already, and return the time until it has been drawn."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = own if Path(own).exists() else next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless=new"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        page.goto(page_file.as_uri(), wait_until="load")
        # Two frames: the second begins when the first has been drawn.
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        seconds = time.perf_counter() - began
        rows = page.locator("tbody tr").count()
        browser.close()
    print(f"dashboard: {page_file.stat().st_size / 2**20:.1f} MiB, {rows} rows of tables")
    return seconds


def measure_class(folder: Path, students: int) -> None:
    """Print what a large class takes."""
    made = graded(folder)
    multiply(made, students)
    raise_threshold(made)
    watched = watch(["rescore", str(made.path)], made.path / "reports")
    if not all_are_judged(made):
        raise SystemExit("rescore has not judged everybody")
    print(f"rescore of {students} submissions: {watched.seconds:.1f} s (aim: at most 10 s for 1000)")
    print(f"rescore used {watched.cpu_seconds:.1f} s of CPU")
    print(f"rescore, its own process: at most {watched.peak_mib:.0f} MiB")
    print(f"the dashboard opens in {seconds_to_open(made.path / 'index.html'):.2f} s (aim: 2 s)")


def measure_memory(folder: Path, hand_ins: int) -> None:
    """Print what the supervisor holds while it grades many hand-ins."""
    submissions, out = folder / "submissions", folder / "out"
    submissions.mkdir()
    source = (ROOT / "reference" / CHEAP_EXERCISE / "submission.py").read_text("utf-8")
    for number in range(hand_ins):
        (submissions / f"s{number:04}.py").write_text(f"{source}\n# handed in by number {number}\n", "utf-8")
    at = sorted({max(1, hand_ins * quarter // 4) for quarter in range(1, 5)})
    command = ["batch", CHEAP_EXERCISE, str(submissions), "--course", str(ROOT), "--out", str(out)]
    watched = watch(command, out / "reports", at)
    held = ", ".join(f"{mib:.0f} after {count}" for count, mib in watched.resident.items())
    print(f"supervisor, MiB of {hand_ins} hand-ins: {held}; at most {watched.peak_mib:.0f}")
    print(f"batch of these: {watched.seconds / hand_ins:.2f} s each")


def main(students: int = 1000, hand_ins: int = 200) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        measure_class(Path(folder), students)
    with tempfile.TemporaryDirectory() as folder:
        measure_memory(Path(folder), hand_ins)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
