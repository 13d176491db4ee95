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
    """A text stream that keeps the beginning and the end of what is written, however much it is.

    It has what programs ask of a terminal's stream besides: an encoding that can be set, and `buffer` for bytes.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.buffer = _Bytes(self)
        self._head, self._tail = "", ""
        self._parts: list[str] = []  # written since: putting them together one by one would take too long
        self._size = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def reconfigure(self, **_: Any) -> None:
        """Take any setting and change nothing."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self.lines += text.count("\n")
            self._parts.append(text)
            self._size += len(text)
            if self._size > 1 << 16:
                self._fold()
        return len(text)

    def text(self) -> str:
        """Return what was kept."""
        self._fold()
        return self._head + ("\n[...]\n" if len(self._tail) == KEPT else "") + self._tail

    def _fold(self) -> None:
        text, self._parts, self._size = "".join(self._parts), [], 0
        room = KEPT - len(self._head)
        self._head += text[:room]
        self._tail = (self._tail + text[room:])[-KEPT:]


class _Bytes(io.RawIOBase):
    """Bytes written past the text stream: they go onto the same tape."""

    def __init__(self, tape: _Tape) -> None:
        self._tape = tape

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        held = bytes(data)
        self._tape.write(held.decode(errors="replace"))
        return len(held)


class CapturedIO:
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
        return {
            "output": tape.text(),
            "output_lines": tape.lines,
            "asked_input": asked,
            "showed_window": showed,
        }
