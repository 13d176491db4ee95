"""Replace what a submission may ask of the system, and what is not there: programs, languages, a login name."""

import functools
import locale
import os
import subprocess
from collections.abc import Callable
from typing import Any


def replace_system() -> None:
    """Let commands that cannot run here, such as installing a package, seem to succeed."""
    set_locale = locale.setlocale

    def setlocale(category: int, value: Any = None) -> str:
        try:
            return set_locale(category, value)
        except locale.Error:  # a language that is not installed
            return set_locale(category)

    locale.setlocale = setlocale  # type: ignore[assignment]
    os.system = lambda command: 0
    os.getlogin = lambda: "student"
    for name, result in (
        ("run", subprocess.CompletedProcess((), 0, "", "")),
        ("call", 0),
        ("check_call", 0),
        ("check_output", b""),
    ):
        setattr(subprocess, name, _spare_installing(getattr(subprocess, name), result))


def _spare_installing(function: Callable[..., Any], result: object) -> Callable[..., Any]:
    """Return a function of `subprocess` that returns `result` where it is to install a package."""

    @functools.wraps(function)
    def changed(command: Any, *positional: Any, **named: Any) -> Any:
        words = command.split() if isinstance(command, str) else [str(word) for word in command]
        installs = "install" in words and any("pip" in word or "conda" in word for word in words)
        return result if installs else function(command, *positional, **named)

    return changed
