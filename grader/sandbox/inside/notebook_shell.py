"""Replace the shell of a notebook: `display`, and `get_ipython()` as exported scripts call it.

As with the commands of a notebook's cells, what `%time`, `%%time` and `%%capture` run belongs to the solution;
everything else (`%matplotlib inline`, `!pip install`, `%%bash`) is not run.
"""

import re
from collections.abc import Callable
from typing import Any

from grader.sandbox.inside.no_effect import NoEffect

# As in `grader.submission.ipython_commands`, which runs outside.
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
_COMMAND = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


class InteractiveShell:
    """Replaces the shell of a notebook. By its class, libraries such as rich do not take this for a notebook."""

    def __init__(self, user_ns: dict[str, Any]) -> None:
        """`user_ns`: the globals of the submission."""
        self.user_ns = self.user_global_ns = user_ns

    def run_line_magic(self, name: str, line: str = "", *_: Any, **__: Any) -> None:
        """Run the statement after `%time`, and nothing of any other command."""
        if name == "time":
            self._run(line)

    def run_cell_magic(self, name: str, line: str = "", cell: str = "", *_: Any, **__: Any) -> None:
        """Run the Python of `%%time`, `%%capture` and the like, and nothing of any other cell."""
        if name not in _PYTHON_MAGICS:
            return
        if name == "capture" and (words := [word for word in line.split() if word.isidentifier()]):
            self.user_ns[words[0]] = NoEffect()
        self._run(cell)

    def magic(self, command: str = "", *_: Any, **__: Any) -> None:
        """Run a command in one text, as old versions export it."""
        name, _space, line = command.lstrip("% ").partition(" ")
        self.run_line_magic(name, line)

    def run_cell(self, cell: str = "", *_: Any, **__: Any) -> None:
        """Run some Python."""
        self._run(cell)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """Return the lines that a command of the system prints: none, for it is not run."""
        return []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return NoEffect()

    def _run(self, source: str) -> None:
        # Errors are reported at the call in the submission: lines of this text are not lines of its file.
        exec(compile(_COMMAND.sub(r"\1pass", source), "<cell magic>", "exec", dont_inherit=True), self.user_ns)  # noqa: S102


_shells: list[InteractiveShell] = []


def get_shell() -> InteractiveShell | None:
    """Replace `get_ipython`; None before a submission is executed."""
    return _shells[-1] if _shells else None


def start_shell(user_ns: dict[str, Any]) -> None:
    """Give a submission its shell. `user_ns`: its globals."""
    _shells[:] = [InteractiveShell(user_ns)]


def display(*_: Any, display_id: Any = None, **__: Any) -> Any:
    """Replace `display` of notebooks: nobody looks."""
    return NoEffect() if display_id else None
