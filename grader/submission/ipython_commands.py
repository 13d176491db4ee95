"""Take IPython's commands out of the code cells of a notebook, or of a script, so that plain Python is left.

What is a command (`%matplotlib inline`, `!pip install`, `%%bash`, `model.fit?`, `files = !ls`) is decided by
IPython's own transformer, because only it knows what stands in a string, in brackets or on a continued line. A
command is replaced by something harmless, and every line keeps its number, so that an error is reported where the
student sees it. Nothing here runs anything.
"""

import logging
import re
import textwrap
import warnings
from collections.abc import Callable
from typing import Any

from grader.core.errors import GraderError

_log = logging.getLogger(__name__)

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
# The commands that Colab and editors leave in a script. No line of a Python file begins or ends like this.
_COMMAND_IN_SCRIPT = re.compile(
    r"^[ \t]*(?:[%!]{1,2}[ \t]*[A-Za-z]|\?{1,2}[A-Za-z])|=[ \t]*[%!][ \t]*[A-Za-z]|^[ \t]*[\w.]+\?{1,2}[ \t]*$",
    re.MULTILINE,
)
_PROMPT = re.compile(r">>>|In \[")
_CELL_MAGIC = re.compile(r"%%(\w*)(?!\w*\?)")
_CAPTURED = re.compile(r"%%capture[ \t]+(?:--?[\w-]+[ \t]+)*([A-Za-z_]\w*)")
_TIMED = re.compile(r"%time[ \t]++(?=[^-\s\\#])")
_INSTALL = re.compile(r"\s*(?:pip3?|conda|mamba|uv)[ ]+(?:pip[ ]+)?install\b[^\n]*+\s*")
# `what?` in IPython's eyes takes time by the square of its length; no real one is this long.
_LONGEST_HELP = 2_000
_NOTE = "# IPython command, not run"


# `%%time` and its like run their body as Python in the notebook. The body of every other cell magic is left out:
# it is another language (`%%bash`, `%%html`), a file to write, or something that only that magic understands.
PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
# What taking commands out may cost in one notebook. Every command needs a fresh look at its whole cell, and where
# a string is left open, Python's tokenizer takes time by the square of the line's length. The unit is about a
# nanosecond; ordinary notebooks need a thousandth of this.
WORK_LIMIT = 5_000_000_000


class TooMuchWorkError(GraderError):
    """Taking the commands out of a cell would cost more than `WORK_LIMIT` allows."""


def remove_from_script(source: str) -> str:
    """Return the Python of a script, with as many lines as `source`. What is too much work comes back as it is."""
    if not _COMMAND_IN_SCRIPT.search(source):
        return source
    try:
        return CommandRemover().remove_lines(source)
    except TooMuchWorkError:
        return source


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
            return _blank_cell(source.split("\n"))
        if not _MAYBE_COMMAND.search(source):
            return source
        with warnings.catch_warnings():
            # What Python has to say about the student's code is said when it runs.
            warnings.simplefilter("ignore")
            return "\n".join(self._without_commands(source.split("\n")))

    def remove_lines(self, source: str) -> str:
        """Return the Python of a text in which `%%` does not begin a cell. Raises `TooMuchWorkError`."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "\n".join(self._statements(source.split("\n")))

    def _without_commands(self, lines: list[str]) -> list[str]:
        done: list[str] = []
        while True:
            start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
            done, lines = done + lines[:start], _tidy(lines[start:])
            magic = _CELL_MAGIC.match(lines[0]) if lines else None
            if magic is None:
                return done + self._statements(lines)
            if magic[1] not in PYTHON_CELL_MAGICS:
                return done + _blank_cell(lines).split("\n")
            # The body is a cell of its own to IPython: it may be indented, or begin with another cell magic.
            # What `%%capture name` binds shows something later, as what `display` returns does.
            captured = _CAPTURED.match(lines[0])
            line = f"{captured[1]} = display(display_id=True)  {_NOTE}" if captured else _NOTE
            done, lines = [*done, line], lines[1:]

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


def _blank_cell(lines: list[str]) -> str:
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
        commands = [hit for kind in ipython.TransformerManager().token_transformers if (hit := kind.find(tokens))]
        for command in sorted(commands, key=ipython.TokenTransformBase.sortby):
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
    except Exception:  # noqa: BLE001 - whatever IPython trips over: running the cell says what is wrong with it
        _log.debug("IPython's transformer failed on a cell.", exc_info=True)
        return None
    return None


def _harmless(command: Any, before: str, text: str, by_ipython: str) -> str:
    """Return the line that stands for a command which begins with `text`, after `before` on the same line."""
    if timed := _TIMED.match(text):
        # `%time history = model.fit(...)` runs the statement in the notebook: it belongs to the solution.
        return before + text[timed.end() :]
    kind = type(command).__name__
    if kind in ("MagicAssign", "SystemAssign"):  # a command of the system would return its output, line by line
        return f"{before}{'None' if kind == 'MagicAssign' else '[]'}  {_NOTE}"
    if kind == "EscapedCommand" and text[0] in ",;/":
        return by_ipython.rstrip("\n")  # `/f x` is short for `f(x)`: Python after all
    return f"{before}pass  {_NOTE}"
