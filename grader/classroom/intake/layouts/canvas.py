"""Canvas's "Download submissions": one flat folder, everything about a file in its name.

`doejane_12345_67890_file.py`, late `doejane_LATE_12345_67890_file.py`: the name in lower case without signs, the
number of the student, the number of the file. Anonymous: `anon_a1B2c_67890_file.py`. Text and addresses that were
typed in: `doejane_12345_text.html`, `doejane_12345_link.html`. Of a file that is handed in again under its name,
Canvas calls the next version `file-1.py`, then `file-2.py`; numbers of files only grow.
Source: `lib/content_zipper.rb` and `app/models/attachment.rb` of Canvas.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Item, Tree
from grader.classroom.intake.records import LeftOut
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name, stem, suffix

_WHO = (
    r"(?:(?P<anonymous_late>LATE_)?anon_(?P<anonymous>[A-Za-z0-9]{5})"
    r"|(?P<name>.+?)_(?P<late>LATE_)?(?P<number>[0-9]+))"
)
_UPLOAD = re.compile(_WHO + r"_(?P<upload>[0-9]+)_(?P<file>.+)", re.DOTALL)
_TYPED = re.compile(_WHO + r"_(?:text|link)\.html", re.DOTALL)
_VERSION = re.compile(r"(.+)-([0-9]{1,4})", re.DOTALL)


class CanvasName(NamedTuple):
    """What Canvas wrote before a file's own name."""

    name: str
    number: str
    late: bool
    upload: int  # grows from file to file
    file: str  # the file's own name; "" for what was typed in


class Version(NamedTuple):
    """One file of a student among those that have the same name."""

    number: int  # 0 for the first, 1 for `-1`
    upload: int
    late: bool
    item: Item


def parse_name(name: str) -> CanvasName | None:
    """Take a name apart; None for one that Canvas did not make."""
    match = _UPLOAD.fullmatch(name) or _TYPED.fullmatch(name)
    if match is None:
        return None
    parts = match.groupdict()
    number = parts["number"] or parts["anonymous"]
    return CanvasName(
        parts["name"] or f"anon_{number}",
        number,
        bool(parts["late"] or parts["anonymous_late"]),
        int(parts.get("upload") or 0),
        parts.get("file") or "",
    )


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each student of the download."""
    people: dict[str, CanvasName] = {}
    handed: dict[str, list[Version]] = defaultdict(list)
    typed: dict[str, list[Item]] = defaultdict(list)
    left_out: list[LeftOut] = []
    for item in tree.items:
        parsed = parse_name(item.parts[0]) if len(item.parts) == 1 else None
        if parsed is None:
            left_out += leave_out([item], _("It does not carry Canvas's mark, so nobody knows whose it is."))
            continue
        people.setdefault(parsed.number, parsed)
        if parsed.file:
            handed[parsed.number].append(_version(parsed, item))
        else:
            typed[parsed.number].append(item)
    candidates = []
    for number, person in people.items():
        newest, older = newest_versions(handed[number])
        left_out += leave_out(older, _("A newer version of this file was handed in."))
        left_out += leave_out(typed[number], _("It was not handed in as a file, but typed into Canvas."))
        candidates.append(
            Candidate(
                HandIn(
                    student=number,
                    name=display_name(person.name),
                    file=display_name(person.name),
                    platform_id=number,
                    late=any(version.late for version in newest),
                ),
                tuple(version.item for version in newest),
                problem=None if newest else _("Nothing was handed in as a file; what was typed in is not graded."),
            )
        )
    return ClassContents(tuple(candidates), tuple(left_out))


def newest_versions(versions: Iterable[Version]) -> tuple[list[Version], list[Item]]:
    """Return the newest of each file that was handed in more than once, and those that it replaces.

    Both marks have to agree which one is newer: students, too, call their files `a-1.py`. Where they do not, all
    versions stay.
    """
    by_name: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        by_name[normalise_name(version.item.name)].append(version)
    newest: list[Version] = []
    older: list[Item] = []
    for group in by_name.values():
        group.sort(key=lambda version: (version.number, version.upload))
        uploads = [version.upload for version in group]
        if uploads == sorted(set(uploads)):
            newest.append(group[-1])
            older += [version.item for version in group[:-1]]
        else:
            newest += group
    return newest, older


def _version(parsed: CanvasName, item: Item) -> Version:
    numbered = _VERSION.fullmatch(stem(parsed.file))
    number = int(numbered[2]) if numbered else 0
    name = f"{numbered[1]}{suffix(parsed.file)}" if numbered and number else parsed.file
    return Version(number, parsed.upload, parsed.late, item.renamed(name))
