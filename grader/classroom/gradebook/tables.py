"""Write the class over exercises as CSV and as a workbook."""

import io
from collections.abc import Iterator

from grader.classroom.exports.cells import defuse
from grader.classroom.exports.columns import CellValue
from grader.classroom.exports.text_files import encode_csv, format_cell
from grader.classroom.exports.workbook import fill_sheet
from grader.core.i18n import Translator, _
from grader.protocol.course_gradebook import CourseGradebook, CourseMark

# The columns of the CSV file, the same in every language: who it is, then five for each exercise, then the sum of
# the final marks and what all exercises are worth. Cells are empty, never 0, where nothing was handed in or is
# decided.
COLUMNS_BEFORE = ("student", "name", "email", "number")
COLUMNS_OF_EXERCISE = ("points", "grade", "status", "late", "attempts")
COLUMNS_AFTER = ("total", "max_total", "final")


def to_csv(gradebook: CourseGradebook) -> bytes:
    """Return the table as CSV: commas, decimal points, UTF-8 with a byte order mark."""
    exercises = [f"{column}:{e.name}" for e in gradebook.exercises for column in COLUMNS_OF_EXERCISE]
    header = (*COLUMNS_BEFORE, *exercises, *COLUMNS_AFTER)
    return encode_csv([[defuse(head) for head in header], *(map(format_cell, row) for row in _rows(gradebook))])


def to_xlsx(gradebook: CourseGradebook, language: str) -> bytes:
    """Return a workbook with a sheet of marks, one of hints, and one of who is not in the roster."""
    from openpyxl import Workbook

    translate, book = Translator(language), Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = translate(_("Marks"))
    words = (_("Points"), _("Grade"), _("Status"), _("Late"), _("Hand-ins"))
    heads = [translate(word) for word in (_("Student"), _("Name"), _("E-mail"), _("Number"))]
    heads += [f"{exercise.title}: {translate(word)}" for exercise in gradebook.exercises for word in words]
    heads += [translate(word) for word in (_("Sum"), _("Maximum points"), _("Final"))]
    fill_sheet(sheet, heads, _rows(gradebook), "C2")
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 26
    hints = book.create_sheet(translate(_("Hints")))
    heads = [
        translate(word)
        for word in (
            _("Exercise"),
            _("Hint"),
            _("What it says"),
            _("Students"),
            _("Handed in again"),
            _("Passed then"),
        )
    ]
    fill_sheet(hints, heads, _hint_rows(gradebook), "A2")
    hints.column_dimensions["B"].width, hints.column_dimensions["C"].width = 26, 60
    if gradebook.has_roster:
        others = book.create_sheet(translate(_("Not in the roster")))
        heads = [translate(word) for word in (_("Exercise"), _("Student"), _("Name"))]
        fill_sheet(others, heads, ((u.exercise, u.key, u.name) for u in gradebook.unmatched), "A2")
        others.column_dimensions["B"].width = others.column_dimensions["C"].width = 26
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(gradebook: CourseGradebook) -> Iterator[tuple[CellValue, ...]]:
    for student in gradebook.students:
        marks = [cell for mark in student.marks for cell in _mark_cells(mark)]
        after = (student.total, gradebook.max_points, student.is_final)
        yield (student.key, student.name, student.email, student.number, *marks, *after)


def _mark_cells(mark: CourseMark | None) -> tuple[CellValue, ...]:
    if mark is None:
        return (None,) * len(COLUMNS_OF_EXERCISE)
    return (mark.mark, mark.grade, mark.status.value, mark.is_late, float(len(mark.attempts)))


def _hint_rows(gradebook: CourseGradebook) -> Iterator[tuple[CellValue, ...]]:
    for hint in gradebook.hints:
        yield hint.exercise, hint.hint, hint.text, float(hint.students), float(hint.again), float(hint.passed)
