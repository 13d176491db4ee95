"""The Python of a notebook: its cells in order, and of each code cell what is left without IPython's commands.

Nothing here runs anything. What is a command (`%matplotlib inline`, `!pip install`, `%%bash`, `model.fit?`,
`files = !ls`) is decided by IPython's own transformer, because only it knows what stands in a string, in brackets
or on a continued line. Instead of IPython's call, something harmless is put in its place, and every line keeps its
number, so that an error is reported where the student sees it.

Outputs are skipped while decoding, never built: that keeps a 20 MB notebook cheap, and a hostile one harmless.
For the same reason formats 2 and 3 are read here instead of being upgraded with nbformat, which costs more time
to import than a notebook takes to read; the tests hold this reader against nbformat's converter.
"""

import re
from typing import Literal

import msgspec

VERSIONS = (2, 3, 4)
_JOINED_BY = {2: "\n", 3: "\n", 4: ""}  # formats 2 and 3 may hold lines without their line ends

# Wider than what IPython takes for a command: it only spares cells that cannot hold one the import of IPython.
_MAYBE_COMMAND = re.compile(
    r"""^[ \t\f]*[%!?,;/]        # a command at the start of a line
      | =[ \t]*[%!]              # files = !ls
      | \?[ \t]*(?:\#.*)?$       # model.fit?
      | \A\s*(?:>>>|In[ ]\[)     # pasted with prompts
      | \A(?:[ \t]*\n)*[ \t]     # indented as a whole, which IPython forgives
    """,
    re.MULTILINE | re.VERBOSE,
)
_PROMPT = re.compile(r">>>|In \[")
_CELL_MAGIC = re.compile(r"%%(\w*)(?!\w*\?)")
_TIMED = re.compile(r"%time[ \t]++(?=[^-\s\\#])")
_INSTALL = re.compile(r"\s*(?:pip3?|conda|mamba|uv)[ ]+(?:pip[ ]+)?install\b[^\n]*+\s*")
_STRING_OR_NAN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?\b(?:NaN|Infinity)\b', re.DOTALL)
# `what?` in IPython's eyes takes time by the square of its length; no real one is this long.
_LONGEST_HELP = 2_000


NotebookFault = Literal["syntax", "depth", "content"]


class NotANotebookError(Exception):
    """The text is no notebook. `why` says at which level: not JSON, nested beyond reason, or other JSON."""

    def __init__(self, why: NotebookFault) -> None:
        super().__init__(why)
        self.why = why


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
    """What a notebook file holds, whatever its format: `cells` are (is code?, text) in order of the page."""

    version: int
    language: str
    cells: tuple[tuple[bool, str], ...]


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
    kept = (_cell(cell, raw.nbformat) for cell in pages)
    return Notebook(raw.nbformat, language, tuple(cell for cell in kept if cell))


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
    """Say which language the kernel speaks; a notebook that does not tell is taken for Python."""
    info, kernel = metadata.language_info, metadata.kernelspec
    return (info and info.name) or (kernel and kernel.language) or metadata.language or "python"


def _cell(cell: NotebookCell, version: int) -> tuple[bool, str] | None:
    """Return (is code?, text); None for raw cells and kinds that are not known."""
    code = cell.cell_type == "code"
    if not code and cell.cell_type not in ("markdown", "heading", "html"):
        return None
    held = cell.input if code and version < 4 else cell.source
    if isinstance(held, list):
        # As nbformat reads these formats: lines that brought no line ends get them.
        joint = "" if held and held[0].endswith(("\n", "\r")) else _JOINED_BY[version]
        held = joint.join(held)
    if cell.cell_type == "heading":
        held = "#" * max(1, min(cell.level, 6)) + " " + " ".join(held.splitlines())
    return code, held
