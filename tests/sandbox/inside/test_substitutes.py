"""What surrounds a solution is replaced before anything of it runs, whatever is missing or imported already."""

import builtins
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside import datasets, notebook_shell, substitutes
from grader.sandbox.inside.notebook_shell import display, get_shell
from grader.sandbox.inside.substitute_modules import Finder

PARTS = ("_replace_windows", "_replace_boards", "_replace_devices", "_refuse_graph_mode", "replace_system")
SOURCE = "import IPython\n"
NAMES: dict[str, Any] = {}


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return a function that installs all; its parts only say that they were called, and change nothing here."""
    for name in ("display", "get_ipython"):
        monkeypatch.setattr(builtins, name, None, raising=False)
    monkeypatch.setattr(notebook_shell, "_shells", [])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    called: list[str] = []
    for part in PARTS:
        monkeypatch.setattr(substitutes, part, lambda part=part: called.append(part))
    monkeypatch.setattr(datasets, "install", lambda: called.append("datasets"))

    def install_all() -> list[str]:
        submission = Submission("a.py", "", "script", (Unit(SOURCE, SOURCE),))
        substitutes.install(submission, NAMES, {"<submission file>": None})
        return called

    return install_all


def test_all_is_replaced_and_what_stands_in_is_found_before_what_is_installed(
    install: Callable[[], list[str]],
) -> None:
    assert install() == [*PARTS, "datasets"]
    assert isinstance(sys.meta_path[0], Finder)
    names: dict[str, Any] = vars(builtins)
    assert (names["display"], names["get_ipython"]) == (display, get_shell)
    assert (shell := get_shell()) is not None
    assert shell.user_ns is NAMES


def test_a_shell_that_a_library_has_imported_already_is_not_used(
    install: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IPython", "IPython.display"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "IPythonic", types.ModuleType("IPythonic"))
    install()
    assert not [name for name in sys.modules if name.partition(".")[0] == "IPython"]
    assert "IPythonic" in sys.modules


@pytest.mark.parametrize("error", [AttributeError, ImportError])
def test_a_part_that_another_version_of_a_library_lacks_costs_no_other(
    install: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail() -> None:
        raise error("not in this version")

    for part in PARTS[::2]:
        monkeypatch.setattr(substitutes, part, fail)
    assert install() == [*PARTS[1::2], "datasets"]
