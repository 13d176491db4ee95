"""How records travel: JSON for what has a name, npz for arrays. Never pickle, in either direction.

A parcel is one record with the arrays that it refers to by name. `pack` and `unpack` are the only way in which
plans and evidence become bytes, on a pipe or in a file.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from grader.core.errors import InternalError

if TYPE_CHECKING:
    import numpy as np

MAX_JSON_BYTES = 16 << 20
MAX_ARRAY_BYTES = 256 << 20

Arrays = Mapping[str, "np.ndarray[Any, Any]"]
R = TypeVar("R")
_HEADER = struct.Struct("<II")  # lengths of the record and of the list of names
_ZIPPED = struct.Struct("<4s22xHH")  # before a file in a zip: a mark, and the lengths of its name and of extras
# How NumPy begins a file that holds an array of numbers or of texts. Never of objects, whose bytes are addresses.
_PLAIN = re.compile(
    rb"\x93NUMPY\x01\x00(..)\{'descr': '([<>|][biufcSU][1-9][0-9]*)', 'fortran_order': (True|False), "
    rb"'shape': \(([0-9, ]*)\), \} *\n",
    re.DOTALL,
)


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all records that cross the wall: frozen, and strict when decoded."""


class Tagged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="is"):
    """Base of records that are one of several kinds."""


class BadParcelError(InternalError):
    """Bytes that are not one parcel of the type asked for."""


def pack(record: object, arrays: Arrays) -> bytes:
    """Return record and arrays as bytes. Raises `BadParcelError` for an array of Python objects."""
    import numpy as np  # the command line packs nothing and starts without NumPy

    text = msgspec.json.encode(record)
    held = io.BytesIO()
    if arrays:
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise BadParcelError(f"array {name!r} holds Python objects")
        np.savez(held, allow_pickle=False, **{f"a{i}": a for i, a in enumerate(arrays.values())})
    names = msgspec.json.encode(list(arrays))
    return _HEADER.pack(len(text), len(names)) + text + names + held.getvalue()


def unpack(parcel: bytes, kind: type[R]) -> tuple[R, dict[str, "np.ndarray[Any, Any]"]]:
    """Read a record of type `kind` and its arrays.

    Raises `BadParcelError` for anything else: cut off, too large, unknown fields, objects in arrays.
    """
    try:
        text, names, held = _parts(parcel)
        record = msgspec.json.decode(text, type=kind)
        return record, _arrays(held, msgspec.json.decode(names, type=list[str]))
    except Exception as error:  # the readers of an archive made to harm them raise anything
        raise BadParcelError(f"{type(error).__name__}: {error}") from error


def unpack_record(parcel: bytes, kind: type[R]) -> R:
    """Read only the record of a parcel. Raises `BadParcelError`."""
    try:
        return msgspec.json.decode(_parts(parcel)[0], type=kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadParcelError(str(error)) from error


def replace_record(parcel: bytes, record: object) -> bytes:
    """Return the parcel with another record and the same arrays, which are not looked at."""
    _, names, held = _parts(parcel)
    text = msgspec.json.encode(record)
    return _HEADER.pack(len(text), len(names)) + text + names + held


def _parts(parcel: bytes) -> tuple[bytes, bytes, bytes]:
    try:
        text_length, names_length = _HEADER.unpack_from(parcel)
    except struct.error as error:
        raise BadParcelError(str(error)) from error
    start, end = _HEADER.size + text_length, _HEADER.size + text_length + names_length
    if end > MAX_JSON_BYTES or end > len(parcel):
        raise BadParcelError("cut off or too large")
    return parcel[_HEADER.size : start], parcel[start:end], parcel[end:]


def _arrays(held: bytes, keys: list[str]) -> dict[str, "np.ndarray[Any, Any]"]:
    if not keys:
        return {}
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        entries = archive.infolist()
    # A zip may claim little and hold much: refuse by the sizes that its directory states, before reading.
    stored = all(e.compress_type == zipfile.ZIP_STORED for e in entries)
    if not stored or len(entries) != len(keys) or sum(e.file_size for e in entries) > MAX_ARRAY_BYTES:
        raise BadParcelError("arrays are compressed, too many or too large")
    if any(entry.filename != f"a{i}.npy" for i, entry in enumerate(entries)):
        raise BadParcelError("other arrays than those named")
    return {key: _array(_file(held, entry)) for key, entry in zip(keys, entries, strict=True)}


def _file(held: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """Return the bytes of a stored file of a zip, which `ZipFile.read` does at ten times the cost."""
    mark, name, extras = _ZIPPED.unpack_from(held, entry.header_offset)
    start = entry.header_offset + _ZIPPED.size + name + extras
    data = memoryview(held)[start : start + entry.file_size]
    if mark != b"PK\x03\x04" or zlib.crc32(data) != entry.CRC:
        raise BadParcelError("a file of the archive is damaged")
    return data


def _array(data: memoryview) -> "np.ndarray[Any, Any]":
    """Read one array: the plain ones here, as NumPy reads a header as Python, and any other by NumPy itself."""
    import numpy as np

    found = _PLAIN.match(data)
    if found is None or found.end() != 10 + int.from_bytes(found[1], "little"):
        other: np.ndarray[Any, Any] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        return other
    shape = tuple(int(length) for length in found[4].split(b",") if length.strip())
    order: Literal["F", "C"] = "F" if found[3] == b"True" else "C"
    array: np.ndarray[Any, Any] = np.ndarray(shape, found[2].decode(), data, found.end(), order=order)
    if array.nbytes != len(data) - found.end():
        raise BadParcelError("an array is longer than it says")
    return array.copy(order="K")  # what is read may be written to
