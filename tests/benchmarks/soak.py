"""A class of a thousand with a hundred hostile hand-ins: every honest mark, and what is left afterwards.

Most hand-ins solve the metric cheat sheet, which needs no training, rightly or with one mistake; a tenth of them
is hostile, of each kind of `hostile.py`. A second class is of an exercise whose check does to the examiner what a
submission asks for; see `tests.helpers.fragile_examiner`. Asserted: each honest hand-in has its mark, no other one
has more than a right one; no process, temporary folder or descriptor is left; and each process that lives for half
of a class holds as much memory in its last quarter as in its second, within a tenth and 32 MiB. At last, every
step of a batch fails once, or, with fewer than a thousand hand-ins, a part of the steps; see
`tests.helpers.crash_walk`. Of each honest hand-in with another mark than it must have, the criteria that lack
points, why its processes ended, and the warnings of the grader's log are printed.

    python -m tests.benchmarks.soak [HAND-INS]

Prints how far it is, and at the end a table. Ends with 1 where anything does not hold. Linux only.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from grader.classroom.store import Store
from grader.protocol.verdict import Status
from tests.benchmarks.class_of_thousand import memory_of
from tests.benchmarks.hostile import KINDS
from tests.classroom.test_crash_walk import find_mistakes
from tests.helpers import fragile_examiner
from tests.helpers.class_fixtures import marks, opened
from tests.helpers.paths import ROOT
from tests.helpers.processes import descendants

EXERCISE = "metric_cheat_sheet"
MISTAKE = ("return share(tp, tp + fp)", "return share(tp, tp + fn)")  # of `precision`
SHARE_OF_SECOND_CLASS = 0.1
SLACK_SHARE, SLACK_MIB, SLACK_DESCRIPTORS = 0.1, 32.0, 8
FULL = 100.0
SAMPLE_SECONDS = 0.5
PROGRESS_SHARE = 0.05  # of a class, between two lines that say how far it is
USUAL_COUNT = 1000

Table = list[tuple[str, str]]  # what was looked at, and what was found


@dataclass
class Samples:
    """What one process held, from its first sight to its last: MiB and open descriptors, by share of the class."""

    name: str
    memory: list[tuple[float, float]] = field(default_factory=list)
    descriptors: list[tuple[float, int]] = field(default_factory=list)

    def is_long_lived(self) -> bool:
        """Whether the process was there for half of the class, and had started before its second quarter."""
        return bool(self.memory) and self.memory[0][0] <= 0.25 and self.memory[-1][0] > 0.75

    def growth(self) -> tuple[float, float, int]:
        """Return MiB in the second and in the last quarter of the class, and by how many the descriptors grew."""

        def middle(samples: list[tuple[float, float]], start: float, end: float) -> float:
            values = sorted(value for share, value in samples if start <= share <= end)
            return values[len(values) // 2] if values else 0.0

        counts = [(share, float(count)) for share, count in self.descriptors]
        more = middle(counts, 0.75, 1.0) - middle(counts, 0.25, 0.5)
        return middle(self.memory, 0.25, 0.5), middle(self.memory, 0.75, 1.0), round(more)


def write_first_class(folder: Path, count: int) -> dict[str, str]:
    """Write hand-ins for the cheat sheet in a shuffled order; return the kind of each: right, wrong or hostile."""
    source = (ROOT / "reference" / EXERCISE / "submission.py").read_text("utf-8")
    hostile = list(KINDS)
    kinds = {}
    numbers = list(range(count))
    Random(2026).shuffle(numbers)
    for position, number in enumerate(numbers):
        kind, added, text = "right", "", source
        if position % 10 == 0:
            kind = hostile[position // 10 % len(hostile)]
            added = KINDS[kind]
        elif position % 10 == 1:
            kind, text = "wrong", source.replace(*MISTAKE)
        kinds[f"s{number:04}"] = kind
        (folder / f"s{number:04}.py").write_text(f"{text}\n# {number}\n{added}\n")
    return kinds


def write_second_class(folder: Path, count: int) -> dict[str, str]:
    """Write hand-ins for the exercise with the fragile examiner, the hostile ones first."""
    moods = list(fragile_examiner.MOODS.items())
    kinds = {}
    for number in range(count):
        is_hostile = number < count // 10
        kind, mood = moods[number % len(moods)] if is_hostile else (("right", 1) if number % 2 else ("wrong", 0))
        kinds[f"s{number:04}"] = kind
        (folder / f"s{number:04}.py").write_text(f"{fragile_examiner.source(mood)}# {number}\n")
    return kinds


def watch_batch(command: list[str], reports: Path, total: int) -> tuple[int, dict[int, Samples], set[int]]:
    """Run a batch; return its exit code, what its processes held, and those that are left a second after it."""
    begun, next_line = time.monotonic(), PROGRESS_SHARE
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    seen: dict[int, Samples] = {}
    while process.poll() is None:
        share = len(list(reports.glob("*.html"))) / total
        if share >= next_line:
            print(f"  {share:4.0%} of {total} after {time.monotonic() - begun:.0f} s", flush=True)
            next_line = share + PROGRESS_SHARE
        for pid in {process.pid, *descendants(process.pid)}:
            name, memory, count = look_at(pid)
            if "MiB" in memory:
                samples = seen.setdefault(pid, Samples(name))
                samples.memory.append((share, memory["MiB"]))
                samples.descriptors.append((share, count))
        time.sleep(SAMPLE_SECONDS)
    time.sleep(1.0)
    return process.returncode, seen, {pid for pid in seen if look_at(pid)[1]}


def look_at(pid: int) -> tuple[str, dict[str, float], int]:
    """Return the name of a process, its memory in MiB, and its open descriptors; nothing where it is gone."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        count = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return "", {}, 0
    resident = memory_of(pid).get("VmRSS")
    name = next((n for n in ("warm_start", "examiner.service", "grader batch") if n in command), command[:40])
    return name, {} if resident is None else {"MiB": resident}, count


def temporary_folders() -> set[str]:
    """Return the names of the grader's temporary folders."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("grader-*")}


def is_of(folder: str, processes: Container[int]) -> bool:
    """Return whether one of these processes made a temporary folder, whose name says which one did."""
    fields = folder.split(".")
    return len(fields) > 1 and fields[1].isdigit() and int(fields[1]) in processes


def grade_class(folder: Path, exercise: str, course: Path, kinds: dict[str, str], table: Table) -> Iterator[str]:
    """Grade one class, add what was measured to the table, and yield what does not hold."""
    print(f"{exercise}: {len(kinds)} hand-ins", flush=True)
    before, out = temporary_folders(), folder / "out"
    log = folder / "log.txt"
    command = [sys.executable, "-m", "grader", "batch", exercise, str(folder / "class"), "--out", str(out)]
    command += ["--log-file", str(log)]
    begun = time.monotonic()
    code, seen, left = watch_batch([*command, "--course", str(course)], out / "reports", len(kinds))
    table.append((f"{exercise}: {len(kinds)} hand-ins", f"{time.monotonic() - begun:.0f} s, exit code {code}"))
    if code:
        yield f"the batch ended with {code}"
    given = marks(out)
    yield from find_wrong_marks(kinds, given, table)
    for line in explain_wrong_marks(out, kinds, given, log):
        print(line, flush=True)
    more = {name for name in temporary_folders() - before if is_of(name, seen)}  # not of others on this machine
    table.append(("  left: processes, folders", f"{len(left)}, {len(more)}"))
    if left:
        yield f"processes that are left: {[seen[pid].name for pid in left]}"
    if more:
        yield f"folders that are left: {sorted(more)}"
    yield from find_growth(seen, table)


def find_wrong_marks(kinds: dict[str, str], given: dict[str, float | None], table: Table) -> Iterator[str]:
    """Add the marks of each kind to the table, and yield which hand-ins have a mark that they must not have."""
    by_kind: dict[str, set[float | None]] = {}
    for name, kind in kinds.items():
        by_kind.setdefault(kind, set()).add(given.get(name))
    for kind, found in by_kind.items():
        table.append((f"  {list(kinds.values()).count(kind)} {kind}", ", ".join(sorted(map(str, found)))))
        if any(mark is not None and mark > FULL for mark in found):
            yield f"{kind}: {found}"
    if by_kind["right"] != {FULL}:
        yield f"right ones have {by_kind['right']}"
    if len(by_kind["wrong"]) != 1 or by_kind["wrong"] & {FULL, None}:
        yield f"wrong ones have {by_kind['wrong']}"


def explain_wrong_marks(
    out: Path, kinds: dict[str, str], given: dict[str, float | None], log: Path
) -> Iterator[str]:
    """Yield what is known of each honest hand-in whose mark is not that of most of its kind."""
    usual = {
        kind: Counter(given.get(name) for name in kinds if kinds[name] == kind) for kind in ("right", "wrong")
    }
    wrong = [
        name for name, kind in kinds.items() if kind in usual and given.get(name) != _most_common(usual[kind])
    ]
    if not wrong:
        return
    folder, store, _ = opened(out)
    with store:
        for name in wrong:
            yield f"{name}, {kinds[name]}: {given.get(name)}"
            yield from explain_mark(store, folder.settings.series, name)
    yield from (line for line in log.read_text("utf-8").splitlines() if " WARNING " in line or " ERROR " in line)


def _most_common(marks_of_kind: Counter[float | None]) -> float | None:
    return marks_of_kind.most_common(1)[0][0]


def explain_mark(store: Store, series: str, name: str) -> Iterator[str]:
    """Yield the criteria of a hand-in that lack points, and why steps have no evidence."""
    row = next((row for row in store.newest_hand_ins(series) if row.entry.student == name), None)
    if row is None or row.entry.verdict is None:
        yield f"  no verdict: {row.entry.problem if row is not None else 'not in the store'}"
        return
    for criterion in row.entry.verdict.criteria:
        if criterion.status is not Status.PASSED:
            yield f"  {criterion.id}: {criterion.status}, {criterion.message}"
    stored = store.find_evidence(row.key or "")
    if stored is not None:
        yield f"  import: {stored.evidence.import_stop}; steps: {stored.evidence.stops}; {stored.resources}"


def find_growth(seen: dict[int, Samples], table: Table) -> Iterator[str]:
    """Add what the long-lived processes held to the table, and yield those that hold more and more."""
    for pid, samples in seen.items():
        if samples.is_long_lived():
            early, late, descriptors = samples.growth()
            held = f"{early:.0f} MiB, then {late:.0f} MiB; {descriptors:+} descriptors"
            table.append((f"  {samples.name or 'the command'} ({pid})", held))
            if late > early * (1 + SLACK_SHARE) + SLACK_MIB or descriptors > SLACK_DESCRIPTORS:
                yield f"{samples.name} grew from {early:.0f} to {late:.0f} MiB, {descriptors:+} descriptors"


def walk_through_faults(folder: Path, every: int, table: Table) -> Iterator[str]:
    """Let every step of a batch fail, or every second, third, ..., and yield what does not hold."""
    print("faults", flush=True)
    walk = [sys.executable, "-m", "tests.helpers.crash_walk", str(folder), str(every)]
    walked = json.loads(subprocess.run(walk, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    table.append((f"faults at the {len(walked['steps'])} steps of a batch", f"{len(walked['results'])} tried"))
    for result in walked["results"]:
        for mistake in find_mistakes(result):
            yield f"after a fault ({result['kind']}) at {walked['steps'][result['step'] - 1]!r}: {mistake}"


def main(count: int) -> int:
    """Grade both classes, and print what does not hold; return the exit code."""
    faults: list[str] = []
    table: Table = []
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        first, second = Path(place) / "first", Path(place) / "second"
        (first / "class").mkdir(parents=True)
        (second / "class").mkdir(parents=True)
        kinds = write_first_class(first / "class", count - round(count * SHARE_OF_SECOND_CLASS))
        faults += grade_class(first, EXERCISE, ROOT, kinds, table)
        course = fragile_examiner.make_course(second / "course", judge_seconds=3.0)
        kinds = write_second_class(second / "class", round(count * SHARE_OF_SECOND_CLASS))
        faults += grade_class(second, "mood", course.folder, kinds, table)
        (Path(place) / "walk").mkdir()
        faults += walk_through_faults(Path(place) / "walk", max(1, USUAL_COUNT // count), table)
    width = max(len(what) for what, _ in table)
    print("\n".join(f"{what:<{width}}  {found}" for what, found in table))
    for fault in faults:
        print(re.sub(r"\s+", " ", fault), file=sys.stderr)
    print("everything held" if not faults else f"{len(faults)} things did not hold")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_COUNT))
