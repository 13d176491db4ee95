"""Parcels: what goes in comes out, and whatever bytes come in, there is a record or a `BadParcelError`."""

import contextlib
import subprocess
import sys
import zlib
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
    start = parcels._record_end(whole)
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


def with_arrays(arrays: object) -> bytes:
    """A parcel of `THING` with any list in the place of its arrays, and the right checksum for it."""
    return replace_record(parcels._head(THING, b"") + msgspec.msgpack.encode(arrays), THING)


def packed(
    name: str = "x", dtype: str = "<f8", shape: tuple[int, ...] = (1,), order: str = "C", content: bytes = bytes(8)
) -> list[object]:
    return [name, dtype, list(shape), order, content]


BAD: dict[str, object] = {
    "objects": packed(dtype="|O8"),
    "objects by their short name": packed(dtype="O"),
    "a structure": packed(dtype="f4,f4"),
    "no such number": packed(dtype="<f3", content=bytes(3)),
    "items of no bytes": packed(dtype="<U0", shape=(10**15,), content=b""),
    "items without a size": packed(dtype="<U", shape=(10**15,), content=b""),
    "a shape without data": packed(shape=(9_999_999_999,)),
    "a shape larger than any memory": packed(shape=(10**16, 10**16)),
    "rows of width zero, without end": packed(shape=(10**15, 0), content=b""),
    "a negative shape": packed(shape=(-1,)),
    "two negative lengths": packed(shape=(-1, -1)),
    "a number too few": packed(content=bytes(7)),
    "a number too many": packed(content=bytes(16)),
    "more dimensions than anybody has": packed(shape=(1,) * 17),
    "another order": packed(order="K"),
    "no text for a name": [3, "<f8", [1], "C", bytes(8)],
    "a field too few": ["x", "<f8", [1], "C"],
    "no list": "x",
}


@pytest.mark.parametrize("case", BAD)
def test_an_array_that_is_none_is_refused(case: str) -> None:
    with pytest.raises(BadParcelError):
        unpack(with_arrays([BAD[case]]), Thing)
    assert list(unpack(with_arrays([packed()]), Thing)[1]) == ["x"]


def test_two_arrays_of_one_name_are_refused() -> None:
    with pytest.raises(BadParcelError, match="two of one name"):
        unpack(with_arrays([packed(), packed()]), Thing)


def test_more_arrays_than_anybody_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MAX_ARRAYS", 2)
    with pytest.raises(BadParcelError, match="too many"):
        unpack(with_arrays([packed("a"), packed("b"), packed("c")]), Thing)


def test_a_parcel_of_another_format_is_refused() -> None:
    with pytest.raises(BadParcelError, match="not a parcel"):
        unpack(b"KGP3" + pack(THING, {})[4:], Thing)


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
    arrays = msgspec.msgpack.encode([])
    parcel = parcels._HEADER.pack(parcels._MARK, len(text), zlib.crc32(arrays)) + text + arrays
    with pytest.raises(BadParcelError):
        unpack(parcel, Thing)
    with pytest.raises(BadParcelError):
        unpack_record(parcel, Thing)


@pytest.mark.parametrize(
    "array", [np.array([object()]), np.zeros(2, "M8[s]"), np.zeros(2, [("a", "<i4"), ("b", "<U3")])]
)
def test_what_is_neither_number_nor_text_is_never_packed(array: np.ndarray[Any, Any]) -> None:
    with pytest.raises(BadParcelError, match="cannot travel"):
        pack(THING, {"x": array})


OUT_OF_MEMORY = """
import resource
import numpy as np
from grader.protocol.parcels import pack
rows = np.zeros(40 << 20)  # 320 MiB
resource.setrlimit(resource.RLIMIT_DATA, (500 << 20, 500 << 20))
try:
    pack({}, {"rows": rows})
except MemoryError:
    print("no room")
"""


def test_a_parcel_without_room_is_an_error_and_not_the_end_of_the_process() -> None:
    command = [sys.executable, "-c", OUT_OF_MEMORY]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "no room\n"), done.stderr
