"""Reads parcels of release 0.1, whose arrays were an npz file, so that stored evidence of it can be judged again.

Its arrays are read by NumPy itself, without pickle, after the sizes in the directory of the file are checked.
"""

import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from grader.protocol.parcels import MAX_ARRAY_BYTES, MAX_JSON_BYTES, Arrays, BadParcelError, pack

if TYPE_CHECKING:
    import numpy as np

R = TypeVar("R")
# Of steps of a plan. Release 0.1 had `inputs` of replays, but no plan with replays is hashed.
_NEW_FIELDS = frozenset(
    {
        *("freeze", "refuses_layers", "output_names", "heads", "as_dict", "inputs", "fixed_features"),
        *("tensorflow_seed", "without_architecture", "fused", "nested", "row_count"),
    }
)
_HEADER = struct.Struct("<II")  # lengths of the record and of the list of names


def unpack_old(parcel: bytes, kind: type[R]) -> tuple[R, dict[str, "np.ndarray[Any, Any]"]]:
    """Read a record of type `kind` and its arrays. Raises `BadParcelError`."""
    try:
        text_length, names_length = _HEADER.unpack_from(parcel)
        names_start = _HEADER.size + text_length
        end = names_start + names_length
        _require(end <= min(MAX_JSON_BYTES, len(parcel)), "cut off or too large")
        record = msgspec.json.decode(parcel[_HEADER.size : names_start], type=kind)
        names = msgspec.json.decode(parcel[names_start:end], type=list[str])
        return record, _arrays(parcel[end:], names)
    except Exception as error:  # the readers of an archive that was damaged raise anything
        raise BadParcelError(f"{type(error).__name__}: {error}") from error


def pack_old(record: object, arrays: Arrays) -> bytes:
    """Return record and arrays as release 0.1 did: the hash of a plan that it stored is of these bytes."""
    import numpy as np

    text = msgspec.json.encode(_without_new_fields(msgspec.to_builtins(record)))
    names = msgspec.json.encode(list(arrays))
    archive = io.BytesIO()
    if arrays:
        np.savez(archive, allow_pickle=False, **{f"a{i}": a for i, a in enumerate(arrays.values())})
    return _HEADER.pack(len(text), len(names)) + text + names + archive.getvalue()


def _without_new_fields(value: Any) -> Any:
    """Return a record, as plain values, without the fields that release 0.1 did not have."""
    if isinstance(value, dict):
        return {name: _without_new_fields(item) for name, item in value.items() if name not in _NEW_FIELDS}
    return [_without_new_fields(item) for item in value] if isinstance(value, list | tuple) else value


def convert_old(parcel: bytes) -> bytes:
    """Return a parcel of release 0.1 in today's format. Raises `BadParcelError`."""
    return pack(*unpack_old(parcel, msgspec.Raw))


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise BadParcelError(problem)


def _arrays(content: bytes, names: list[str]) -> dict[str, "np.ndarray[Any, Any]"]:
    import numpy as np

    if not names:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    # A zip may claim little and hold much: refuse by the sizes that its directory states, before reading.
    _require(all(entry.compress_type == zipfile.ZIP_STORED for entry in entries), "arrays are compressed")
    _require([entry.filename for entry in entries] == [f"a{i}.npy" for i in range(len(names))], "other arrays")
    _require(sum(entry.file_size for entry in entries) <= MAX_ARRAY_BYTES, "the arrays are too large")
    with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
        arrays = {name: loaded[f"a{i}"] for i, name in enumerate(names)}
    _require(
        all(isinstance(array, np.ndarray) for array in arrays.values()), "not an array"
    )  # else bytes, as it is
    return arrays
