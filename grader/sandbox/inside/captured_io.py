"""Capture what a submission prints, and stand in for keyboard and screen: no input, no windows."""

import builtins
import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

from grader.sandbox.inside.no_effect import NoEffect

KEPT_CHARACTERS = 4000  # of an output: at the beginning, and as many at the end


class InputUnavailableError(EOFError):
    """Raised by `input()`: nobody is there to type."""


class _NoAnswer(str):
    """What `input()` returns at the top level: an empty line, as of one who presses Enter. It is no number."""

    __slots__ = ()

    def __int__(self) -> int:
        raise InputUnavailableError(_NOBODY)

    def __float__(self) -> float:
        raise InputUnavailableError(_NOBODY)


_NOBODY = "input() was called, but nobody can answer here"
MAX_UNANSWERED = (
    20  # calls of `input()` that return an empty line; a loop that waits for another answer has to end
)


class _OutputStream(io.TextIOBase):
    """A text stream that stores the beginning and the end of what is written, however much it is.

    It has what programs expect of the stream of a terminal: an encoding that can be set, and `buffer` for bytes.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.buffer = _ByteStream(self)
        self._head, self._tail = "", ""
        self._parts: list[str] = []  # written since they were last joined; joining each one would take too long
        self._size = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def reconfigure(self, **_: Any) -> None:
        """Accept any setting and ignore it."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self.lines += text.count("\n")
            self._parts.append(text)
            self._size += len(text)
            if self._size > 1 << 16:
                self._join_parts()
        return len(text)

    def text(self) -> str:
        """Return the beginning and the end of what was written, `[...]` between them if it was long."""
        self._join_parts()
        return self._head + ("\n[...]\n" if len(self._tail) == KEPT_CHARACTERS else "") + self._tail

    def _join_parts(self) -> None:
        text, self._parts, self._size = "".join(self._parts), [], 0
        room = KEPT_CHARACTERS - len(self._head)
        self._head += text[:room]
        self._tail = (self._tail + text[room:])[-KEPT_CHARACTERS:]


class _ByteStream(io.RawIOBase):
    """A byte stream that writes to a text stream."""

    def __init__(self, text_stream: _OutputStream) -> None:
        self._text_stream = text_stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._text_stream.write(written.decode(errors="replace"))
        return len(written)


class CapturedIO:
    """Replaces output, keyboard and windows of a submission, and records their use until `take` returns it."""

    def __init__(self) -> None:
        self._stream = _OutputStream()
        self._asked_input = self._showed_window = False
        self._answers_left = MAX_UNANSWERED

    @contextlib.contextmanager
    def on(self, *, at_top_level: bool = False) -> Iterator[None]:
        """As long as the context lasts, capture output, and open no windows.

        `input()` raises, or returns an empty line at the top level: there it often only waits for Enter.
        """
        plt: Any = sys.modules.get("matplotlib.pyplot") or NoEffect()  # where there is none, nothing is drawn
        plt.close("all")
        originals = builtins.input, plt.show, sys.stdin

        # Plain functions: pyplot hangs attributes on its functions, which bound methods refuse.
        def ask(prompt: object = "") -> str:
            self._asked_input = True
            if at_top_level and self._answers_left:
                self._answers_left -= 1
                return _NoAnswer()
            raise InputUnavailableError(f"input() was called ({prompt!s:.80}), but nobody can answer here")

        def show(*_: Any, **__: Any) -> None:
            self._showed_window = True

        builtins.input, plt.show, sys.stdin = ask, show, io.StringIO()
        try:
            with contextlib.redirect_stdout(self._stream), contextlib.redirect_stderr(self._stream):
                yield
        finally:
            builtins.input, plt.show, sys.stdin = originals

    def take(self) -> dict[str, Any]:
        """Return what was recorded since the last call, as fields of evidence."""
        stream, asked_input, showed_window = self._stream, self._asked_input, self._showed_window
        self._stream, self._asked_input, self._showed_window = _OutputStream(), False, False
        return {
            "output": stream.text(),
            "output_lines": stream.lines,
            "asked_input": asked_input,
            "showed_window": showed_window,
        }
