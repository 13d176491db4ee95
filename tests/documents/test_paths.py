"""Every file, module and name of the code that a document mentions exists."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.rubric.old_imports import NEW_MODULES
from tests.helpers.paths import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
# Such a folder is made when a wheel is built.
ONLY_IN_WHEELS = ("grader/_course",)

_PATH = re.compile(r"(?<![\w./-])(?:grader|reports|tests|scripts|reference|exercises)/[\w*/.-]*[\w*/]")
_DOTTED = re.compile(r"(?<![\w./-])(?:grader|reports|scripts)(?:\.(?!log\b)\w+)+")
_PLACEHOLDERS = ("NAME", "flowers", "small", "mychecks", "1-digits", "*")


def paths_in(text: str) -> Iterator[str]:
    """Return every path into the code that a text mentions, but those that stand for any exercise."""
    for path in _PATH.findall(text):
        if not path.startswith(ONLY_IN_WHEELS) and not any(word in path for word in _PLACEHOLDERS):
            yield path


def exists(dotted: str) -> bool:
    """Return whether a dotted name is a module of the program or something in one, today or in old rubrics."""
    if dotted in NEW_MODULES:
        return True
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:end])
        if (place / "__init__.py").is_file() or place.with_suffix(".py").is_file():
            thing = importlib.import_module(".".join(parts[:end])) if parts[end:] else None
            for name in parts[end:]:
                thing = getattr(thing, name, None)
            return not parts[end:] or thing is not None
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_of_a_document_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [path for path in paths_in(text) if not (ROOT / path).exists()] == []
    assert [dotted for dotted in _DOTTED.findall(text) if not exists(dotted)] == []


def test_the_documents_mention_the_code() -> None:
    mentioned = {path for page in PAGES for path in paths_in(page.read_text("utf-8"))}
    assert len(mentioned) > 30


@pytest.mark.parametrize("wrong", ["see grader/certify.py.", "in `grader/crew/`", "(reports/charts.py)"])
def test_a_path_that_is_nowhere_would_be_found(wrong: str) -> None:
    assert [path for path in paths_in(wrong) if not (ROOT / path).exists()] != []


@pytest.mark.parametrize(
    ("dotted", "there"),
    [
        ("grader.rubric.checks", True),
        ("grader.rubric.checks.Accuracy", True),
        ("grader.rubric.checks.__all__", True),
        ("grader.certify", False),
        ("grader.rubric.checks.Nonsense", False),
    ],
)
def test_a_dotted_name_is_looked_up(dotted: str, there: bool) -> None:
    assert exists(dotted) is there
