"""TODO: grader/protocol/submission.py."""

from typing import Literal

import msgspec

MAX_EXCERPT = 300  # characters


class Unit(msgspec.Struct, frozen=True):
    """One thing to execute: a whole .py file, or one code cell.

    `source` has as many lines as `original`, with the same numbers, so that a line number of a traceback is the
    student's own. `cell` counts the code cells of the notebook from 1 as on the page: empty ones count (though
    they make no unit), Markdown and raw cells do not, and Jupyter's execution counts `[7]` play no part.
    """

    source: str  # what to run: IPython's commands taken out
    original: str  # what the student wrote
    cell: int | None = None  # None: a .py file


class Markdown(msgspec.Struct, frozen=True):
    """One Markdown cell; `after` is the number of the code cell that it follows, 0 before the first."""

    text: str  # without embedded pictures
    after: int


class Submission(msgspec.Struct, frozen=True):
    """A file that was read. The same bytes under the same name always make the same record."""

    name: str  # of the file, without folders
    sha256: str  # of its bytes
    kind: Literal["script", "notebook"]
    units: tuple[Unit, ...]
    markdown: tuple[Markdown, ...] = ()


def line_of(submission: Submission, cell: int | None, line: int) -> str:
    """Return a line as the student wrote it, cut at `MAX_EXCERPT` characters; "" where there is none."""
    unit = next((unit for unit in submission.units if unit.cell == cell), None)
    lines = unit.original.split("\n") if unit else []
    if not 1 <= line <= len(lines):
        return ""
    text = lines[line - 1]
    return text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…"
