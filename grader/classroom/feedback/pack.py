"""Pack the reports of a class for the platform that its hand-ins came from."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.feedback.pdf import PdfPrinter
from grader.classroom.feedback.places import Place, find_own_place, list_places, match_place
from grader.classroom.feedback.records import FeedbackError, FeedbackZip, Platform, no_feedback
from grader.classroom.intake import UnusableHandInsError, open_hand_ins
from grader.classroom.intake.file_tree import Item, UnusableFileError
from grader.classroom.intake.layouts import ilias
from grader.classroom.intake.layouts.detect import unwrap
from grader.classroom.intake.open_hand_ins import open_tree
from grader.classroom.status_file import (
    STATUS_FILES,
    StatusUpdate,
    UnusableStatusFileError,
    fill_status_file,
)
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Status
from grader.submission.reader import MAX_NOTEBOOK_BYTES
from reports.submission.class_place import detach_from_class

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same reports make the same bytes
_MAX_STATUS_FILE = 20_000_000  # bytes
_UNIX, _REGULAR = 3, 0o100644


@dataclass(frozen=True)
class Download:
    """What the platform's own download says today."""

    places: Mapping[str, Place]
    root: str  # name of the folder around everything; "" where it has none that counts
    status_files: tuple[tuple[str, bytes], ...] = ()  # path in the zip, content
    hashes: Mapping[str, str] = field(default_factory=dict)  # SHA-256 of the hand-in, by student's key
    unreadable: tuple[Message, ...] = ()


def pack_feedback(
    platform: Platform,
    entries: Sequence[GradebookEntry],
    folder: Path,
    exercise: str,
    *,
    hashes: Mapping[str, str] | None = None,
    download: Path | None = None,
    pdf: bool = False,
) -> FeedbackZip:
    """Return a zip of the reports of a class, one HTML file for each student.

    Args:
        platform: whose bulk upload is to read it.
        entries: the gradebook, with the addresses of the reports.
        folder: the folder that the addresses begin at.
        exercise: the exercise's name, which the files get.
        hashes: SHA-256 of the file that was graded, by student's key.
        download: the platform's own download; without it, the names of the hand-ins say where reports belong.
        pdf: whether a PDF is put beside each HTML file.

    Raises:
        FeedbackError: There is nothing to pack, or no Chromium to print with.
        UnusableHandInsError: The download cannot be opened.
    """
    printer = PdfPrinter() if pdf else None
    today = _read_download(platform, download, exercise) if download is not None else None
    targets = _find_targets(platform, entries, folder, today)
    if not targets.reached:
        if targets.reported:
            raise no_feedback(platform)
        raise FeedbackError(_("There are no reports yet. Grade the class first, with grader batch."))
    root = _root(platform, today, exercise)
    files: dict[str, bytes] = {}
    for entry, place in targets.reached:
        page = detach_from_class((folder / entry.report).read_text(encoding="utf-8")).encode()
        files[root + place.path(f"{exercise}.html")] = page
        if printer is not None:
            files[root + place.path(f"{exercise}.pdf")] = printer.print_page(page)
    problems: list[Message] = []
    if today is not None:
        problems += today.unreadable
        files |= _fill_status_files(today, entries, targets.places, problems)
    return _describe(targets, entries, _make_zip(files), today, hashes or {}, tuple(problems))


@dataclass(frozen=True)
class _Targets:
    """Which reports there are, and where each belongs."""

    places: Mapping[str, Place | None]  # by student's key
    reported: Sequence[GradebookEntry]  # who has a report
    reached: Sequence[tuple[GradebookEntry, Place]]  # whose report has a place that no other has


def _find_targets(
    platform: Platform, entries: Sequence[GradebookEntry], folder: Path, today: Download | None
) -> _Targets:
    places = {entry.student: find_own_place(platform, entry) for entry in entries}
    if today is not None:
        places = {e.student: match_place(platform, e, places[e.student], today.places) for e in entries}
    numbers = Counter(place.number for place in places.values() if place is not None)
    reported = [entry for entry in entries if entry.report and (folder / entry.report).is_file()]
    placed = [(entry, place) for entry in reported if (place := places[entry.student]) is not None]
    return _Targets(places, reported, [pair for pair in placed if numbers[pair[1].number] == 1])


def _describe(
    targets: _Targets,
    entries: Sequence[GradebookEntry],
    data: bytes,
    today: Download | None,
    hashes: Mapping[str, str],
    problems: tuple[Message, ...],
) -> FeedbackZip:
    """Return the zip with the names of all whom it does not reach."""
    names = {entry.student: entry.name or entry.student for entry in entries}
    reached = {entry.student for entry, _place in targets.reached}
    reported = {entry.student for entry in targets.reported}
    unplaced = {student for student, place in targets.places.items() if place is None}
    numbers = {place.number for place in targets.places.values() if place is not None}
    there = sorted(today.places.items()) if today is not None else []
    return FeedbackZip(
        data=data,
        count=len(reached),
        without_report=tuple(names[student] for student in names if student not in reported),
        without_place=tuple(names[student] for student in names if student in reported & unplaced),
        sharing_a_place=tuple(names[student] for student in names if student in reported - unplaced - reached),
        without_hand_in=tuple(place.name or number for number, place in there if number not in numbers),
        handed_in_again=_find_changed(targets.reached, hashes, today),
        problems=problems,
    )


def _root(platform: Platform, today: Download | None, exercise: str) -> str:
    """Return the folder around everything, with a slash: ILIAS looks for one named `multi_feedback...`."""
    if platform is not Platform.ILIAS:
        return ""
    if today is not None and ilias.is_multi_feedback(today.root):
        return f"{today.root}/"
    return f"{ilias.MULTI_FEEDBACK}_{exercise}/"


def _read_download(platform: Platform, path: Path, exercise: str) -> Download:
    unreadable: list[Message] = []
    with open_tree(path) as outer:
        tree = unwrap(outer, exercise)
        places = list_places(platform, tree)
        status_files: list[tuple[str, bytes]] = []
        if platform is Platform.ILIAS:
            inner = f"{tree.name}/" if ilias.is_multi_feedback(tree.name) else ""
            for where, items in ((inner, tree.items), *([("", outer.items)] if tree is not outer else [])):
                status_files += _read_status_files(where, items, unreadable)
    if not places:
        raise FeedbackError(
            _(
                "{file} is no download of {platform}: none of its names holds a student's number. Download the "
                "hand-ins of this exercise there again, and leave the names as they are.",
                file=display_name(path.name),
                platform=platform.own_name,
            )
        )
    return Download(places, tree.name, tuple(status_files), _hash_hand_ins(path, exercise), tuple(unreadable))


def _read_status_files(where: str, items: Sequence[Item], unreadable: list[Message]) -> list[tuple[str, bytes]]:
    files = []
    for item in items:
        if len(item.parts) == 1 and item.name in STATUS_FILES:
            try:
                files.append((where + item.name, item.require_source().read(_MAX_STATUS_FILE)))
            except UnusableFileError as error:
                unreadable.append(_("{name}: {why}", name=item.name, why=error.text))
    return files


def _hash_hand_ins(path: Path, exercise: str) -> dict[str, str]:
    """Return the SHA-256 of each hand-in in the download; {} where it holds none, as an empty structure does."""
    with ExitStack() as stack:
        try:
            intake = stack.enter_context(open_hand_ins(path, exercise))
        except UnusableHandInsError:
            return {}
        return {
            gradable.hand_in.student: hashlib.sha256(gradable.path.read_bytes()).hexdigest()
            for gradable in intake.hand_ins
            if gradable.path.stat().st_size <= MAX_NOTEBOOK_BYTES
        }


def _find_changed(
    reached: Sequence[tuple[GradebookEntry, Place]], hashes: Mapping[str, str], today: Download | None
) -> tuple[str, ...]:
    """Return the names of students whose hand-in in the download is another one than the one that was graded."""
    there = today.hashes if today is not None else {}
    graded = {entry.student: (entry.name, hashes.get(entry.student, "")) for entry, _place in reached}
    return tuple(name for key, (name, sha256) in graded.items() if sha256 and there.get(key, sha256) != sha256)


def _fill_status_files(
    today: Download,
    entries: Sequence[GradebookEntry],
    places: Mapping[str, Place | None],
    problems: list[Message],
) -> dict[str, bytes]:
    """Return the status files with the marks; what is wrong with one is added to `problems`."""
    by_user_id: dict[str, StatusUpdate] = {}
    by_login: dict[str, StatusUpdate] = {}
    for entry in entries:
        place = places[entry.student]
        if place is None or entry.mark is None:
            continue
        # Without a pass mark of the course, only what is right throughout is certainly enough.
        has_passed = entry.status is Status.PASSED if entry.is_passed is None else entry.is_passed
        update = StatusUpdate(entry.mark, has_passed)
        by_user_id[place.number] = update
        by_login[entry.platform_id] = update
    by_login.pop("", None)
    files = {}
    for path, data in today.status_files:
        name = path.rpartition("/")[2]
        try:
            filled = fill_status_file(name, data, by_user_id, by_login)
        except UnusableStatusFileError as error:
            problems.append(error.text)
            continue
        files[path] = filled.data
        problems += [
            _(
                "{file}: the members of a team have different marks, so its row was left as it was: {logins}.",
                file=name,
                logins=display_name(logins),
            )
            for logins in filled.undecided_teams
        ]
    return files


def _make_zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
