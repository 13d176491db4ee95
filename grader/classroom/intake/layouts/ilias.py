"""ILIAS's downloads of an exercise: a folder `Nachname_Vorname_login_id/` for each participant.

Of "Download all submissions" these lie in `<assignment>/Abgaben/`; of the multi-feedback in
`multi_feedback_<assignment>_<id>/`, which has a folder for everybody. Of an assignment for teams each lies in
`Team 12/` (`Team_12/` where the site has the plugin for status files): what the team handed in counts for every
member that has a folder there. The id is the user's in ILIAS, and nothing else of the name is certain: umlauts are
written out, every byte of other letters than Latin ones is a `_`, and a login may hold one, too. `status.xlsx` or
`status.csv`, where it lies beside the folders, has the names as people write them.
Source: `ilExSubmission::downloadAllAssignmentFiles`, `ilExAssignment::sendMultiFeedbackStructureFile` and
`ilFileUtils::getASCIIFilename` of ILIAS 8; `ilExAssignmentStatusFile` of the FAU's version of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Item, Tree, UnusableFileError
from grader.classroom.intake.records import LeftOut
from grader.classroom.status_file import STATUS_FILES, Person, UnusableStatusFileError, read_people
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name

MULTI_FEEDBACK = "multi_feedback"  # begins the folder around those of a multi-feedback
_MAX_STATUS_FILE = 20_000_000  # bytes
_FOLDER = re.compile(r"(?P<names>.+)_(?P<id>[1-9][0-9]{0,9})", re.DOTALL)
_TEAM = re.compile(r"(?:Team|Gruppe|Group)[ _](?P<id>[0-9]+)", re.IGNORECASE)
_LATE = re.compile(r"(?:Late Submission|Verspätete Abgabe|Verspaetete Abgabe) - ", re.IGNORECASE)


class IliasName(NamedTuple):
    """What ILIAS wrote into the name of a participant's folder."""

    name: str  # first and last name as people write them, as far as they can be told; may be ""
    login: str  # "" where it is not clear where the login begins
    user_id: str


def parse_name(folder: str) -> IliasName | None:
    """Take a folder's name apart; None for one that ILIAS did not make.

    >>> parse_name("Mueller-Luedenscheidt_Änne_amueller_4711")
    IliasName(name='Änne Mueller-Luedenscheidt', login='amueller', user_id='4711')
    """
    match = _FOLDER.fullmatch(folder)
    if match is None or match["names"].count("_") < 2 or is_multi_feedback(folder):
        return None
    parts = match["names"].split("_")
    if len(parts) == 3 and all(parts):
        return IliasName(f"{parts[1]} {parts[0]}", parts[2], match["id"])
    return IliasName(" ".join(filter(None, parts)), "", match["id"])


def find_person_folders(tree: Tree) -> dict[tuple[str, ...], IliasName]:
    """Return the folders of participants, in the tree or in a team's folder; {} where ids are repeated."""
    parsed_folders: dict[tuple[str, ...], IliasName] = {}
    for parts in tree.folders:
        is_place = len(parts) == 1 or (len(parts) == 2 and _TEAM.fullmatch(parts[0]) is not None)
        parsed = parse_name(parts[-1]) if is_place else None
        if parsed is not None:
            parsed_folders[parts] = parsed
    ids = {parsed.user_id for parsed in parsed_folders.values()}
    return parsed_folders if len(ids) == len(parsed_folders) else {}


def is_ilias(tree: Tree) -> bool:
    """Return whether at least half of the folders are participants' or teams'.

    A single folder may as well be one around the class, unless something beside or around it is ILIAS's own.
    """
    people = find_person_folders(tree)
    tops = {parts[0] for parts in people}
    is_marked = is_multi_feedback(tree.name) or any(
        len(item.parts) == 1 and item.name in STATUS_FILES for item in tree.items
    )
    is_single = len(people) == 1 and not is_marked and not any(len(parts) > 1 for parts in people)
    return bool(tops) and not is_single and 2 * len(tops) >= len(tree.top_folders)


def is_multi_feedback(folder: str) -> bool:
    """Return whether a folder is named as the one around those of a multi-feedback."""
    return folder.casefold().startswith(MULTI_FEEDBACK)


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each participant that has a folder."""
    people = find_person_folders(tree)
    person_of, left_out = _read_status_files(tree)
    of_team: dict[str, list[Item]] = defaultdict(list)
    own: dict[tuple[str, ...], list[Item]] = {parts: [] for parts in people}
    for item in tree.items:
        place = next((item.parts[:depth] for depth in (1, 2) if item.parts[:depth] in people), None)
        if place is not None:
            own[place].append(_without_late_mark(item))
            of_team[place[0]].append(_without_late_mark(item))
        elif item.parts not in {(name,) for name in STATUS_FILES}:
            left_out += leave_out([item], _("It is in no participant's folder."))
    candidates = [
        _candidate(
            parts, parsed, of_team[parts[0]] if len(parts) > 1 else own[parts], person_of.get(parsed.user_id)
        )
        for parts, parsed in sorted(people.items())
    ]
    return ClassContents(tuple(candidates), tuple(left_out))


def _candidate(
    parts: tuple[str, ...], parsed: IliasName, items: Iterable[Item], person: Person | None
) -> Candidate:
    name = person.name if person is not None else parsed.name
    login = person.login if person is not None else parsed.login
    items = tuple(items)
    return Candidate(
        HandIn(
            student=normalise_name(parts[-1]),
            name=display_name(name or login or parts[-1]),
            file=display_name("/".join(parts)),
            platform_id=display_name(login or parsed.user_id),
            late=any(_LATE.match(item.where.rpartition("/")[2]) for item in items),
        ),
        items,
    )


def _without_late_mark(item: Item) -> Item:
    """Return a file under its own name: ILIAS writes before it that it came late."""
    return item.renamed(_LATE.sub("", item.name, count=1)) if _LATE.match(item.name) else item


def _read_status_files(tree: Tree) -> tuple[dict[str, Person], list[LeftOut]]:
    """Return the participants by id, and what could not be read: only the names of people are lost then."""
    person_of: dict[str, Person] = {}
    left_out: list[LeftOut] = []
    for item in tree.items:
        if len(item.parts) == 1 and item.name in STATUS_FILES:
            try:
                person_of |= read_people(item.name, item.require_source().read(_MAX_STATUS_FILE))
            except (UnusableFileError, UnusableStatusFileError) as error:
                left_out += leave_out([item], error.text)
    return person_of, left_out
