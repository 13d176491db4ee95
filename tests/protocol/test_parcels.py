"""Parcels: what goes in comes out, and whatever bytes come in, there is a record or a `BadParcelError`."""

import contextlib
import io
import zipfile
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.protocol import parcels
from grader.protocol.parcels import BadParcelError, Record, pack, replace_record, unpack, unpack_record

KINDS = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(),
    npst.floating_dtypes(sizes=(16, 32, 64)),
    npst.complex_number_dtypes(),
    npst.unicode_string_dtypes(min_len=1, max_len=5),
    npst.byte_string_dtypes(min_len=1, max_len=5),
    # These are left to NumPy's own reader.
    npst.datetime64_dtypes(),
    st.just(np.dtype([("a", "<i4"), ("b", "<U3")])),
)
ARRAYS = st.dictionaries(
    st.text(max_size=10).filter(lambda name: name.isprintable()),
    st.tuples(
        KINDS.flatmap(lambda kind: npst.arrays(kind, npst.array_shapes(min_dims=0, min_side=0, max_side=4))),
        st.booleans(),
    ).map(lambda drawn: drawn[0].T if drawn[1] else drawn[0]),  # in the order of columns, too
    max_size=4,
)


class Thing(Record, frozen=True):
    """Something to send."""

    name: str
    numbers: tuple[int, ...] = ()


class Other(Record, frozen=True):
    """Something else."""

    colour: str


THING = Thing(name="a", numbers=(1, 2))


@given(st.text(), st.lists(st.integers(-(2**63), 2**63 - 1)), ARRAYS)
def test_what_is_packed_comes_back(name: str, numbers: list[int], arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    thing = Thing(name=name, numbers=tuple(numbers))
    back, held = unpack(pack(thing, arrays), Thing)
    assert back == thing
    assert list(held) == list(arrays)
    for key, array in arrays.items():
        assert held[key].dtype == array.dtype
        assert held[key].tobytes() == array.tobytes()
        assert (held[key].shape, held[key].flags.f_contiguous) == (array.shape, array.flags.f_contiguous)
        assert held[key].flags.writeable


@given(ARRAYS)
def test_a_head_is_exchanged_without_touching_the_arrays(arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    parcel = replace_record(pack(THING, arrays), Other(colour="red"))
    assert unpack_record(parcel, Other) == Other(colour="red")
    assert list(unpack(parcel, Other)[1]) == list(arrays)


def tried(parcel: bytes) -> None:
    for read in (unpack, unpack_record):
        with contextlib.suppress(BadParcelError):
            read(parcel, Thing)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_parcel_or_a_bad_one(data: bytes) -> None:
    tried(data)


@given(st.binary(max_size=60), st.integers(0, 2000), st.integers(0, 60))
def test_a_damaged_parcel_is_a_parcel_or_a_bad_one(junk: bytes, place: int, length: int) -> None:
    parcel = pack(THING, {"x": np.arange(12.0), "y": np.array(["a", "b"])})
    place %= len(parcel)
    tried(parcel[:place] + junk + parcel[place + length :])


@given(st.integers(0), st.integers(0, 255), ARRAYS.filter(bool))
def test_a_changed_byte_is_found_or_changes_nothing(
    place: int, byte: int, arrays: dict[str, np.ndarray[Any, Any]]
) -> None:
    whole = pack(THING, arrays)
    start = len(pack(THING, {})) - 2 + len(msgspec.json.encode(list(arrays)))
    changed = bytearray(whole)
    changed[start + place % (len(whole) - start)] = byte
    try:
        _, held = unpack(bytes(changed), Thing)
    except BadParcelError:
        return
    for key, array in arrays.items():
        assert (held[key].dtype, held[key].shape) == (array.dtype, array.shape)
        assert held[key].tobytes() == array.tobytes()


@given(st.integers(0, 10_000))
def test_a_cut_parcel_is_a_bad_one(length: int) -> None:
    parcel = pack(THING, {"x": np.arange(12.0)})
    with pytest.raises(BadParcelError):
        unpack(parcel[: length % len(parcel)], Thing)


def with_archive(archive: bytes, names: list[str]) -> bytes:
    text, keys = msgspec.json.encode(THING), msgspec.json.encode(names)
    return parcels._HEADER.pack(len(text), len(keys)) + text + keys + archive


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
    "a number too many": archive({"a0.npy": ONE + b"\0" * 8}),
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
        unpack(with_archive(BAD[case], ["x"]), Thing)


@pytest.mark.parametrize("case", ["compressed", "two for one", "none for one"])
def test_what_its_directory_tells_is_refused_before_anything_is_read(case: str) -> None:
    with pytest.raises(BadParcelError, match="compressed, too many or too large"):
        unpack(with_archive(BAD[case], ["x"]), Thing)


def test_an_array_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive_of(("a0.npy", ONE), ("a0.npy", ONE))
    with pytest.raises(BadParcelError):
        unpack(with_archive(twice, ["x", "y"]), Thing)
    with pytest.raises(BadParcelError):
        unpack(with_archive(archive({"a1.npy": ONE, "a0.npy": ONE}), ["x", "y"]), Thing)
    assert list(unpack(with_archive(archive({"a0.npy": ONE, "a1.npy": ONE}), ["x", "y"]), Thing)[1]) == ["x", "y"]


def test_more_than_is_kept_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = pack(THING, {"x": np.zeros(1000)})
    monkeypatch.setattr(parcels, "MAX_ARRAY_BYTES", 4000)
    with pytest.raises(BadParcelError, match="too large"):
        unpack(parcel, Thing)
    monkeypatch.setattr(parcels, "MAX_JSON_BYTES", 10)
    with pytest.raises(BadParcelError, match="too large"):
        unpack(parcel, Thing)


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"name": 3}',
        b'{"name": "a", "more": 1}',
        b'{"name": "a", "numbers": [1.5]}',
        b"\xff",
    ],
)
def test_records_are_strict(text: bytes) -> None:
    parcel = parcels._HEADER.pack(len(text), 2) + text + b"[]"
    with pytest.raises(BadParcelError):
        unpack(parcel, Thing)
    with pytest.raises(BadParcelError):
        unpack_record(parcel, Thing)


def test_python_objects_are_never_packed() -> None:
    with pytest.raises(BadParcelError, match="Python objects"):
        pack(THING, {"x": np.array([object()])})
