"""nbgrader's collected hand-ins: `submitted/STUDENT/ASSIGNMENT/*.ipynb`, with a `timestamp.txt` beside them.

Source: nbgrader's "How to structure course files". A timestamp without a time zone is UTC there.
"""

from datetime import datetime

from grader.classroom.intake.candidates import Candidate, Read, tell
from grader.classroom.intake.file_tree import Item, RefusedError, Tree
from grader.classroom.intake.layouts import timestamps
from grader.classroom.intake.records import LeftOut, UnusableHandInsError
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.submission.file_names import are_alike, normalise_name

FOLDER = "submitted"
TIMESTAMP = "timestamp.txt"
_TIMESTAMP_BYTES = 200
_NAMED = 10  # assignments that a sentence names


def read(tree: Tree, exercise: str) -> Read:
    """Return one claim for each student that has a folder."""
    assignments = {parts[1] for parts in tree.folders if len(parts) == 2}
    wanted = _wanted(assignments, exercise)
    told: list[LeftOut] = []
    handed: dict[str, list[Item]] = {student: [] for student in tree.top_folders}
    at: dict[str, datetime | None] = {}
    for item in tree.items:
        if len(item.parts) < 3:
            told += tell([item], _("It is in no student's folder of an assignment."))
        elif item.parts[1] != wanted:
            told += tell([item], _("It belongs to another assignment, {name}.", name=display_name(item.parts[1])))
        elif item.parts[2:] == (TIMESTAMP,):
            at[item.parts[0]] = moment = _moment(item)
            if moment is None:
                told += tell([item], _("No time can be read from it, so it is not known when this was handed in."))
        else:
            handed[item.parts[0]].append(item)
    claims = tuple(
        Candidate(
            normalise_name(student),
            display_name(student),
            display_name(f"{student}/{wanted}"),
            tuple(items),
            platform_id=display_name(student),
            submitted=at.get(student),
            problem=None if items else _("Nothing was handed in for {name}.", name=display_name(wanted)),
        )
        for student, items in handed.items()
    )
    return Read(claims, tuple(told))


def _wanted(assignments: set[str], exercise: str) -> str:
    wanted = [name for name in assignments if name == exercise] or [
        name for name in assignments if are_alike(name, exercise)
    ]
    wanted = wanted or list(assignments)
    if len(wanted) == 1:
        return wanted[0]
    names = sorted(map(display_name, assignments))
    raise UnusableHandInsError(
        _(
            "None of the {count} assignments is called {exercise}: {names}. Rename the one that is meant, or "
            "leave only that one in the folder.",
            count=len(names),
            exercise=exercise,
            names=", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
        )
    )


def _moment(item: Item) -> datetime | None:
    try:
        return timestamps.parse(item.usable().read(_TIMESTAMP_BYTES).decode("utf-8-sig"))
    except (RefusedError, UnicodeDecodeError):
        return None
