"""nbgrader's collected hand-ins: `submitted/STUDENT/ASSIGNMENT/*.ipynb`, with a `timestamp.txt` beside them.

Source: nbgrader's "How to structure course files". A timestamp without a time zone is UTC there.
"""

from datetime import datetime

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Item, Tree, UnusableFileError
from grader.classroom.intake.layouts import timestamps
from grader.classroom.intake.records import LeftOut, UnusableHandInsError
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import are_alike, normalise_name

FOLDER = "submitted"
TIMESTAMP = "timestamp.txt"
_TIMESTAMP_BYTES = 200
_NAMED = 10  # assignments that a sentence names


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each student that has a folder."""
    assignments = {parts[1] for parts in tree.folders if len(parts) == 2}
    assignment = _find_assignment(assignments, exercise)
    left_out: list[LeftOut] = []
    handed: dict[str, list[Item]] = {student: [] for student in tree.top_folders}
    submitted: dict[str, datetime | None] = {}
    for item in tree.items:
        if len(item.parts) < 3:
            left_out += leave_out([item], _("It is in no student's folder of an assignment."))
        elif item.parts[1] != assignment:
            left_out += leave_out(
                [item], _("It belongs to another assignment, {name}.", name=display_name(item.parts[1]))
            )
        elif item.parts[2:] == (TIMESTAMP,):
            submitted[item.parts[0]] = moment = _moment(item)
            if moment is None:
                left_out += leave_out(
                    [item], _("No time can be read from it, so it is not known when this was handed in.")
                )
        else:
            handed[item.parts[0]].append(item)
    candidates = tuple(
        Candidate(
            HandIn(
                student=normalise_name(student),
                name=display_name(student),
                file=display_name(f"{student}/{assignment}"),
                platform_id=display_name(student),
                submitted=submitted.get(student),
            ),
            tuple(items),
            problem=None if items else _("Nothing was handed in for {name}.", name=display_name(assignment)),
        )
        for student, items in handed.items()
    )
    return ClassContents(candidates, tuple(left_out))


def _find_assignment(assignments: set[str], exercise: str) -> str:
    matching = [name for name in assignments if name == exercise] or [
        name for name in assignments if are_alike(name, exercise)
    ]
    matching = matching or list(assignments)
    if len(matching) == 1:
        return matching[0]
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
        return timestamps.parse_time(item.require_source().read(_TIMESTAMP_BYTES).decode("utf-8-sig"))
    except (UnusableFileError, UnicodeDecodeError):
        return None
