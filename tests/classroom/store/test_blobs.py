"""Files by their hash, on more than one kind of file system."""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.store import Store, blobs
from grader.classroom.store.blobs import Blobs
from tests.classroom.store.made import EXERCISE, hand, kept, refused, submission
from tests.helpers.store_tables import add_hand_in

MEMORY = "memory://store-of-tests/files"


@pytest.fixture(params=["local", "file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a folder for files."""
    if request.param == "memory":
        yield MEMORY
        fsspec.filesystem("memory").rm("/store-of-tests", recursive=True)
    else:
        yield ("file://" if request.param == "file" else "") + str(tmp_path / "files")


def nothing() -> set[str]:
    """Refer to nothing."""
    return set()


def names(url: str) -> list[str]:
    """Return all files below an address."""
    fs, root = fsspec.core.url_to_fs(url)
    return sorted(str(name).removeprefix(root) for name in fs.find(root))


def test_what_is_put_comes_back_by_its_hash(url: str) -> None:
    held = Blobs(url, "a")
    for data in (b"", b"\0\xff", os.urandom(3_000_000)):
        digest = held.put(data)
        assert digest == hashlib.sha256(data).hexdigest()
        assert held.put(data) == digest
        assert held.get(digest) == Blobs(url, "a").get(digest) == data
    assert len(names(url)) == 3
    assert held.get("0" * 64) is None


def test_files_lie_in_folders_of_two_letters_and_nothing_else_is_left(url: str) -> None:
    digest = Blobs(url, "a").put(b"x")
    assert names(url) == [f"/a/{digest[:2]}/{digest[2:]}"]


def test_two_stores_in_one_place_know_nothing_of_each_other(url: str) -> None:
    one, two = Blobs(url, "a"), Blobs(url, "b")
    digest = one.put(b"x")
    assert two.get(digest) is None
    two.put(b"y")
    two.tidy(nothing)
    assert one.get(digest) == b"x"


def test_a_file_that_was_changed_is_not_believed_and_is_put_right(url: str) -> None:
    held = Blobs(url, "a")
    digest = held.put(b"right")
    fs, root = fsspec.core.url_to_fs(url)
    fs.pipe_file(f"{root}/a/{digest[:2]}/{digest[2:]}", b"wrong")
    assert held.get(digest) is None
    held.put(b"right")
    assert held.get(digest) == b"right"


def test_a_whole_store_on_another_file_system(tmp_path: Path, url: str) -> None:
    with Store.open(tmp_path, files=url) as store:
        number = add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))
        store.keep_evidence("key", kept())
    with Store.open(tmp_path, files=url) as store:
        assert store.read_submission(number) == submission()
        assert store.find_evidence("key") == kept()
        store.tidy()
        assert store.find_evidence("key") == kept()
    assert not (tmp_path / "evidence").exists()


def test_what_nothing_refers_to_is_tidied_when_it_is_old(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Blobs(url, "a")
    wanted, unwanted = held.put(b"wanted"), held.put(b"unwanted")
    fs, root = fsspec.core.url_to_fs(url)
    fs.pipe_file(f"{root}/a/aside/half", b"ha")
    held.tidy(lambda: {wanted})
    assert len(names(url)) == 3
    monkeypatch.setattr(blobs, "ABANDONED", timedelta(seconds=-1))
    held.tidy(lambda: {wanted, unwanted})
    assert len(names(url)) == 2
    held.tidy(lambda: {wanted})
    assert (held.get(wanted), held.get(unwanted)) == (b"wanted", None)
    assert len(names(url)) == 1


def test_what_is_put_while_others_tidy_stays(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is referred to before the references are asked for, but after the files were listed."""
    monkeypatch.setattr(blobs, "ABANDONED", timedelta(seconds=-1))
    held = Blobs(url, "a")
    digest = held.put(b"x")
    held.tidy(lambda: {digest})
    assert held.get(digest) == b"x"


def test_two_that_tidy_at_once_do_not_trip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "ABANDONED", timedelta(seconds=-1))
    held = Blobs(str(tmp_path), "a")
    held.put(b"x")
    held.put(b"y")

    def meanwhile() -> set[str]:
        Blobs(str(tmp_path), "a").tidy(nothing)
        return set()

    held.tidy(meanwhile)
    assert names(str(tmp_path)) == []


def test_a_file_system_that_refuses_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Blobs(str(tmp_path), "a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "no room left" in refused(lambda: held.put(b"x"))
    assert names(str(tmp_path)) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_any_bytes_come_back(tmp_path: Path, many: list[bytes]) -> None:
    held = Blobs(str(tmp_path), "a")
    digests = [held.put(data) for data in many]
    assert [held.get(digest) for digest in digests] == many
