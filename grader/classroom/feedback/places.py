"""Where a platform's bulk upload looks for one student's file: the names of the platform's own download.

Moodle ("Upload multiple feedback files in a zip"): the folder `Name_12345_assignsubmission_file/`, of which only
the number counts, hence names of any kind come back; a folder without a number (of a group that is none) cannot.
ILIAS ("Multi-Feedback"): the folder `multi_feedback_.../Nachname_Vorname_login_id/`, of which only the id counts.
Canvas ("Re-upload submissions"): `doejane_12345_67890_file.html`, the numbers of the student and of a file that
this student handed in; it attaches the report to a comment, under the name of that file.
Sources: `mod/assign/feedback/file/importziplib.php` of Moodle 4; `ilExAssignment::getMultiFeedbackFiles` of ILIAS
8; `Assignment#infer_comment_context_from_filename` of Canvas.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from grader.classroom.feedback.records import Platform
from grader.classroom.intake.file_tree import Tree
from grader.classroom.intake.layouts import canvas, ilias, moodle
from grader.protocol.gradebook import GradebookEntry
from grader.submission.file_names import normalise_name, stem, suffix

_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*_]+')


class Place(NamedTuple):
    """Where a student's file goes. Two places of one number are the same student's."""

    number: str  # of the student on the platform
    folder: str  # "" or with a slash at its end
    prefix: str  # of the file's name
    name: str  # of the student, as far as the platform's name of the folder has it
    upload: int = 0  # of a file on Canvas: the highest one is the newest

    def path(self, file: str) -> str:
        """Return the path in the zip of a file that is called `file` where its name is free."""
        return f"{self.folder}{self.prefix}{suffix(file)}" if self.prefix else f"{self.folder}{file}"


def find_own_place(platform: Platform, entry: GradebookEntry) -> Place | None:
    """Return the place of a student by what the hand-in's names tell; None where they tell none."""
    if platform is Platform.FOLDERS:
        return Place(entry.student, f"{entry.student}/", "", entry.name)
    parts = entry.file.split("/")
    for depth, part in enumerate(parts):
        place = _parse(platform, part, is_folder=depth < len(parts) - 1)
        if place is not None:
            return place
    if platform is Platform.ILIAS:
        return _parse(platform, entry.student, is_folder=True)
    if platform is Platform.MOODLE and entry.platform_id.isdigit():
        return _moodle_place(f"{_UNFIT.sub(' ', entry.name).strip() or '-'}_{entry.platform_id}")
    return None


def list_places(platform: Platform, tree: Tree) -> dict[str, Place]:
    """Return the places of a platform's download by number; of several files of one student the newest."""
    places: dict[str, Place] = {}
    for place in _find_places(platform, tree):
        if place.number not in places or place.upload > places[place.number].upload:
            places[place.number] = place
    return places


def _find_places(platform: Platform, tree: Tree) -> Iterable[Place]:
    if platform is Platform.FOLDERS:
        return [Place(normalise_name(top), f"{normalise_name(top)}/", "", top) for top in tree.top_folders]
    if platform is Platform.ILIAS:
        is_multi_feedback = ilias.is_multi_feedback(tree.name)
        return [
            Place(parsed.user_id, f"{'/'.join(parts if is_multi_feedback else parts[-1:])}/", "", parsed.name)
            for parts, parsed in ilias.find_person_folders(tree).items()
        ]
    folders = set(tree.top_folders)
    parsed_places = (_parse(platform, top, is_folder=top in folders) for top in tree.top_names)
    return [place for place in parsed_places if place is not None]


def _parse(platform: Platform, part: str, *, is_folder: bool) -> Place | None:
    """Return the place that a folder or a file of a download names."""
    if platform is Platform.MOODLE:
        in_moodle = moodle.parse_name(part, is_folder)
        if in_moodle is None or not in_moodle.number:
            return None
        if is_folder and in_moodle.plugin == "file":
            return Place(in_moodle.number, f"{part}/", "", in_moodle.name)
        return _moodle_place(f"{in_moodle.name}_{in_moodle.number}")
    if platform is Platform.ILIAS:
        in_ilias = ilias.parse_name(part) if is_folder else None
        return None if in_ilias is None else Place(in_ilias.user_id, f"{part}/", "", in_ilias.name)
    on_canvas = canvas.parse_name(part)
    if on_canvas is None or is_folder or not on_canvas.file:
        return None
    before = part.removesuffix(on_canvas.file)
    return Place(on_canvas.number, "", before + stem(on_canvas.file), on_canvas.name, on_canvas.upload)


def _moodle_place(person: str) -> Place:
    name, _, number = person.rpartition("_")
    return Place(number, f"{person}_assignsubmission_file/", "", name)


def match_place(
    platform: Platform, entry: GradebookEntry, own: Place | None, places: Mapping[str, Place]
) -> Place | None:
    """Return the place of a student in a download: by the platform's number, or by the key of the hand-in."""
    numbers = [own.number if own is not None else "", entry.platform_id, entry.student]
    if platform is Platform.FOLDERS:
        numbers += map(normalise_name, entry.file.split("/"))
    if platform is Platform.ILIAS:  # whoever handed in elsewhere is found by the login
        by_login = {parsed.login: place for place in places.values() if (parsed := _login(place)) is not None}
        places = {**by_login, **places}
    return next((places[number] for number in numbers if number and number in places), None)


def _login(place: Place) -> ilias.IliasName | None:
    parsed = ilias.parse_name(place.folder.rstrip("/").rpartition("/")[2])
    return parsed if parsed is not None and parsed.login else None
