"""Decode notebook files: the cells in the order of the page, whatever the format.

Nothing here runs anything. Outputs are skipped while decoding, never built: that keeps a 20 MB notebook cheap, and
a hostile one harmless. For the same reason formats 2 and 3 are read here instead of being upgraded with nbformat,
which costs more time to import than a notebook takes to read; the tests compare this reader with nbformat's.
"""

import re
from typing import Literal

import msgspec

from grader.core.errors import GraderError

VERSIONS = (2, 3, 4)
_JOINED_BY = {2: "\n", 3: "\n", 4: ""}  # formats 2 and 3 may hold lines without their line ends

_STRING_OR_NAN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?\b(?:NaN|Infinity)\b', re.DOTALL)


NotebookFault = Literal["syntax", "depth", "content"]


class NotANotebookError(GraderError):
    """The text is no notebook. `fault`: not JSON, nested beyond reason, or JSON with other content."""

    def __init__(self, fault: NotebookFault) -> None:
        super().__init__(fault)
        self.fault = fault


class NotebookCell(msgspec.Struct):
    """One cell of any format. `input` and `level` are of formats 2 and 3."""

    cell_type: str
    source: str | list[str] = ""
    input: str | list[str] = ""
    level: int = 1


class _Worksheet(msgspec.Struct):
    cells: list[NotebookCell] = []


class _Language(msgspec.Struct):
    name: str | None = None
    language: str | None = None


class _Metadata(msgspec.Struct):
    language_info: _Language | None = None
    kernelspec: _Language | None = None
    language: str | None = None  # format 3


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[NotebookCell] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: _Metadata | None = None


class Notebook(msgspec.Struct, frozen=True):
    """The content of a notebook file that matters for grading, whatever its format."""

    version: int  # of the format
    language: str
    cells: tuple[tuple[bool, str], ...]  # (is code?, text) in the order of the page; raw cells are left out


def parse_notebook(text: str) -> Notebook:
    """Read a notebook of format 2, 3 or 4; of other formats only the version, without cells.

    Raises `NotANotebookError`.
    """
    raw = _decode(text)
    language = _language(raw.metadata or _Metadata())
    if raw.nbformat not in VERSIONS:
        return Notebook(raw.nbformat, language, ())
    if raw.nbformat == 4:
        if raw.cells is None:
            raise NotANotebookError("content")
        pages = raw.cells
    else:
        if raw.worksheets is None:
            raise NotANotebookError("content")
        pages = [cell for sheet in raw.worksheets for cell in sheet.cells]
    cells = (_cell(cell, raw.nbformat) for cell in pages)
    return Notebook(raw.nbformat, language, tuple(cell for cell in cells if cell))


def _decode(text: str) -> _Notebook:
    try:
        try:
            return msgspec.json.decode(text, type=_Notebook)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            # Python tools write NaN into outputs, which JSON does not know. Outputs are not read: null will do.
            mended = _STRING_OR_NAN.sub(lambda m: m[0] if m[0].startswith('"') else "null", text)
            return msgspec.json.decode(mended, type=_Notebook)
    except msgspec.ValidationError:
        raise NotANotebookError("content") from None
    except msgspec.DecodeError:
        raise NotANotebookError("syntax") from None
    except RecursionError:
        raise NotANotebookError("depth") from None


def _language(metadata: _Metadata) -> str:
    """Return the language of the kernel; Python where the notebook names none."""
    info, kernel = metadata.language_info, metadata.kernelspec
    return (info and info.name) or (kernel and kernel.language) or metadata.language or "python"


def _cell(cell: NotebookCell, version: int) -> tuple[bool, str] | None:
    """Return (is code?, text); None for raw cells and kinds that are not known."""
    code = cell.cell_type == "code"
    if not code and cell.cell_type not in ("markdown", "heading", "html"):
        return None
    text = cell.input if code and version < 4 else cell.source
    if isinstance(text, list):
        # As nbformat reads these formats: lines that brought no line ends get them.
        joint = "" if text and text[0].endswith(("\n", "\r")) else _JOINED_BY[version]
        text = joint.join(text)
    if cell.cell_type == "heading":
        text = "#" * max(1, min(cell.level, 6)) + " " + " ".join(text.splitlines())
    return code, text
