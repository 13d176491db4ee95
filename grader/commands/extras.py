"""Packages that not everybody needs: which commands need them, and what to say where they are not installed."""

import importlib.util
from enum import StrEnum

from grader.commands.options import exit_on_user_error
from grader.core.errors import UserError
from grader.core.i18n import Translator, _


class Extra(StrEnum):
    """The extras of the package, as pip takes them."""

    CLASS = "class"
    AUTHOR = "author"
    CLUSTER = "cluster"
    POSTGRESQL = "postgresql"


# What is imported of each extra's packages; pyproject.toml says which versions.
MODULES: dict[Extra, tuple[str, ...]] = {
    Extra.CLASS: ("alembic", "fsspec", "openpyxl", "yaml", "sqlalchemy", "starlette", "uvicorn"),
    Extra.AUTHOR: ("jupytext", "nbformat"),
    Extra.CLUSTER: ("distributed",),
    Extra.POSTGRESQL: ("psycopg",),
}


class MissingExtraError(UserError):
    """A command whose extra is not installed. `text` says what is missing, and how to install it."""


def require_extra(extra: Extra, command: str, language: str) -> None:
    """Refuse, with exit code 2, where a package of the extra is not installed. `command`: who needs it."""
    with exit_on_user_error(Translator(language)):
        if missing := tuple(name for name in MODULES[extra] if not _is_installed(name)):
            raise MissingExtraError(
                _(
                    "{command} needs packages that are not installed ({names}). Install them: pip install "
                    '"keras-grader[{extra}]"',
                    command=command,
                    names=", ".join(missing),
                    extra=extra.value,
                )
            )


def _is_installed(module: str) -> bool:
    """Return whether a module could be imported, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # refused by a finder; None in the place of the module
        return False
