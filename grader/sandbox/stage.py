"""What the submission sees of a terminal and a screen: streams that are kept short, no keyboard, no window."""

import builtins
import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

KEPT = 4000  # characters at the beginning and as many at the end


class InputUnavailableError(EOFError):
    """Raised by `input()`: nobody is there to type."""


class _Tape(io.TextIOBase):
    """A text stream that keeps the beginning and the end of what is written, however much it is."""

    def __init__(self) -> None:
        self.head, self.tail, self.lines = "", "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        text = str(text)
        self.lines += text.count("\n")
        room = KEPT - len(self.head)
        self.head += text[:room]
        self.tail = (self.tail + text[room:])[-KEPT:] if len(text) > room else self.tail
        return len(text)


class Stage:
    """Stands between the submission and the terminal; remembers what happened on it until it is taken."""

    def __init__(self) -> None:
        self._tape = _Tape()
        self._asked = self._showed = False

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """While this holds, output is kept, `input()` raises, and windows stay closed."""
        from matplotlib import pyplot as plt

        plt.close("all")
        held = builtins.input, plt.show, sys.stdin

        # Plain functions: pyplot hangs attributes on its functions, which bound methods refuse.
        def ask(prompt: object = "") -> str:
            self._asked = True
            raise InputUnavailableError(f"input() was called ({prompt!s:.80}), but nobody can answer here")

        def show(*_: Any, **__: Any) -> None:
            self._showed = True

        builtins.input, plt.show, sys.stdin = ask, show, io.StringIO()
        try:
            with contextlib.redirect_stdout(self._tape), contextlib.redirect_stderr(self._tape):
                yield
        finally:
            builtins.input, plt.show, sys.stdin = held

    def take(self) -> dict[str, Any]:
        """Return what happened since the last time, as fields of evidence."""
        tape, asked, showed = self._tape, self._asked, self._showed
        self._tape, self._asked, self._showed = _Tape(), False, False
        cut = "\n[...]\n" if len(tape.tail) == KEPT else ""
        return {
            "output": tape.head + cut + tape.tail,
            "output_lines": tape.lines,
            "asked_input": asked,
            "showed_window": showed,
        }
