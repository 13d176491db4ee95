"""The folder that a class is graded into: its settings, its pages, and the way to its store."""

import contextlib
import hashlib
import re
import secrets
import unicodedata
from dataclasses import replace
from pathlib import Path

import msgspec

from grader.classroom.store import Store
from grader.core.atomic_files import create_file, remove_abandoned, replace_file
from grader.core.course import Course
from grader.core.course_secret import VARIABLE, secret_file, with_secret
from grader.core.errors import UserError, explain_write_error
from grader.core.i18n import Message, _
from grader.core.seal import PRACTICE, PRACTICE_NAME, UNSEALED, name_seal
from grader.protocol.parcels import Record

SETTINGS = "batch.json"
DASHBOARD = "index.html"
SIMILARITY = "similarity.html"
REPORTS = "reports"
MOST_NAME = 40  # characters of a student's key that a file name shows


class ClassFolderError(UserError):
    """The folder cannot be used. `text` says why and what to do."""


class Settings(Record, frozen=True, kw_only=True):
    """What stays the same for a folder, however often its class is graded or judged again."""

    schema: int = 1
    exercise: str
    series: str  # what these hand-ins are called in the store, which may hold those of other classes
    course: str  # folder
    language: str
    mode: str  # "walls" or "plain"
    anonymous: bool = False
    store: str | None = None  # SQLAlchemy URL; None: a file in this folder
    files: str | None = None  # fsspec URL; None: a folder in this folder
    seal: str = ""  # which secret its data are drawn from, see `name_seal`; "": begun before data were sealed


class ClassFolder:
    """An output folder of `grader batch`."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings

    def report_address(self, student: str) -> str:
        """Return the address of a student's report, relative to the folder; safe for any text."""
        plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
        readable = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-")[:MOST_NAME]
        digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"{REPORTS}/{readable}-{digest}.html" if readable else f"{REPORTS}/{digest}.html"

    def write_file(self, name: str, text: str | bytes) -> None:
        """Write a file of this folder; see the function `write_file`."""
        write_file(self.path / name, text)

    def remove_reports_except(self, reports: set[str]) -> None:
        """Remove all other reports, such as those under real names once the class has pseudonyms."""
        for path in (self.path / REPORTS).glob("*.html"):
            if f"{REPORTS}/{path.name}" not in reports:
                with contextlib.suppress(OSError):  # another run tidies as well
                    path.unlink()


def write_file(target: Path, text: str | bytes) -> None:
    """Write a file in one step: whoever opens it meanwhile sees the old content or the new.

    Raises `ClassFolderError` when the disk is full or the folder may not be written.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        try:
            replace_file(target, data)
        except (FileNotFoundError, NotADirectoryError):  # its folder is not there yet, or is no folder
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, data)
    except OSError as error:
        raise ClassFolderError(_unwritable(target, error)) from error


def open_folder(path: Path) -> ClassFolder:
    """Open a folder that was graded into. Raises `ClassFolderError`."""
    _tidy(path)
    try:
        settings = msgspec.json.decode((path / SETTINGS).read_bytes(), type=Settings)
    except FileNotFoundError:
        raise ClassFolderError(
            _(
                "{folder} holds no graded class: there is no {file} in it. Make one with: grader batch NAME "
                "SUBMISSIONS --out {folder}",
                folder=str(path),
                file=SETTINGS,
            )
        ) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise ClassFolderError(
            _(
                "{file} in {folder} cannot be read ({error}). It was changed, or made by a newer grader; with "
                "another folder, the class is graded anew.",
                file=SETTINGS,
                folder=str(path),
                error=type(error).__name__,
            )
        ) from error
    if settings.schema != 1:
        raise ClassFolderError(
            _("{folder} was made by a newer grader. Update this one, or choose another folder.", folder=str(path))
        )
    return ClassFolder(path, settings)


def _tidy(path: Path) -> None:
    """Remove what commands have left that were killed as they wrote."""
    for folder in (path, path / REPORTS):
        remove_abandoned(folder)


def prepare_folder(path: Path, requested: Settings) -> ClassFolder:
    """Open the folder, or make it. Language, mode and pseudonyms become what is requested now, the seal does not.

    Raises `ClassFolderError`, among others for a folder that holds another exercise.
    """
    _tidy(path)
    if not (path / SETTINGS).exists() and _create(path / SETTINGS, _encoded(requested)):
        return ClassFolder(path, requested)
    earlier = open_folder(path).settings
    if earlier.exercise != requested.exercise:
        raise ClassFolderError(
            _(
                "{folder} holds the results of {there}, not of {wanted}. Choose another folder for --out.",
                folder=str(path),
                there=earlier.exercise,
                wanted=requested.exercise,
            )
        )
    settings = msgspec.structs.replace(
        requested,
        seal=earlier.seal,  # all of a class get the same data
        series=earlier.series,
        store=requested.store or earlier.store,
        files=requested.files or earlier.files,
    )
    folder = ClassFolder(path, settings)
    if settings != earlier:
        folder.write_file(SETTINGS, _encoded(settings))
    if settings.anonymous != earlier.anonymous:  # the page names students as it was asked for then
        (path / SIMILARITY).unlink(missing_ok=True)
    return folder


def seal_course(course: Course, folder: ClassFolder) -> Course:
    """Return the course with the secret that a class was begun with.

    Raises:
        CourseSecretError: the secret cannot be used.
        ClassFolderError: there is none, or it is another one.
    """
    expected = folder.settings.seal
    if expected in {name_seal(UNSEALED), PRACTICE_NAME}:
        return replace(course, secret=PRACTICE if expected else UNSEALED)
    sealed = with_secret(course)
    if sealed is not None and name_seal(sealed.secret) == expected:
        return sealed
    if sealed is None:
        raise ClassFolderError(
            _(
                "The secret of this course is missing: neither {variable} nor {file} is there. {folder} was "
                "graded with the secret {expected}, which decides which rows are held out. Restore it from a "
                "backup; with another one, grade the class into a new folder.",
                variable=f"${VARIABLE}",
                file=str(secret_file(course)),
                folder=str(folder.path),
                expected=expected,
            )
        )
    raise ClassFolderError(
        _(
            "{folder} was graded with the secret {expected}, but that of this course is {received}: the data "
            "would be others, and marks could not be compared. Restore the old secret, or grade the class into a "
            "new folder.",
            folder=str(folder.path),
            expected=expected,
            received=name_seal(sealed.secret),
        )
    )


def _create(target: Path, data: bytes) -> bool:
    """Write a file that is not there; return False where another process was faster. Raises `ClassFolderError`."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return create_file(target, data)
    except OSError as error:
        raise ClassFolderError(_unwritable(target, error)) from error


def new_series_name(exercise: str) -> str:
    """Return a name for the hand-ins of a new folder that no other has."""
    return f"{exercise}-{secrets.token_hex(6)}"


def _encoded(settings: Settings) -> bytes:
    """Return the settings as they are written: a password is nothing for a file that others may read."""
    if settings.store is not None:
        settings = msgspec.structs.replace(settings, store=_without_password(settings.store))
    return msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"


def _without_password(url: str) -> str:
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:  # whoever opens it will say so
        return url
    bare = URL.create(
        parsed.drivername, parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query
    )
    return bare.difference_update_query(["password"]).render_as_string(hide_password=False)


def _unwritable(target: Path, error: OSError) -> Message:
    return _(
        "{file} cannot be written ({reason}). What was graded so far is kept; make room or choose another folder, "
        "then run the same command again.",
        file=str(target),
        reason=explain_write_error(error),
    )


def open_store(folder: ClassFolder) -> Store:
    """Open the store of a class. Raises `StoreError`."""
    return Store.open(folder.path, folder.settings.store, folder.settings.files)
