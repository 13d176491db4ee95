"""Describe in words where in a submission something is."""

from grader.core.i18n import Message, _
from grader.core.sanitize import one_line
from grader.protocol.verdict import Location


def describe_place(location: Location) -> Message:
    """Return file and line of a location, and its cell in a notebook."""
    name = one_line(location.file)
    if location.cell is None:
        return _("{file}, line {line}", file=name, line=location.line)
    return _("{file}, cell {cell}, line {line}", file=name, cell=location.cell, line=location.line)
