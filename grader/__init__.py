"""An autograder for Keras exercises: judges the network that was really built and trained.

In a notebook: `from grader import check; check("digits")`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.commands.notebook_check import check as check

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    # `check` brings the whole engine with it; whoever only imports the package needs none of it.
    if name == "check":
        return importlib.import_module("grader.commands.notebook_check").check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
