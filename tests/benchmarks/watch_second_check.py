"""`grader check --watch`: seconds from a save to the start of the submission's run, behind walls and without.

The submission itself tells when its first line ran: it raises its own clock, and the verdict holds that message.
The first check, which waits for the imports, is not counted.

    python -m tests.benchmarks.watch_second_check [SAVES [EXERCISE]]
"""

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from grader.protocol.verdict import decode
from tests.commands.watched import WAITING, Watched, watching
from tests.helpers.paths import ROOT

AIM_SECONDS = 0.3
CLOCK = "import time\nSTARTED = time.time()\n"


def with_clock(exercise: str, number: int) -> str:
    """Return the stub, each function raising the time at which the file began to run; `number` makes another."""
    stub = (ROOT / "exercises" / exercise / "submission.py").read_text("utf-8")
    raising = stub.replace("raise NotImplementedError", "raise ValueError(f'<{STARTED!r}>')")
    return f"{CLOCK}# {number}\n{raising}"


def save(file: Path, text: str, *, by_rename: bool) -> float:
    """Save as one editor or the other does; returns when that was done."""
    if by_rename:
        other = file.with_suffix(".swp")
        other.write_text(text, encoding="utf-8")
        now = time.time()
        other.replace(file)
        return now
    now = time.time()
    file.write_text(text, encoding="utf-8")
    return now


def started(record: Path) -> float:
    """Return when the run of which this is the verdict began."""
    messages = [criterion.message for criterion in decode(record.read_bytes()).criteria]
    return max(float(found[1]) for message in messages if (found := re.search(r"<([\d.]+)>", message)))


def waits(exercise: str, saves: int, mode: tuple[str, ...]) -> list[float]:
    """Return the seconds from each save to its run."""
    with tempfile.TemporaryDirectory() as folder:
        file, record = Path(folder) / "submission.py", Path(folder) / "verdict.json"
        save(file, with_clock(exercise, -1), by_rename=False)
        arguments = ["check", exercise, str(file), "--course", str(ROOT), "--watch", "--json", str(record), *mode]
        with watching(Path(folder), *arguments) as watched:
            watched.until(WAITING)
            return [_one(watched, file, record, exercise, number) for number in range(saves)]


def _one(watched: Watched, file: Path, record: Path, exercise: str, number: int) -> float:
    saved = save(file, with_clock(exercise, number), by_rename=bool(number % 2))
    watched.until(WAITING)
    seconds = started(record) - saved
    time.sleep(6.0)  # a student reads and writes before saving again; plain mode uses that for its imports
    return seconds


def main(saves: int, exercise: str) -> None:
    """Measure and print."""
    modes: dict[str, tuple[str, ...]] = {"walls": (), "plain": ("--plain",)}
    for name, mode in modes.items():
        if name == "walls" and sys.platform != "linux":
            continue
        seconds = waits(exercise, saves, mode)
        print(f"{name}: save to run {' '.join(f'{s:.3f}' for s in seconds)} s")
        print(f"{name}: median {statistics.median(seconds):.3f} s, most {max(seconds):.3f} s (aim: {AIM_SECONDS})")


if __name__ == "__main__":
    chosen = sys.argv[1:]
    main(int(chosen[0]) if chosen else 6, chosen[1] if len(chosen) > 1 else "digits")
