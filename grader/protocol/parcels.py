"""How records with arrays travel between processes and into files: as one parcel of bytes, never as pickle.

A parcel is one record with the arrays that it refers to by name: `pack` and `unpack` are the only way in which
plans and evidence become bytes. The record is JSON; an array is its dtype, its shape and its bytes, in
MessagePack. Both are read by strict schemas, and an array that does not fill its shape exactly is refused before
NumPy sees it.
"""

import math
import re
import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec

from grader.core.errors import InternalError

if TYPE_CHECKING:
    import numpy as np

MAX_JSON_BYTES = 16 << 20
MAX_ARRAY_BYTES = 256 << 20  # of all arrays of a parcel together
MAX_ARRAYS = 20_000
MAX_DIMENSIONS = 16
MAX_NAME = 500  # characters of the name of an array

Arrays = Mapping[str, "np.ndarray[Any, Any]"]
R = TypeVar("R")
_MARK = b"KGP2"  # keras-grader parcel, second format; old_parcels.py reads the first
_HEADER = struct.Struct("<4sII")  # the mark, the length of the record, and the CRC-32 of the arrays
# Numbers, booleans and fixed-width texts. Never objects, whose bytes are addresses; never items of no bytes, of
# which an array may claim any number.
_DTYPE = re.compile(r"[<>|][biufcSU][1-9][0-9]{0,8}")


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all records that cross the wall: frozen, and strict when decoded."""


class Tagged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="is"):
    """Base of records that are one of several kinds. Each gives its own `tag=`: it is what is stored."""


class PackedArray(msgspec.Struct, frozen=True, array_like=True):
    """An array as it travels. The limits are checked before anything of that length is built."""

    name: Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
    dtype: Annotated[str, msgspec.Meta(max_length=20)]
    """As NumPy writes it: `<f4`."""
    shape: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_DIMENSIONS)]
    order: Literal["C", "F"]
    """Whether rows or columns are contiguous. Sums over the one and the other differ in their last bits."""
    content: memoryview


_ENCODER = msgspec.msgpack.Encoder()
PackedArrays = Annotated[list[PackedArray], msgspec.Meta(max_length=MAX_ARRAYS)]


class BadParcelError(InternalError):
    """Bytes that are not one parcel of the type asked for."""


def pack(record: object, arrays: Arrays) -> bytes:
    """Return record and arrays as bytes.

    Raises:
        BadParcelError: an array holds Python objects, or items of another kind that cannot travel.
        MemoryError: there is no room for the bytes.
    """
    packed = [_packed(name, array) for name, array in arrays.items()]
    # `msgspec.msgpack.encode` ends the process where memory runs out (msgspec 0.22); this raises `MemoryError`.
    content = bytearray()
    _ENCODER.encode_into(packed, content)
    return b"".join((_head(record, content), content))


def unpack(parcel: bytes, kind: type[R]) -> tuple[R, dict[str, "np.ndarray[Any, Any]"]]:
    """Read a record of type `kind` and its arrays, which may be written to.

    Raises:
        BadParcelError: the bytes are anything else: cut off, too large, with unknown fields or odd arrays.
    """
    record = unpack_record(parcel, kind)
    content = memoryview(parcel)[_record_end(parcel) :]
    if zlib.crc32(content) != _HEADER.unpack_from(parcel)[2]:
        raise BadParcelError("the arrays are damaged")
    try:
        arrays = msgspec.msgpack.decode(content, type=PackedArrays)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadParcelError(f"{type(error).__name__}: {error}") from error
    names = [array.name for array in arrays]
    if len(names) > MAX_ARRAYS or len(set(names)) != len(names):
        raise BadParcelError("too many arrays, or two of one name")
    if sum(_size(array) for array in arrays) > MAX_ARRAY_BYTES:
        raise BadParcelError("the arrays are too large")
    return record, {array.name: _array(array) for array in arrays}


def measure_record(parcel: bytes) -> int:
    """Return how many bytes the record of a parcel takes as JSON, without reading it. Raises `BadParcelError`."""
    return _record_end(parcel) - _HEADER.size


def unpack_record(parcel: bytes, kind: type[R]) -> R:
    """Read only the record of a parcel. Raises `BadParcelError`."""
    text = memoryview(parcel)[_HEADER.size : _record_end(parcel)]
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadParcelError(f"{type(error).__name__}: {error}") from error


def replace_record(parcel: bytes, record: object) -> bytes:
    """Return the parcel with another record and the same arrays, not decoded. Raises `BadParcelError`."""
    return b"".join(exchange_record(parcel, record))


def exchange_record(parcel: bytes, record: object) -> "tuple[bytes, memoryview]":
    """Return the parts that `replace_record` joins: the arrays, which may be large, are not copied.

    Raises `BadParcelError`.
    """
    arrays = memoryview(parcel)[_record_end(parcel) :]
    return _head(record, arrays), arrays


def _head(record: object, arrays: "bytes | bytearray | memoryview") -> bytes:
    """Return the beginning of a parcel, up to its arrays."""
    text = msgspec.json.encode(record)
    return _HEADER.pack(_MARK, len(text), zlib.crc32(arrays)) + text


def _record_end(parcel: bytes) -> int:
    try:
        mark, length, _ = _HEADER.unpack_from(parcel)
    except struct.error as error:
        raise BadParcelError(str(error)) from error
    end = _HEADER.size + length
    if mark != _MARK:
        raise BadParcelError("not a parcel")
    if length > MAX_JSON_BYTES or end > len(parcel):
        raise BadParcelError("cut off or too large")
    return int(end)


def _packed(name: str, array: "np.ndarray[Any, Any]") -> PackedArray:
    import numpy as np  # the command line packs nothing and starts without NumPy

    if _DTYPE.fullmatch(array.dtype.str) is None:
        raise BadParcelError(f"array {name!r} has the dtype {array.dtype}, which cannot travel")
    order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    content = np.ascontiguousarray(array.T if order == "F" else array)
    return PackedArray(name, array.dtype.str, array.shape, order, content.reshape(-1).view(np.uint8).data)


def _size(array: PackedArray) -> int:
    """Return the bytes that an array claims to have, where no dimension may hide the others by being zero.

    Raises:
        BadParcelError: what it claims is no array, or not what it has.
    """
    if _DTYPE.fullmatch(array.dtype) is None or len(array.shape) > MAX_DIMENSIONS:
        raise BadParcelError(f"an array of dtype {array.dtype[:20]!r} and {len(array.shape)} dimensions")
    if any(length < 0 for length in array.shape):
        raise BadParcelError("an array of negative length")
    item = int(array.dtype[2:]) * (4 if array.dtype[1] == "U" else 1)
    if math.prod(array.shape) * item != array.content.nbytes:
        raise BadParcelError("an array has not the size that its shape says")
    return math.prod(max(1, length) for length in array.shape) * item


def _array(packed: PackedArray) -> "np.ndarray[Any, Any]":
    import numpy as np

    try:
        dtype = np.dtype(packed.dtype)
        shape = packed.shape if packed.order == "C" else packed.shape[::-1]
        array = np.frombuffer(packed.content, np.uint8).copy().view(dtype).reshape(shape)
    except (TypeError, ValueError) as error:  # <f3, say, which no machine has
        raise BadParcelError(f"{type(error).__name__}: {error}") from error
    return array if packed.order == "C" else array.T
