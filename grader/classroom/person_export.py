"""Pack everything that a class folder knows of a student, for a request of access."""

import io
import json
import zipfile
from pathlib import PurePosixPath

import msgspec

from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow
from grader.classroom.store.personal_data import PersonRecords, StoredHandIn
from grader.core.i18n import Translator, _
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.submission import Submission
from grader.protocol.verdict import Record
from reports.submission.class_place import detach_from_class

NAME_PART = "-person-"  # of the file's name
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same data make the same bytes


class PersonExport(Record, frozen=True, kw_only=True):
    """The content of `person.json`."""

    schema: int = 1
    exercise: str
    gradebook: GradebookEntry  # with the mark that counts
    mark: float | None
    pseudonym: str  # by which pages call the student; empty in a class without pseudonyms
    reference: str  # by which regrade requests call the student's report
    records: PersonRecords


def name_person_export(publisher: Publisher, student: str) -> str:
    """Return the name of the file that a student's data are written to."""
    report = PurePosixPath(publisher.folder.report_address(publisher.public_key(student)))
    return f"{publisher.folder.settings.exercise}{NAME_PART}{report.stem}.zip"


def is_person_export(name: str) -> bool:
    """Return whether a file has the name of one that `name_person_export` returns."""
    return NAME_PART in name and name.endswith(".zip")


def pack_person(publisher: Publisher, row: HandInRow) -> bytes:
    """Return a zip with all that is known of a student. Evidence is described only. Raises `StoreError`.

    It would give away rows that the course has hidden, and links of a report would name others.
    """
    student, settings = row.entry.student, publisher.folder.settings
    records = publisher.store.personal_data.read(publisher.series, student)
    pseudonym = publisher.public_key(student) if settings.anonymous else ""
    entry = publisher.marks.decide(row.entry)
    content = PersonExport(
        exercise=settings.exercise,
        gradebook=entry,
        mark=entry.mark,
        pseudonym=pseudonym,
        reference=publisher.public_reference(student),
        records=records,
    )
    files = {
        "README.txt": _describe(Translator(settings.language)).encode(),
        "person.json": json.dumps(msgspec.to_builtins(content), ensure_ascii=False, indent=2).encode(
            "utf-8", "replace"
        ),
    }
    for one in records.hand_ins:
        if one.submission is not None:
            files[f"hand-ins/{one.number}-{_name_source(one)}"] = _join_cells(one.submission).encode(
                "utf-8", "replace"
            )
    if publisher.has_report(student):
        files["report.html"] = detach_from_class(publisher.read_report(student)).encode("utf-8", "replace")
    return _make_zip(files)


def _describe(translate: Translator) -> str:
    lines = (
        _("What the grader has stored of you for this exercise:"),
        _("- person.json: each hand-in with name, key, e-mail address, file, time and hash."),
        _("- person.json: every verdict ever given, when, and by whom; the mark that counts."),
        _("- person.json: changes and marks by hand with reason, author and time, also those taken back."),
        _("- person.json: regrade requests with their answers, and the marks of a second marker."),
        _("- person.json: when evidence was made of each run, with which versions, and how long it took."),
        _("- hand-ins: the code as it was read, one file for each hand-in; of a notebook, its cells."),
        _("- report.html: the report on the newest hand-in."),
        _("The evidence itself is not in here: it was computed from the code, and holds rows that are hidden."),
    )
    return "\n".join(map(translate, lines)) + "\n"


def _name_source(one: StoredHandIn) -> str:
    assert one.submission is not None
    name = PurePosixPath(one.hand_in.file.replace("\\", "/")).stem or one.hand_in.student
    safe = "".join(character if character.isalnum() or character in "._-" else "-" for character in name)
    return f"{safe[:80]}.py"


def _join_cells(submission: Submission) -> str:
    """Return the code of a submission as one text; of a notebook, with a line before each cell."""
    if submission.kind == "script":
        return "".join(unit.original for unit in submission.units)
    texts = [
        (markdown.after, 1, "\n".join(f"# {line}" for line in markdown.text.splitlines()))
        for markdown in submission.markdown
    ]
    cells = [(unit.cell or 0, 0, f"# %% [{unit.cell}]\n{unit.original}") for unit in submission.units]
    return "\n\n".join(text for _cell, _kind, text in sorted(cells + texts, key=lambda part: part[:2])) + "\n"


def _make_zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
