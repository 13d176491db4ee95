"""Show how far a class is on a terminal: what is being graded, how many are done with what result, time to go."""

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

from grader.classroom.batch import VerdictOrigin
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.verdict import Status
from reports.common import symbols

MAX_NAME = 24
MAX_SHORT_NAME = 14  # on a narrow terminal
WIDE = 110  # characters, from which there is room for a bar and for the time that has passed


class ClassProgress:
    """A progress bar for a batch, which also counts. A context manager; without a terminal, it only counts.

    A `ProgressListener` of `grader.classroom.batch`.
    """

    def __init__(self, exercise: str, translate: Translator, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self.origins: Counter[VerdictOrigin] = Counter()
        self.statuses: Counter[Status] = Counter()
        self._translate, self._lock = translate, threading.Lock()
        self._is_wide = is_wide = console.width >= WIDE
        self._has_signs = console.encoding.lower().startswith("utf")
        self._max_name = MAX_NAME if is_wide else MAX_SHORT_NAME
        self._bar = Progress(
            TextColumn("{task.description}"),
            *([BarColumn(bar_width=24)] if is_wide else []),
            MofNCompleteColumn(),
            TextColumn("{task.fields[results]}"),
            *([TimeElapsedColumn()] if is_wide else []),
            TextColumn(translate(_("to go:"))),
            TimeRemainingColumn(compact=not is_wide),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(escape(exercise), total=None, results="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def set_total(self, total: int) -> None:
        """Take the number of hand-ins."""
        self._bar.update(self._task, total=total)

    def start(self, name: str) -> None:
        """Show the name of a student whose submission is graded now."""
        with self._lock:
            self._bar.update(self._task, description=escape(clip(one_line(visible(name)), self._max_name)))

    def finish(self, name: str, origin: VerdictOrigin, status: Status) -> None:
        """Count what came of one submission."""
        with self._lock:
            self.origins[origin] += 1
            self.statuses[status] += 1
            self._bar.update(self._task, advance=1, results=self._describe_results())

    def advance(self, more: int) -> None:
        """Count submissions that are done, without saying what came of them."""
        self._bar.update(self._task, advance=more)

    def _sign(self, status: Status) -> str:
        symbol = symbols.STATUS[status]
        return symbol.sign if self._has_signs else symbol.ascii_sign

    def _describe_results(self) -> str:
        """Return how many passed, did not pass, and were not graded."""
        undecided, passed = self.statuses[Status.NOT_GRADED], self.statuses[Status.PASSED]
        others = sum(self.statuses.values()) - undecided - passed
        if not self._is_wide:
            counts = ((passed, Status.PASSED), (others, Status.FAILED), (undecided, Status.NOT_GRADED))
            return "  ".join(f"{count} {self._sign(status)}" for count, status in counts)
        return self._translate(
            _(
                "{passed} passed, {others} not, {undecided} not graded",
                passed=passed,
                others=others,
                undecided=undecided,
            )
        )
