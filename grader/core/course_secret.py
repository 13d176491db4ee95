"""Find or make the secret of a course: 32 bytes from which everything hidden is drawn when marks are given."""

import os
import re
import secrets
from dataclasses import replace
from pathlib import Path

from grader.core.atomic_files import create_file
from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.i18n import Message, _

VARIABLE = "GRADER_SECRET"  # in CI: 64 hexadecimal digits
SECRET_BYTES = 32
_DIGITS = re.compile(rf"[0-9a-fA-F]{{{2 * SECRET_BYTES}}}")


class CourseSecretError(UserError):
    """The secret of a course cannot be used."""


def secret_file(course: Course) -> Path:
    """Return where the secret of a course is stored.

    That is in the course's folder, or in the user's own where the course is the one shipped with the program.
    """
    if not course.is_packed:
        return course.folder / "private" / "secret"
    from platformdirs import user_data_path

    return user_data_path("keras-grader", appauthor=False) / "secret"


def with_secret(course: Course) -> Course | None:
    """Return the course with its secret: that of the variable GRADER_SECRET, else of its file; None without one.

    Raises:
        CourseSecretError: there is one that cannot be used.
    """
    if written := os.environ.get(VARIABLE, "").strip():
        return replace(course, secret=_decode(written, f"${VARIABLE}"))
    path = secret_file(course)
    try:
        content = path.read_bytes()
        is_readable_by_others = os.name == "posix" and bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CourseSecretError(_unreadable(path, error)) from error
    if is_readable_by_others:
        raise CourseSecretError(
            _(
                "{file} can be read by other users of this machine, and whoever knows it knows the held-out rows. "
                "Take that away with: chmod 600 {file}",
                file=str(path),
            )
        )
    return replace(course, secret=_decode(content.decode("ascii", "replace").strip(), str(path)))


def with_own_secret(course: Course) -> Course:
    """Return the course with its secret, which is made where there is none. Raises `CourseSecretError`."""
    found = with_secret(course)
    if found is not None:
        return found
    path = secret_file(course)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Such a folder is easily committed with all the rest.
        create_file(path.parent / ".gitignore", b"*\n")
        create_file(path, secrets.token_hex(SECRET_BYTES).encode() + b"\n", mode=0o600)
    except OSError as error:
        raise CourseSecretError(
            _(
                "{file} cannot be written ({error}). It would hold the secret that decides which rows are held "
                "out. Make the folder writable, or set {variable} to 64 hexadecimal digits, as this prints them: "
                'python -c "import secrets; print(secrets.token_hex(32))"',
                file=str(path),
                error=error.strerror or type(error).__name__,
                variable=VARIABLE,
            )
        ) from error
    made = with_secret(course)
    assert made is not None
    return made


def _decode(written: str, place: str) -> bytes:
    if _DIGITS.fullmatch(written):
        return bytes.fromhex(written)
    raise CourseSecretError(
        _(
            "{place} has to hold {digits} hexadecimal digits; received {length} characters. A new secret gives a "
            "class other data: where marks were given already, restore the old one.",
            place=place,
            digits=2 * SECRET_BYTES,
            length=len(written),
        )
    )


def _unreadable(path: Path, error: OSError) -> Message:
    return _(
        "{file} cannot be read ({error}). It holds the secret that decides which rows are held out; without it, "
        "no marks can be given.",
        file=str(path),
        error=error.strerror or type(error).__name__,
    )
