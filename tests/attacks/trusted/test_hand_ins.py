"""Archives and notebooks that want more of the machine that reads them than they look like.

Each attack hands in something beside one honest submission, which is graded all the same. With its bound taken
down, the attack is taken, or takes what it tries to take.
"""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.core.errors import UserError
from grader.core.i18n import Message
from grader.rubric.checks.cheat_sheet import markdown_tables
from grader.submission.reader import read
from tests.attacks.trusted.measure import Answer, measure
from tests.classroom.intake.handed import as_zip, seen, zipped
from tests.classroom.intake.raw_zip import Raw, raw_zip

HONEST = Raw(b"berta/x.py", b"b")
ANY = 1 << 28
SOURCE = "x = 1\n"


@dataclass(frozen=True)
class Archive:
    """A zip of a class whose member `anna` is an attack. `bounds`: what refuses it, each with what does not."""

    make: Callable[[Path], Path]
    bounds: dict[str, object]


def of_class(*members: Raw) -> Callable[[Path], Path]:
    return lambda file: raw_zip(file, [*members, HONEST])


def own_zip(files: dict[str, str | bytes]) -> Callable[[Path], Path]:
    """Return a class in which Anna handed a zip in."""
    return lambda file: as_zip(file, {"anna/work.zip": zipped(files), "berta/x.py": "b"})


def allow(*_: object) -> Message | None:
    return None


ARCHIVES = {
    "a file that unpacks to a thousand times its size": Archive(
        of_class(Raw(b"anna/x.py", b"a" * 30_000_000)),
        {"grader.classroom.intake.choose_file.MAX_NOTEBOOK_BYTES": ANY},
    ),
    "a zip in a zip that unpacks to more": Archive(
        own_zip({"x.py": b"a" * 30_000_000}), {"grader.classroom.intake.choose_file.MAX_NOTEBOOK_BYTES": ANY}
    ),
    "a zip of thousands of files in a zip": Archive(
        own_zip({"x.py": "a", **{f"{n}.txt": "" for n in range(2_500)}}),
        {"grader.classroom.intake.choose_file.MAX_IN_ARCHIVE": ANY},
    ),
    "a name of a megabyte of folders": Archive(
        own_zip({f"{'a/' * 700}x.py": "a"}),
        {"grader.classroom.intake.zip_tree.MAX_NAME": ANY, "grader.classroom.intake.zip_tree.MAX_DEPTH": ANY},
    ),
    "a name that leads to a drive": Archive(
        own_zip({"C:x.py": "a"}), {"grader.classroom.intake.zip_tree._bad_name": allow}
    ),
    "a link to a file of the machine": Archive(
        of_class(Raw(b"anna/x.py", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
        {"grader.classroom.intake.zip_tree._refusal": allow},
    ),
    "a device": Archive(
        of_class(Raw(b"anna/x.py", b"", mode=stat.S_IFCHR | 0o644)),
        {"grader.classroom.intake.zip_tree._refusal": allow},
    ),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_refused_and_the_neighbour_is_read(name: str, tmp_path: Path) -> None:
    intake = seen(ARCHIVES[name].make(tmp_path / "class.zip"))
    assert intake.taken == {"berta": "b"}
    assert "anna" in intake.refused


@pytest.mark.parametrize("name", ARCHIVES)
def test_without_its_bound_the_archive_is_taken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound, value in ARCHIVES[name].bounds.items():
        monkeypatch.setattr(bound, value)
    assert set(seen(ARCHIVES[name].make(tmp_path / "class.zip")).taken) == {"anna", "berta"}


# Notebooks and scripts.


@dataclass(frozen=True)
class File:
    """A file that is dear to read."""

    name: str
    content: str
    bounds: dict[str, object]


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def code(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, "execution_count": None}


FILES = {
    "a hundred thousand cells": File(
        "a.ipynb", notebook(*[code(SOURCE)] * 100_000), {"grader.submission.reader.MAX_CELLS": ANY}
    ),
    "a line of a megabyte": File(
        "a.py", "x = '" + "a" * 1_000_000 + "'", {"grader.submission.reader.MAX_LINE": ANY}
    ),
    "outputs of 25 MB": File(
        "a.ipynb",
        notebook({**code(SOURCE), "outputs": [{"output_type": "stream", "text": "a" * 25_000_000}]}),
        {"grader.submission.reader.MAX_NOTEBOOK_BYTES": ANY},
    ),
    "code of 5.4 MB": File("a.py", SOURCE * 900_000, {"grader.submission.reader.MAX_CODE_BYTES": ANY}),
    # Each command needs a fresh look at the whole cell.
    "two thousand IPython commands in a cell": File(
        "a.ipynb", notebook(code("a = !b\n" * 2_000)), {"grader.submission.ipython_commands.WORK_LIMIT": 1 << 80}
    ),
}


def read_apart(path: Path) -> tuple[bool, float, float]:
    """Read a file apart; return whether it was taken, and what that took, in MiB and seconds."""

    def work() -> Answer:
        try:
            read(path)
        except UserError as error:
            return {"refused": str(error)}
        return {}

    cost = measure(work)
    return not cost.answer, cost.peak_mib, cost.cpu_seconds


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_dear_to_read_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / FILES[name].name
    path.write_text(FILES[name].content)
    is_taken, memory, seconds = read_apart(path)
    assert not is_taken
    assert memory < 500
    assert seconds < 10


@pytest.mark.parametrize("name", [name for name in FILES if "IPython" not in name])
def test_without_its_bound_the_file_is_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / FILES[name].name
    path.write_text(FILES[name].content)
    for bound, value in FILES[name].bounds.items():
        monkeypatch.setattr(bound, value)
    assert read_apart(path)[0]


# The tables in the Markdown of a notebook, which the examiner reads.

# The rule of Markdown fills each short row up to the width of the header: 2 kB become 400 times 400 cells.
WIDE = "|" + "a|" * 400 + "\n" + "|" + "-|" * 400 + "\n" + "|\n" * 400


def seconds_to_read(text: str) -> float:
    """Return how long it takes to find the tables of a text."""
    return measure(lambda: {"tables": len(list(markdown_tables.read_markdown_tables([text])))}).cpu_seconds


@pytest.mark.parametrize("text", [WIDE, "|-|-|\n" * 4000, "-" * 1_000_000 + "x", "|" * 1_000_000, " " * 1_000_000])
def test_markdown_is_read_in_little_time(text: str) -> None:
    assert seconds_to_read(text) < 2


def test_without_its_bound_a_wide_table_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    bounded = seconds_to_read(WIDE)
    monkeypatch.setattr(markdown_tables, "MAX_COLUMNS", ANY)
    assert seconds_to_read(WIDE) > bounded + 0.3
