"""Moodle's "Download all submissions": a folder or a prefix for each student and way of handing in.

`Änne Müller_12345_assignsubmission_file/a.py`; before Moodle 3.1, or with folders switched off,
`Änne Müller_12345_assignsubmission_file_a.py`. The number belongs to the student in this assignment (of a group,
to the group; the group of all who have none has no number). Names hold no `_`: Moodle writes a space instead.
Source: `mod/assign/classes/downloader.php` of Moodle 4.
"""

import re
from collections import defaultdict
from typing import NamedTuple

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Item, Tree
from grader.classroom.intake.records import LeftOut
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name

_MARK = "_assignsubmission_"
_FOLDER = re.compile(r"([a-z0-9]+)_?")  # some versions write an underscore at the end
_FILE = re.compile(r"([a-z0-9]+)_(.+)", re.DOTALL)


class MoodleName(NamedTuple):
    """What Moodle wrote before a file's own name."""

    name: str
    number: str  # "" where there is none
    plugin: str  # how it was handed in: `file`, `onlinetext`, ...
    file: str  # the file's own name; "" for a folder


def parse_name(name: str, is_folder: bool) -> MoodleName | None:
    """Take a name apart; None for one that Moodle did not make."""
    prefix, _, rest = name.partition(_MARK)
    match = (_FOLDER if is_folder else _FILE).fullmatch(rest)
    if match is None or not prefix:
        return None
    person, _, number = prefix.rpartition("_")
    if not person or not (number.isascii() and number.isdigit()):
        person, number = prefix, ""
    return MoodleName(person, number, match[1], "" if is_folder else match[2])


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each student of the download."""
    people: dict[str, MoodleName] = {}
    handed: dict[str, list[Item]] = defaultdict(list)
    others: dict[str, list[Item]] = defaultdict(list)
    left_out: list[LeftOut] = []
    for folder in tree.top_folders:  # of a student who handed in nothing there may be an empty one
        if parsed := parse_name(folder, True):
            people.setdefault(_identity(parsed), parsed)
    for item in tree.items:
        parsed = parse_name(item.parts[0], len(item.parts) > 1)
        if parsed is None:
            left_out += leave_out([item], _("It does not carry Moodle's mark, so nobody knows whose it is."))
            continue
        people.setdefault(_identity(parsed), parsed)
        own = item.renamed(parsed.file) if parsed.file else item
        (handed if parsed.plugin == "file" else others)[_identity(parsed)].append(own)
    for items in others.values():
        left_out += leave_out(items, _("It was not handed in as a file, but typed into Moodle or added by it."))
    typed = _("Nothing was handed in as a file; what was typed into Moodle is not graded.")
    candidates = tuple(
        Candidate(
            HandIn(
                student=identity,
                name=display_name(person.name),
                file=display_name(person.name),
                platform_id=person.number,
            ),
            tuple(handed[identity]),
            problem=None if handed[identity] or not others[identity] else typed,
        )
        for identity, person in people.items()
    )
    return ClassContents(candidates, tuple(left_out))


def _identity(parsed: MoodleName) -> str:
    return parsed.number or normalise_name(parsed.name)
