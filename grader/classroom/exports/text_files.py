"""Write the two plain files: a CSV table, and JSON Lines."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from grader.classroom.exports.cells import defuse, format_number
from grader.classroom.exports.columns import CellValue, build_header, build_rows, find_criterion_ids
from grader.protocol.gradebook import GradebookEntry

BOM = "\ufeff"  # tells Excel that the file is UTF-8


def to_csv(entries: Sequence[GradebookEntry]) -> bytes:
    """Return the table of `exports.columns` as CSV: commas, decimal points, UTF-8 with a byte order mark."""
    ids = find_criterion_ids(entries)
    return encode_csv(
        [
            [defuse(name) for name in build_header(ids)],
            *(map(format_cell, row) for row in build_rows(entries, ids)),
        ]
    )


def encode_csv(lines: Iterable[Iterable[str]], delimiter: str = ",", bom: bool = True) -> bytes:
    """Return lines of cells as a CSV file. The cells have to be safe already: see `defuse`."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return ((BOM if bom else "") + buffer.getvalue()).encode()


def format_cell(cell: CellValue) -> str:
    """Return the text of a cell in CSV."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return defuse(cell) if isinstance(cell, str) else format_number(cell)


def to_jsonl(entries: Sequence[GradebookEntry]) -> bytes:
    """Return one JSON object per line: the entry as it is stored, with `status` and `points` in front.

    `points` is null without a mark. JSON has no formulas: texts are as they were, but for lone surrogates,
    which UTF-8 cannot hold.
    """
    records = ({"status": e.status.value, "points": e.mark, **msgspec.to_builtins(e)} for e in entries)
    return b"".join(msgspec.json.encode(_encodable(entry)) + b"\n" for entry in records)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value
