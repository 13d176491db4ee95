"""Parcels of release 0.1: what it stored is read, and whatever else comes in is a `BadParcelError`."""

import io
import zipfile
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol import old_parcels
from grader.protocol.old_parcels import convert_old, pack_old, unpack_old
from grader.protocol.parcels import BadParcelError, unpack
from tests.protocol.test_parcels import ARRAYS, THING, Thing


@given(ARRAYS)
def test_what_release_0_1_packed_comes_back_and_can_be_converted(arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    parcel = pack_old(THING, arrays)
    for record, back in (unpack_old(parcel, Thing), unpack(convert_old(parcel), Thing)):
        assert record == THING
        assert list(back) == list(arrays)
        for name, array in arrays.items():
            assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
            assert back[name].tobytes() == array.tobytes()


@given(st.binary(max_size=300))
def test_any_bytes_are_an_old_parcel_or_a_bad_one(data: bytes) -> None:
    try:
        unpack_old(data, Thing)
    except BadParcelError:
        return


def with_archive(archive: bytes, names: list[str]) -> bytes:
    text, keys = msgspec.json.encode(THING), msgspec.json.encode(names)
    return old_parcels._HEADER.pack(len(text), len(keys)) + text + keys + archive


def archive(entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    return archive_of(*entries.items(), kind=kind)


def archive_of(*entries: tuple[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", kind) as made:
        for name, data in entries:
            made.writestr(name, data)
    return held.getvalue()


def npy(array: np.ndarray[Any, Any], *, objects: bool = False) -> bytes:
    held = io.BytesIO()
    np.save(held, array, allow_pickle=objects)
    return held.getvalue()


def without(archive: bytes, mark: bytes) -> bytes:
    """An archive in which a mark of the format, such as that of a file, is another one."""
    return archive.replace(mark, b"PK\x09\x09")


ONE = npy(np.zeros(1))
HUGE = npy(np.zeros(0)).replace(b"(0,)", b"(9999999999,)")[:118]
BAD = {
    "compressed": archive({"a0.npy": npy(np.zeros(1000))}, zipfile.ZIP_DEFLATED),
    "objects": archive({"a0.npy": npy(np.array([None]), objects=True)}),
    # Eight bytes that would be taken for the address of an object.
    "objects in the clothes of numbers": archive({"a0.npy": ONE.replace(b"'<f8'", b"'|O8'")}),
    "objects by their short name": archive({"a0.npy": ONE.replace(b"'<f8', ", b"'|O',  ")}),
    "objects within numbers": archive({"a0.npy": ONE.replace(b"'<f8',", b"'O,f8',")}),
    "two for one": archive({"a0.npy": ONE, "a1.npy": ONE}),
    "none for one": archive({}),
    "another name": archive({"b.npy": ONE}),
    "another number": archive({"a1.npy": ONE}),
    "no array": archive({"a0.npy": b"hello"}),
    "a shape without data": archive({"a0.npy": HUGE}),
    "a shape larger than any memory": archive({"a0.npy": HUGE.replace(b"9999999999", b"9" * 16)}),
    "a negative shape": archive({"a0.npy": ONE.replace(b"(1,)", b"(-1,)")}),
    "a number too few": archive({"a0.npy": ONE[:-1]}),
    "a header that is longer than it says": archive({"a0.npy": ONE.replace(b"v\0{", b"\x36\0{")}),
    "no mark before a file": without(archive({"a0.npy": ONE}), b"PK\x03\x04"),
    "no mark in the directory": without(archive({"a0.npy": ONE}), b"PK\x01\x02"),
    "other bytes than were written": archive({"a0.npy": ONE}).replace(b"(1,)", b"(1 )"),
    "no archive": b"PK\x03\x04",
    "nothing": b"",
}


@pytest.mark.parametrize("case", BAD)
def test_bad_archives(case: str) -> None:
    with pytest.raises(BadParcelError):
        unpack_old(with_archive(BAD[case], ["x"]), Thing)


@pytest.mark.parametrize("case", ["compressed", "two for one", "none for one"])
def test_what_its_directory_tells_is_refused_before_anything_is_read(case: str) -> None:
    with pytest.raises(BadParcelError, match=r"compressed|other arrays"):
        unpack_old(with_archive(BAD[case], ["x"]), Thing)


def test_an_array_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive_of(("a0.npy", ONE), ("a0.npy", ONE))
    with pytest.raises(BadParcelError):
        unpack_old(with_archive(twice, ["x", "y"]), Thing)
    with pytest.raises(BadParcelError):
        unpack_old(with_archive(archive({"a1.npy": ONE, "a0.npy": ONE}), ["x", "y"]), Thing)
    assert list(unpack_old(with_archive(archive({"a0.npy": ONE, "a1.npy": ONE}), ["x", "y"]), Thing)[1]) == [
        "x",
        "y",
    ]
