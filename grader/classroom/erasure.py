"""Delete everything about students from a class folder: rows, evidence, reports, and what was made from them.

The marks of all others stay as they are. After a crash, the next command goes on where this one was.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.exports.formats import ENDINGS
from grader.classroom.feedback.records import Platform
from grader.classroom.folder import (
    DASHBOARD,
    REPORTS,
    SETTINGS,
    SIMILARITY,
    ClassFolder,
    ClassFolderError,
)
from grader.classroom.folder_use import is_use_mark, use_folder_alone
from grader.classroom.pages import Publisher
from grader.classroom.person_export import is_person_export
from grader.classroom.person_texts import PersonTexts, holds_programs, list_spellings, list_texts
from grader.classroom.store import HandInRow, Store
from grader.classroom.store.personal_data import Erasure, Mentions, PersonRecords
from grader.core.atomic_files import PREFIX
from grader.core.errors import UserError, explain_write_error
from grader.core.i18n import _
from grader.core.process_marks import own_mark

STORE_FILES = frozenset(("store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm"))
EVIDENCE = "evidence"
GRADEBOOK = frozenset(("gradebook.html", "gradebook.csv", "gradebook.xlsx"))  # of `grader gradebook`


class ErasureError(UserError):
    """Not everything could be deleted. `text` says what is in the way."""


@dataclass(frozen=True)
class ErasurePlan:
    """What is to be deleted from a class folder."""

    people: tuple[HandInRow, ...]
    texts: tuple[str, ...]  # that they are recognised by
    hashes: frozenset[str]  # of the files that they handed in
    hand_ins: int
    verdicts: int
    adjustments: int  # marks by hand included
    requests: int
    comments: int  # texts of reusable comments
    shared_comments: tuple[str, ...]  # criteria: on these, a comment that others have names them
    files: tuple[str, ...]  # of the folder, that are removed
    handed_in: tuple[str, ...]  # where the files lay that they handed in
    other_classes: tuple[str, ...]  # of the same database, that one of them is in
    others_of_evidence: int  # students who handed in the same bytes, whose evidence stays


@dataclass(frozen=True)
class ErasureResult:
    """What is left after deleting, and is for people to decide."""

    naming: tuple[str, ...]  # files of the folder that still name them, such as what others wrote
    mentions: Mentions  # what others' rows still say about them, with public keys


def plan_erasure(publisher: Publisher, people: Sequence[HandInRow]) -> ErasurePlan:
    """Return what is to be deleted, without changing anything. Raises `UserError`."""
    series, store = publisher.series, publisher.store
    of_people = {row.entry.student: store.personal_data.read(series, row.entry.student) for row in people}
    shared = {
        text
        for row in store.newest_hand_ins(series)
        if row.entry.student not in of_people
        for text in list_texts(row.entry, row.sha256)
    }
    own = [text for student, records in of_people.items() for text in _list_texts(publisher, student, records)]
    texts = tuple(text for text in dict.fromkeys(own) if text not in shared)  # two may have one name
    everything = list(of_people.values())
    names = PersonTexts(texts)
    return ErasurePlan(
        people=tuple(people),
        texts=texts,
        hashes=frozenset(one.sha256 for records in everything for one in records.hand_ins if one.sha256),
        hand_ins=sum(len(records.hand_ins) for records in everything),
        verdicts=sum(len(one.verdicts) for records in everything for one in records.hand_ins),
        adjustments=sum(len(records.adjustments) for records in everything),
        requests=sum(len(records.requests) for records in everything),
        comments=store.personal_data.count_comments_to_delete(series, list(of_people), names.are_in_prose),
        shared_comments=_find_mentions(publisher, names, list(of_people)).comments,
        files=tuple(_name(publisher, path) for path in _list_removed(publisher.folder, names)),
        handed_in=tuple(
            dict.fromkeys(
                one.hand_in.file for records in everything for one in records.hand_ins if one.hand_in.file
            )
        ),
        other_classes=tuple(
            sorted({name for s in of_people for name in store.personal_data.list_other_classes(series, s)})
        ),
        others_of_evidence=_count_others(publisher, of_people),
    )


def erase_people(publisher: Publisher, plan: ErasurePlan) -> ErasureResult:
    """Delete what is planned. Nobody else may work in the folder. Raises `UserError`."""
    folder, personal = publisher.folder, publisher.store.personal_data
    _require_writable(folder)
    people = [row.entry.student for row in plan.people]
    erasure = personal.erase(publisher.series, people, plan.texts, PersonTexts(plan.texts).are_in_prose)
    try:
        return _erase_beside(publisher, erasure)
    except UserError as error:
        raise ErasureError(
            _(
                "{problem} Not everything is deleted yet: mend that, and the next command for this folder goes "
                "on, such as grader rescore DIR.",
                problem=error.text,
            )
        ) from error


def finish_erasure(folder: ClassFolder, store: Store) -> bool:
    """Go on with what a killed process has begun to delete; return whether there was any. Raises `UserError`."""
    if store.personal_data.find_unfinished(folder.settings.series) is None:
        return False
    with use_folder_alone(folder.path):
        erasure = store.personal_data.find_unfinished(folder.settings.series)
        if erasure is not None:
            _erase_beside(Publisher(folder, store), erasure)
    return True


def _erase_beside(publisher: Publisher, erasure: Erasure) -> ErasureResult:
    """Delete what lies beside the database, and the rest of it at last. All of it may be done already."""
    folder, personal = publisher.folder, publisher.store.personal_data
    texts = PersonTexts(erasure.texts)
    personal.remove_files(publisher.series, erasure)
    _remove(folder.path / SIMILARITY)
    publisher.write_dashboard()
    for student in erasure.students:
        _remove(folder.path / folder.report_address(publisher.public_key(student)))
    for path in _list_removed(folder, texts):
        _remove(path)
    _remove_empty_folders(folder, texts)
    personal.finish(publisher.series)
    return ErasureResult(
        naming=tuple(_name(publisher, path) for path in _list_naming(folder, texts)),
        mentions=_find_mentions(publisher, texts),
    )


def _find_mentions(publisher: Publisher, texts: PersonTexts, without: Sequence[str] = ()) -> Mentions:
    mentions = publisher.store.personal_data.find_mentions(publisher.series, texts.are_in_prose, without)
    return Mentions(
        reasons=tuple(map(publisher.public_key, mentions.reasons)),
        requests=tuple(map(publisher.public_key, mentions.requests)),
        comments=mentions.comments,
    )


def _list_texts(publisher: Publisher, student: str, records: PersonRecords) -> Iterator[str]:
    for one in records.hand_ins:
        yield from list_texts(one.hand_in, one.sha256)
    yield publisher.public_key(student)
    yield from list_spellings(publisher.public_reference(student))
    address = publisher.folder.report_address(publisher.public_key(student))
    yield address.rpartition("/")[2].removesuffix(".html")


def _count_others(publisher: Publisher, of_people: dict[str, PersonRecords]) -> int:
    """Return how many others have a hand-in of the same bytes."""
    keys = {one.key for records in of_people.values() for one in records.evidence}
    rows = publisher.store.newest_hand_ins(publisher.series)
    return sum(row.key in keys and row.entry.student not in of_people for row in rows)


def _list_removed(folder: ClassFolder, texts: PersonTexts) -> list[Path]:
    """Return the files that are removed, besides reports: what was made of the class, and what names the people.

    Programs and archives of them stay, for nobody could make them again.
    """
    removed = []
    for path in _walk(folder):
        relative = path.relative_to(folder.path)
        if relative.parts[0] == REPORTS or str(relative) == DASHBOARD:
            continue  # they are written anew
        is_named = _names(path, relative, texts)
        can_go = is_person_export(relative.name) or not _is_original(path)
        if _is_made_of_class(folder, relative) or (is_named and can_go):
            removed.append(path)
    return removed


def _list_naming(folder: ClassFolder, texts: PersonTexts) -> list[Path]:
    return [path for path in _walk(folder) if _names(path, path.relative_to(folder.path), texts)]


def _walk(folder: ClassFolder) -> Iterator[Path]:
    """Yield the files of a class folder, but for its settings and its store. Links are not followed."""
    for parent, folders, files in os.walk(folder.path):
        if Path(parent) == folder.path:
            folders[:] = [name for name in folders if name != EVIDENCE]
            files = [n for n in files if n != SETTINGS and n not in STORE_FILES and not is_use_mark(n)]  # noqa: PLW2901
        folders.sort()
        yield from (Path(parent) / name for name in sorted(files))


def _is_made_of_class(folder: ClassFolder, relative: Path) -> bool:
    """Return whether a file has the name of one that is made of the whole class, and can be made again."""
    name, exercise = relative.name, folder.settings.exercise
    if len(relative.parts) > 1:
        return False
    tables = {f"{exercise}-{form.value}.{ending}" for form, ending in ENDINGS.items()}
    feedback = {f"{exercise}-feedback-{platform.value}.zip" for platform in Platform}
    return name in tables | feedback | GRADEBOOK | {SIMILARITY}


def _names(path: Path, relative: Path, texts: PersonTexts) -> bool:
    if texts.are_in(relative.as_posix()):
        return True
    with contextlib.suppress(OSError):  # what cannot be read is none of the grader's
        return path.is_file() and not path.is_symlink() and texts.are_in_file(path)
    return False


def _is_original(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return not path.is_symlink() and holds_programs(path)
    return True


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ClassFolderError(
            _("{file} cannot be removed ({reason}).", file=str(path), reason=explain_write_error(error))
        ) from error


def _remove_empty_folders(folder: ClassFolder, texts: PersonTexts) -> None:
    """Remove folders of removed files, whose names may name people."""
    for parent, folders, files in os.walk(folder.path, topdown=False):
        path = Path(parent)
        is_named = path != folder.path and texts.are_in(path.relative_to(folder.path).as_posix())
        if is_named and not files and not any((path / name).exists() for name in folders):
            with contextlib.suppress(OSError):
                path.rmdir()


def _require_writable(folder: ClassFolder) -> None:
    """Refuse a folder that may not be written before anything is deleted."""
    for place in (folder.path, folder.path / REPORTS):
        try:
            if place.is_dir():
                handle, probe = tempfile.mkstemp(dir=place, prefix=f"{PREFIX}{own_mark()}-")
                os.close(handle)
                Path(probe).unlink()
        except OSError as error:
            raise ClassFolderError(
                _(
                    "{folder} cannot be written ({reason}). Nothing was deleted.",
                    folder=str(place),
                    reason=explain_write_error(error),
                )
            ) from error


def _name(publisher: Publisher, path: Path) -> str:
    return path.relative_to(publisher.folder.path).as_posix()
