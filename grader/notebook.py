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
import textwrap
import warnings
from collections.abc import Callable
from typing import Any, Literal

import msgspec

# `%%time` and its like run their body as Python in the notebook. The body of every other cell magic is left out:
# it is another language (`%%bash`, `%%html`), a file to write, or something that only that magic understands.
PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun"})

# What taking commands out may cost in one notebook. Every command needs a fresh look at its whole cell, and where
# a string is left open, Python's tokenizer takes time by the square of the line's length. The unit is about a
# nanosecond; ordinary notebooks need a thousandth of this.
WORK_LIMIT = 5_000_000_000

_NOTE = "# IPython command, not run"
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


Why = Literal["syntax", "depth", "content"]


class NotANotebookError(Exception):
    """The text is no notebook. `why` says at which level: not JSON, nested beyond reason, or other JSON."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class TooMuchWorkError(Exception):
    """Taking the commands out of a cell would cost more than `WORK_LIMIT` allows."""


class Cell(msgspec.Struct):
    """One cell of any format. `input` and `level` are of formats 2 and 3."""

    cell_type: str
    source: str | list[str] = ""
    input: str | list[str] = ""
    level: int = 1


class _Worksheet(msgspec.Struct):
    cells: list[Cell] = []


class _Language(msgspec.Struct):
    name: str | None = None
    language: str | None = None


class _Metadata(msgspec.Struct):
    language_info: _Language | None = None
    kernelspec: _Language | None = None
    language: str | None = None  # format 3


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[Cell] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: _Metadata | None = None


class Notebook(msgspec.Struct, frozen=True):
    """What a notebook file holds, whatever its format: `cells` are (is code?, text) in order of the page."""

    version: int
    language: str
    cells: tuple[tuple[bool, str], ...]


def parse(text: str) -> Notebook:
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


def _cell(cell: Cell, version: int) -> tuple[bool, str] | None:
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


class CommandRemover:
    """Takes IPython's commands out of the code cells of one notebook, within one `WORK_LIMIT`."""

    def __init__(self) -> None:
        self.work = 0

    def __call__(self, source: str) -> str:
        r"""Return the Python of a code cell, with as many lines as `source`, whose lines end with "\n".

        A cell that is neither Python nor IPython comes back as it is: running it reports the error.
        Raises `TooMuchWorkError`.
        """
        if _INSTALL.fullmatch(source):
            # Jupyter forgives a missing "%" where it stands alone in a cell.
            return _blank(source.split("\n"))
        if not _MAYBE_COMMAND.search(source):
            return source
        with warnings.catch_warnings():
            # What Python has to say about the student's code is said when it runs.
            warnings.simplefilter("ignore")
            return "\n".join(self._without_commands(source.split("\n")))

    def _without_commands(self, lines: list[str]) -> list[str]:
        done: list[str] = []
        while True:
            start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
            done, lines = done + lines[:start], _tidy(lines[start:])
            magic = _CELL_MAGIC.match(lines[0]) if lines else None
            if magic is None:
                return done + self._statements(lines)
            if magic[1] not in PYTHON_CELL_MAGICS:
                return done + _blank(lines).split("\n")
            # The body is a cell of its own to IPython: it may be indented, or begin with another cell magic.
            done, lines = [*done, _NOTE], lines[1:]

    def _statements(self, lines: list[str]) -> list[str]:
        """Replace one command after the other: what follows one is readable as Python only when it is gone."""
        readable = len(lines)  # up to where the tokenizer gets on
        while True:
            self.work += sum(len(line) * (8 * len(line) + 5_000) + 5_000 for line in lines[:readable])
            if self.work > WORK_LIMIT:
                raise TooMuchWorkError
            try:
                replaced = _replace_first(lines[:readable])
            except SyntaxError as error:
                # A wrong indentation below. The commands above it must go, or they would be reported instead.
                reached = (error.lineno or 1) - 1
                if not 0 < reached < readable:
                    return lines
                readable = reached
                continue
            if replaced is None:
                return lines
            lines = replaced + lines[readable:]


def _blank(lines: list[str]) -> str:
    return "\n".join([f"pass  {_NOTE}", *[""] * (len(lines) - 1)])


def _tidy(lines: list[str]) -> list[str]:
    """Take away a common indentation and pasted prompts, as IPython does before anything else."""
    if lines and lines[0][:1] in (" ", "\t"):
        lines = _same_length(lines, lambda old: [textwrap.dedent("".join(old))])
    if lines and _PROMPT.match(lines[0]):
        for strip in _ipython().TransformerManager().cleanup_transforms:
            lines = _same_length(lines, strip)
    return lines


def _same_length(lines: list[str], change: Callable[[list[str]], list[str]]) -> list[str]:
    """Apply `change`, which works on lines with their ends; what moves lines is not accepted."""
    changed = "".join(change([line + "\n" for line in lines])).split("\n")[:-1]
    return changed if len(changed) == len(lines) else lines


def _ipython() -> Any:
    # Imported only for cells that may hold a command: with IPython comes its whole shell.
    from IPython.core import inputtransformer2

    return inputtransformer2


def _replace_first(lines: list[str]) -> list[str] | None:
    """Replace the first command by something harmless; None where there is none left.

    Raises `SyntaxError` where the lines cannot even be split into words.
    """
    ipython = _ipython()
    ended = [line + "\n" for line in lines]
    try:
        tokens = ipython.make_tokens_by_line(ended)
        found = [hit for kind in ipython.TransformerManager().token_transformers if (hit := kind.find(tokens))]
        for command in sorted(found, key=ipython.TokenTransformBase.sortby):
            first, column = command.start_line, command.start_col
            question = getattr(command, "q_line", -1)
            if any(len(line) > _LONGEST_HELP for line in lines[first : question + 1]):
                continue
            try:
                by_ipython = command.transform(ended)
            except SyntaxError:
                continue  # not a command after all
            count = len(ended) - len(by_ipython) + 1
            replacement = _harmless(command, lines[first][:column], lines[first][column:], by_ipython[first])
            rest = lines[first + 1 : first + count] if replacement.endswith("\\") else [""] * (count - 1)
            return [*lines[:first], replacement, *rest, *lines[first + count :]]
    except SyntaxError:
        raise
    except Exception:  # noqa: BLE001 - whatever IPython trips over, the cell itself says what is wrong with it
        return None
    return None


def _harmless(command: Any, before: str, text: str, by_ipython: str) -> str:
    """Return the line that stands for a command which begins with `text`, after `before` on the same line."""
    if timed := _TIMED.match(text):
        # `%time history = model.fit(...)` runs the statement in the notebook: it belongs to the solution.
        return before + text[timed.end() :]
    kind = type(command).__name__
    if kind in ("MagicAssign", "SystemAssign"):
        return f"{before}None  {_NOTE}"
    if kind == "EscapedCommand" and text[0] in ",;/":
        return by_ipython.rstrip("\n")  # `/f x` is short for `f(x)`: Python after all
    return f"{before}pass  {_NOTE}"
