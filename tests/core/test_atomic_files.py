"""Files are written in one step: the old content or the new, and nothing else is left in the folder."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.core.atomic_files import create_file, replace_file, staging_folder

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    for data in (b"old", b"new"):
        replace_file(target, data)
        assert target.read_bytes() == data
    assert list(tmp_path.iterdir()) == [target]


@posix
@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_file_has_the_rights_that_were_asked_for(tmp_path: Path, mode: int) -> None:
    replace_file(tmp_path / "a", b"", mode)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_in_the_place_of_the_file_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        replace_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_of_all_that_create_one_file_one_does(tmp_path: Path) -> None:
    target = tmp_path / "a"
    with ThreadPoolExecutor(4) as pool:
        created = list(pool.map(lambda number: create_file(target, str(number).encode()), range(8)))
    assert created.count(True) == 1
    assert target.read_bytes() == str(created.index(True)).encode()
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_system_without_links_takes_the_file_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", none)
    assert create_file(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_a_staging_folder_lies_beside_the_target_and_is_gone_afterwards(tmp_path: Path) -> None:
    target = tmp_path / "more" / "target"
    with staging_folder(target) as folder:
        (folder / "made").write_text("x")
        (folder / "left").write_text("y")
        (folder / "made").rename(target)
        assert folder.parent == target.parent
    assert list((tmp_path / "more").iterdir()) == [target]
