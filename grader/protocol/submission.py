"""The record of a submission as it was read: the units of code to execute, and the text of a notebook."""

from typing import Literal

import msgspec

MAX_EXCERPT = 300  # characters


class Unit(msgspec.Struct, frozen=True):
    """One piece of code that is executed as a whole: a .py file, or one code cell of a notebook.

    `source` has as many lines as `original`, with the same numbers, so that a line number of a traceback is the
    student's own. `cell` counts the code cells of the notebook from 1 as on the page: empty ones count (though
    they make no unit), Markdown and raw cells do not, and Jupyter's execution counts `[7]` play no part.
    """

    source: str  # the code to execute: IPython's commands are removed
    original: str  # the code as the student wrote it
    cell: int | None = None  # number of the code cell, from 1; None: a .py file


class Markdown(msgspec.Struct, frozen=True):
    """One Markdown cell of a notebook."""

    text: str  # without embedded pictures
    after: int  # number of the code cell that it follows; 0 before the first


class Submission(msgspec.Struct, frozen=True):
    """A submitted file, read and cut into units. The same bytes under the same name give the same record."""

    name: str  # of the file, without folders
    sha256: str  # of its bytes
    kind: Literal["script", "notebook"]
    units: tuple[Unit, ...]  # in the order in which they are executed
    markdown: tuple[Markdown, ...] = ()  # Markdown cells, in their order; none in a script


def line_of(submission: Submission, cell: int | None, line: int) -> str:
    """Return one line of a submission as the student wrote it, cut at `MAX_EXCERPT` characters.

    Args:
        submission: the file.
        cell: number of the code cell, from 1; None for a script.
        line: number of the line within the cell or the script, from 1.

    Returns:
        The line; "" where the submission has no such line.
    """
    unit = next((unit for unit in submission.units if unit.cell == cell), None)
    lines = unit.original.split("\n") if unit else []
    if not 1 <= line <= len(lines):
        return ""
    text = lines[line - 1]
    return text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…"
