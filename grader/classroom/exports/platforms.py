"""Write the files that Moodle, Canvas and Gradescope import, from the gradebook alone.

Each platform finds students by what it exported itself. Where the hand-ins came from elsewhere, or to be sure,
fill in the platform's own export instead: see `grader.classroom.exports.roster`.

Identifying cells are exact. The only exception is one that a spreadsheet would take for a formula (an address
such as `+anna@example.org`): it gets an apostrophe as every other text, the platform does not find that student,
and the student is among `Exported.without_row`. A mark that is not imported is noticed; a formula is not.
"""

from collections.abc import Callable, Sequence

from grader.classroom.exports.cells import defuse, format_number, is_formula
from grader.classroom.exports.formats import Exported, Format
from grader.classroom.exports.text_files import encode_csv
from grader.protocol.gradebook import GradebookEntry

Row = list[str]

# Moodle compares its headings with those of the language that its pages are shown in.
_MOODLE = {
    "en": (
        "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)",
    ),
    "de": (
        "ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
        "Zuletzt geändert (Bewertung)",
    ),
}  # fmt: skip
_PARTICIPANT = {"en": "Participant ", "de": "Teilnehmer/in"}
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_GRADESCOPE = ("Name", "SID", "Email", "Total Score", "Max Points")


def to_platform(entries: Sequence[GradebookEntry], exercise: str, format_: Format, language: str) -> Exported:
    """Return the table that the platform imports."""
    write: dict[Format, Callable[[], list[Row]]] = {
        Format.MOODLE: lambda: _moodle(entries, language),
        Format.CANVAS: lambda: _canvas(entries, exercise),
        Format.GRADESCOPE: lambda: _gradescope(entries),
    }
    # Canvas looks for "Student" at the very beginning, so that a BOM would hide it.
    data = encode_csv(write[format_](), bom=format_ is not Format.CANVAS)
    return Exported(
        data=data,
        without_row=tuple(entry.name for entry in entries if not _findable(entry, format_)),
        without_mark=tuple(entry.name for entry in entries if entry.mark is None),
    )


def _findable(entry: GradebookEntry, format_: Format) -> bool:
    keys = (entry.platform_id,) if format_ is Format.CANVAS else (entry.platform_id, entry.email)
    return any(value and not is_formula(value) for value in keys)


def _moodle(entries: Sequence[GradebookEntry], language: str) -> list[Row]:
    """Return an offline grading worksheet, which the gradebook's import by e-mail address reads too.

    There is no column of feedback: where its cell is empty, Moodle would delete what stands there. No time of
    the last change either: an older mark is replaced only if the box for that is ticked while importing.
    """
    lines = [list(_MOODLE[language])]
    for entry in entries:
        identifier = _PARTICIPANT[language] + entry.platform_id if entry.platform_id else ""
        own = [defuse(identifier), defuse(entry.name), defuse(entry.email), entry.status.value]
        lines.append([*own, format_number(entry.mark), _maximum(entry), "-"])
    return lines


def _canvas(entries: Sequence[GradebookEntry], exercise: str) -> list[Row]:
    """Return a gradebook with one assignment. Canvas offers to make it if there is none of this title."""
    maximum = next((_maximum(entry) for entry in entries if entry.verdict is not None), "")
    lines = ([defuse(e.name), defuse(e.platform_id), "", "", "", format_number(e.mark)] for e in entries)
    return [[*_CANVAS, defuse(exercise)], ["    Points Possible", "", "", "", "", maximum], *lines]


def _gradescope(entries: Sequence[GradebookEntry]) -> list[Row]:
    lines = [list(_GRADESCOPE)]
    for entry in entries:
        own = [defuse(entry.name), defuse(entry.platform_id), defuse(entry.email)]
        lines.append([*own, format_number(entry.mark), _maximum(entry)])
    return lines


def _maximum(entry: GradebookEntry) -> str:
    return format_number(entry.verdict.max_points) if entry.verdict is not None else ""
