"""Write files to hand out: gathered in memory, then put into a folder or a zip in one step.

The same files make the same bytes. Nothing is overwritten, and a failure leaves no half-written target.
"""

import contextlib
import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.core.atomic_files import staging_folder
from grader.core.errors import UserError
from grader.core.i18n import _

Files = Mapping[str, bytes]  # content by path within the folder or zip, with slashes

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same files make the same bytes
_UNIX = 3
_REGULAR = 0o100000


class PackingError(UserError):
    """The files to hand out could not be built or written. `text` says why, and how to mend it."""


class ExecutableFile(bytes):
    """The content of a file that is to have the right to be executed."""


def make_zip(files: Files) -> bytes:
    """Return a zip of the files: the same files make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = (_REGULAR | _mode(files[name])) << 16
            archive.writestr(entry, bytes(files[name]))
    return buffer.getvalue()


def write_zip(files: Files, target: Path) -> None:
    """Write a zip that is not there yet. Raises `PackingError`."""
    with _explained_os_errors(target):
        if os.path.lexists(target):
            raise PackingError(
                _("{file} is already there. Name another file, or remove it first.", file=str(target))
            )
        with staging_folder(target) as aside:
            file = aside / target.name
            file.write_bytes(make_zip(files))
            file.chmod(0o644)
            file.rename(target)


def write_folder(files: Files, target: Path) -> None:
    """Write a folder that is empty or not there yet. Raises `PackingError`."""
    with _explained_os_errors(target):
        if os.path.lexists(target):
            if target.is_symlink() or not target.is_dir():
                raise PackingError(_("{folder} is no folder. Name another one.", folder=str(target)))
            if any(target.iterdir()):
                raise PackingError(
                    _("{folder} is not empty. Name a folder that is not there yet.", folder=str(target))
                )
        with staging_folder(target) as aside:
            folder = _write_files(files, aside / "files")
            with contextlib.suppress(FileNotFoundError):
                target.rmdir()  # the empty one; Windows does not put one folder in the place of another
            folder.rename(target)


def _write_files(files: Files, folder: Path) -> Path:
    for name, data in files.items():
        file = folder.joinpath(*name.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(_mode(data))
    return folder


def _mode(data: bytes) -> int:
    return 0o755 if isinstance(data, ExecutableFile) else 0o644


@contextlib.contextmanager
def _explained_os_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PackingError(
            _(
                "{file} cannot be written ({reason}). Name another place.",
                file=str(target),
                reason=error.strerror or type(error).__name__,
            )
        ) from None
