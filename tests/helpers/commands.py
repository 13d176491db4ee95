"""Running a command of the grader in the process of the tests.

A Python of its own for each costs more than most of what commands do. Whether a command can be started at all,
from any folder and in any terminal, is what the tests are about that do start one.
"""

import contextlib
from pathlib import Path

from typer.testing import CliRunner, Result

from grader.commands.app import app

# English, without colours.
TERMINAL = {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "100"}


def run_here(*arguments: str | Path, folder: Path | None = None, **environment: str) -> Result:
    """Run a command in a folder and an English terminal, or as `environment` says."""
    with contextlib.chdir(folder) if folder is not None else contextlib.nullcontext():
        return CliRunner().invoke(app, [*map(str, arguments)], env=TERMINAL | environment)
