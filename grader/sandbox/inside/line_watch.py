"""Report from time to time which line of the submission runs, so that code that never ends is named by its line.

Runs in a thread of the process with the submission: what it sends is a claim like everything else from there.
"""

import ast
import contextlib
import functools
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from types import FrameType

import msgspec

from grader.core.syntax_trees import parse_python
from grader.protocol.channel import PLACE, Channel
from grader.protocol.evidence import Frame
from grader.sandbox.inside.submission_module import SubmissionModule

REPORT_SECONDS = 1.0  # between two reports


class LineWatch:
    """Sends the line that the main thread runs, once a second while `during` lasts."""

    def __init__(self, channel: Channel, module: SubmissionModule) -> None:
        """Start the thread that sends. It ends with the process."""
        self._channel, self._module = channel, module
        self._nonce: bytes | None = None
        self._main_thread = threading.get_ident()
        self._sleep = time.sleep  # a submission may replace that of the module
        threading.Thread(target=self._report, daemon=True, name="line-watch").start()

    @contextlib.contextmanager
    def during(self, nonce: bytes) -> Iterator[None]:
        """Report with this nonce, as long as the context lasts."""
        self._nonce = nonce
        try:
            yield
        finally:
            self._nonce = None

    def _report(self) -> None:
        while True:
            self._sleep(REPORT_SECONDS)
            nonce = self._nonce
            frame = sys._current_frames().get(self._main_thread) if nonce is not None else None
            with contextlib.suppress(Exception):  # a class of the student's may break anything
                place = find_place(frame, self._module)
                if place is not None and nonce is not None and nonce == self._nonce:
                    self._channel.send(PLACE, msgspec.json.encode(place), nonce)


def find_place(frame: FrameType | None, module: SubmissionModule) -> Frame | None:
    """Return the innermost line of the submission that a thread runs, or the `while` loop around that line.

    The loop, for which of its lines runs just now is chance, and the loop is what does not end.
    """
    while frame is not None:
        code = frame.f_code
        if code.co_filename in module.cells:
            cell = module.cells[code.co_filename]
            source = next((unit.source for unit in module.submission.units if unit.cell == cell), "")
            # 0 before the first statement of a file, where threads often take turns; None where no line is meant
            running = frame.f_lineno or code.co_firstlineno
            line = _list_loops(source).get(running, running)
            return Frame(line=line, cell=cell, function=code.co_name[:80])
        frame = frame.f_back
    return None


@functools.lru_cache(maxsize=64)
def _list_loops(source: str) -> Mapping[int, int]:
    """Return, for each line within a `while` loop, the line in which the innermost one begins."""
    loops: dict[int, int] = {}
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for node in ast.walk(parse_python(source)):  # outer nodes come first
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1) if isinstance(node, ast.stmt) else ()
        for line in lines:
            if isinstance(node, ast.While):
                loops[line] = node.lineno
            elif isinstance(node, functions):  # its body runs when it is called, not in the loop around it
                loops.pop(line, None)
    return loops
