"""Export marks for other programs: tables, a workbook, JSON Lines, and the files that platforms import."""

from collections.abc import Sequence
from pathlib import Path

from grader.classroom.exports.formats import ENDINGS, Exported, Format, UnusableRosterError
from grader.core.i18n import _
from grader.protocol.gradebook import GradebookEntry

__all__ = ["ENDINGS", "Exported", "Format", "UnusableRosterError", "export"]

PLATFORMS = frozenset((Format.MOODLE, Format.CANVAS, Format.GRADESCOPE))


def export(
    entries: Sequence[GradebookEntry],
    exercise: str,
    format_: Format,
    language: str,
    roster: Path | None = None,
    column: str | None = None,
) -> Exported:
    """Return the entries as a file. Whoever has no mark has an empty cell, never 0.

    `roster`: the platform's own export, to be filled in. `column`: the heading of the column for the marks in
    it; without one it is found by its name, for Canvas by the exercise's name or title.

    Raises `UnusableRosterError`, also for a roster of a format that has none.
    """
    # Imported here, for the command line imports this package to know which formats there are.
    from grader.classroom.exports.platforms import to_platform
    from grader.classroom.exports.roster import fill_roster
    from grader.classroom.exports.text_files import to_csv, to_jsonl
    from grader.classroom.exports.workbook import to_xlsx

    if roster is not None:
        if format_ not in PLATFORMS:
            expected = ", ".join(sorted(PLATFORMS))
            raise UnusableRosterError(
                _(
                    "A roster belongs to one of {expected}; received {format}.",
                    expected=expected,
                    format=format_.value,
                )
            )
        titles = {entry.verdict.title for entry in entries if entry.verdict is not None}
        return fill_roster(entries, (exercise, *sorted(titles)), format_, roster, column)
    if format_ in PLATFORMS:
        return to_platform(entries, exercise, format_, language)
    data = {
        Format.CSV: lambda: to_csv(entries),
        Format.JSONL: lambda: to_jsonl(entries),
        Format.XLSX: lambda: to_xlsx(entries, language),
    }[format_]()
    return Exported(data=data, without_mark=tuple(entry.name for entry in entries if entry.mark is None))
