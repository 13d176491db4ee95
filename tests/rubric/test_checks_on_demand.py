"""Which modules a rubric imports with the checks that it names."""

import subprocess
import sys

import pytest

from grader.rubric import checks

PROGRAM = """
import sys
from grader.rubric import Rubric
from grader.rubric.checks import Accuracy
print(*sorted(name for name in sys.modules if name.startswith("grader.rubric.checks.") or name == "markdown_it"))
"""


def test_a_check_is_imported_when_it_is_named_and_no_other() -> None:
    """One that reads Markdown takes as long as a tenth of all that a broken rubric may take."""
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    imported = run.stdout.split()
    assert "grader.rubric.checks.networks.accuracy" in imported
    assert "grader.rubric.checks.cheat_sheet.check" not in imported
    assert "markdown_it" not in imported


def test_every_public_check_can_be_imported() -> None:
    """What `__all__` names has to be imported above it, where the module of each name is read from."""
    for name in checks.__all__:
        assert getattr(checks, name).__name__ == name
    assert dir(checks) == checks.__all__


def test_a_name_of_no_check_is_an_attribute_error() -> None:
    """So that Python says which name cannot be imported."""
    with pytest.raises(AttributeError, match=r"module 'grader\.rubric\.checks' has no attribute 'Acuracy'"):
        checks.__getattr__("Acuracy")
