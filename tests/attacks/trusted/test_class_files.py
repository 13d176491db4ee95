"""Files of a class that a person opens for the grader: lists of students, policies, requests. Somebody sent them.

Each is refused with a sentence, in little time and memory. With its bound taken down, it takes what it tries to.
"""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from grader.classroom.exports import UnusableRosterError
from grader.classroom.exports.roster import read_csv_lines
from grader.classroom.gradebook.errors import CourseGradebookError
from grader.classroom.gradebook.roster import read_roster
from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.parse import parse_policy
from grader.classroom.review.errors import ReviewError
from grader.classroom.review.requests_file import read_requests
from grader.sandbox.inside.folders import find_kind
from tests.attacks.trusted.measure import Answer, Cost, measure

ANY = 1 << 28
HUGE = 3 << 30  # bytes of a file that takes no room on the disk
VIEW: Any = SimpleNamespace(references={})

Read = Callable[[Path], object]
READERS: dict[str, Read] = {
    "policy": lambda path: parse_policy(path, "policy.toml"),
    "roster": read_csv_lines,
    "workbook": read_roster,
    "requests": lambda path: read_requests(path, VIEW),
}
ENDINGS = {"policy": ".toml", "roster": ".csv", "workbook": ".xlsx", "requests": ".csv"}
REFUSALS = (PolicyError, UnusableRosterError, CourseGradebookError, ReviewError)


def attempt(read: Read, path: Path) -> Cost:
    """Read a file apart; the answer says whether it was refused."""

    def work() -> Answer:
        try:
            read(path)
        except REFUSALS as error:
            return {"refused": str(error)}
        return {}

    return measure(work)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, device, sparse], ids=["a pipe", "a device", "three gigabytes"])
@pytest.mark.parametrize("reader", READERS)
def test_what_never_ends_is_refused_before_it_is_read(
    reader: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / f"file{ENDINGS[reader]}"
    make(path)
    cost = attempt(READERS[reader], path)
    assert cost.answer["refused"]
    assert cost.peak_mib < 50
    assert cost.cpu_seconds < 2


def test_a_link_to_a_file_is_followed_for_the_one_who_names_it(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("login,name\na,Anna\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "list.csv")
    assert read_csv_lines(tmp_path / "link.csv")[0] == [["login", "name"], ["a", "Anna"]]


@dataclass(frozen=True)
class Dear:
    """A file that takes far more memory than it is long. `bounds`: what refuses it, each with what does not."""

    reader: str
    write: Callable[[Path], object]
    bounds: dict[str, object]


DEAR = {
    "a list of ten million empty lines": Dear(
        "roster",
        lambda path: path.write_bytes(b"login,name\n" + b"\n" * 10_000_000),
        {"grader.classroom.exports.roster.MAX_LINES": ANY},
    ),
    "a policy of thirty million letters": Dear(
        "policy",
        lambda path: path.write_bytes(b'attempt = "' + b"a" * 30_000_000 + b'"'),
        {"grader.classroom.policies.parse.MAX_BYTES": ANY},
    ),
}


@pytest.mark.parametrize("name", DEAR)
def test_a_dear_file_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dear = DEAR[name]
    path = tmp_path / f"file{ENDINGS[dear.reader]}"
    dear.write(path)
    cost = attempt(READERS[dear.reader], path)
    assert cost.answer["refused"]
    assert cost.peak_mib < 150
    for bound, value in dear.bounds.items():
        monkeypatch.setattr(bound, value)
        assert attempt(READERS[dear.reader], path).peak_mib > max(150, 3 * cost.peak_mib)


# What a function saved, as the process of the submission names it.


def test_what_is_no_file_of_a_network_is_named_without_waiting_for_it(tmp_path: Path) -> None:
    deep = tmp_path / "deep.json"
    deep.write_bytes(b"[" * 5_000_000)
    large = tmp_path / "large.json"
    sparse(large)

    def work() -> Answer:
        return {"kinds": [find_kind(path) for path in (deep, large)]}

    cost = measure(work)
    assert cost.answer["kinds"] == ["other", "other"]
    assert cost.peak_mib < 150
    assert cost.cpu_seconds < 5


def write_packed_cells(path: Path, megabytes: int) -> None:
    """Write a workbook of empty cells: four bytes each, of which a thousandth is left when they are packed."""
    row = "<row>" + "<c/>" * 100 + "</row>"
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet += row * (megabytes * 1_000_000 // len(row)) + "</sheetData></worksheet>"
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))


def test_a_workbook_that_is_large_when_it_is_unpacked_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_packed_cells(tmp_path / "list.xlsx", 41)
    assert (tmp_path / "list.xlsx").stat().st_size < 300_000
    with pytest.raises(CourseGradebookError, match=r"list\.xlsx holds 42 MB of tables; .* 40 MB are read"):
        read_roster(tmp_path / "list.xlsx")
    write_packed_cells(tmp_path / "list.xlsx", 1)
    with pytest.raises(CourseGradebookError, match="no column"):  # it was read
        read_roster(tmp_path / "list.xlsx")
    monkeypatch.setattr("grader.classroom.gradebook.roster.MAX_UNPACKED_MEGABYTES", 0)
    with pytest.raises(CourseGradebookError, match="MB of tables"):
        read_roster(tmp_path / "list.xlsx")
