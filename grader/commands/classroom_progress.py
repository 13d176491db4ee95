"""How far a class is, on a terminal: what is being graded, how many are done, how it went, time to go."""

import threading
from collections import Counter
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.classroom.batch import Way
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.verdict import Status

LONGEST_NAME = 24


class ClassProgress:
    """Watches a batch. A context manager; where there is no terminal, it only counts."""

    def __init__(self, exercise: str, say: Translator, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self.ways: Counter[Way] = Counter()
        self.statuses: Counter[Status] = Counter()
        self._say, self._lock = say, threading.Lock()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[how]}"),
            TimeElapsedColumn(),
            TextColumn(say(_("to go:"))),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(escape(exercise), total=None, how="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def planned(self, total: int) -> None:
        """So many there are."""
        self._bar.update(self._task, total=total)

    def begun(self, name: str) -> None:
        """This one is being graded now."""
        with self._lock:
            self._bar.update(self._task, description=escape(clip(one_line(visible(name)), LONGEST_NAME)))

    def finished(self, name: str, way: Way, status: Status) -> None:
        """This one is done."""
        with self._lock:
            self.ways[way] += 1
            self.statuses[status] += 1
            self._bar.update(self._task, advance=1, how=self._how())

    def advance(self, more: int) -> None:
        """So many more are done."""
        self._bar.update(self._task, advance=more)

    def _how(self) -> str:
        """Return how many did not pass, as far as there are any."""
        undecided, passed = self.statuses[Status.NOT_GRADED], self.statuses[Status.PASSED]
        others = sum(self.statuses.values()) - undecided - passed
        return self._say(
            _(
                "{passed} passed, {others} not, {undecided} not graded",
                passed=passed,
                others=others,
                undecided=undecided,
            )
        )
