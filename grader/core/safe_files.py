"""Open files that somebody else made: links, pipes, devices and sizes are checked before a byte is read."""

import errno
import os
import stat
from pathlib import Path

from grader.core.errors import UnreadableSubmission
from grader.core.i18n import _


def build_valid_name(path: Path) -> str:
    """Return the file's name without folders, as valid Unicode.

    File names may be any bytes, which Python shows as lone surrogates; JSON cannot hold those.
    """
    name = path.name or str(path)
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def resolve_file(path: Path) -> Path:
    """Return where the file really is: `path` itself, or what it links to in the same folder.

    Raises `UnreadableSubmission` for links that lead elsewhere and for what is not an ordinary file.
    """
    name = build_valid_name(path)
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            # Only the last step is the student's. That the class's folder is reached over a link is not.
            folder = os.path.realpath(path.parent)
            target = Path(os.path.realpath(path, strict=True))
            if str(target.parent) != folder:
                raise _link(name)
            path, status = target, target.lstat()
    except OSError as error:
        raise _failure(error, name) from None
    except ValueError:  # a NUL in the path
        raise _missing(name) from None
    _require_file(status, name)
    return path


def read_file(path: Path, limit: int) -> bytes | int:
    """Read a file of at most `limit` bytes; of a longer one, return its length and read no more than that.

    What `resolve_file` looked at may have been exchanged since, so the open file is looked at again.
    Raises `UnreadableSubmission`.
    """
    name = build_valid_name(path)
    flags = os.O_RDONLY
    # As far as this system has them. A pipe would keep us waiting for its other end without the second.
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            status = os.fstat(file.fileno())
            _require_file(status, name)
            if status.st_size > limit:
                return status.st_size
            data = file.read(limit + 1)
    except OSError as error:
        raise _failure(error, name) from None
    return data if len(data) <= limit else len(data)


def read_own_file(path: Path, limit: int) -> bytes | int:
    """Read a file that the user has named, over links too, as `read_file` does.

    Raises `OSError`, also for a pipe or a device: the one may never come to its end, and the other has none.
    """
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device", str(path))
        if status.st_size > limit:
            return status.st_size
        data = file.read(limit + 1)
    return data if len(data) <= limit else len(data)


def _require_file(status: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableSubmission(
            _("{name} is a folder. Name the .py or .ipynb file in it that you want graded.", name=name)
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableSubmission(
            _("{name} is a pipe or a device, not a file. Save your work as a .py or .ipynb file.", name=name)
        )


def _missing(name: str) -> UnreadableSubmission:
    return UnreadableSubmission(_("There is no file {name}. Check the spelling and the folder.", name=name))


def _link(name: str) -> UnreadableSubmission:
    return UnreadableSubmission(
        _("{name} is a link that leads out of its folder. Hand in the file itself, not a link.", name=name)
    )


def _failure(error: OSError, name: str) -> UnreadableSubmission:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return _missing(name)
    if error.errno == errno.ELOOP:
        return _link(name)
    if isinstance(error, PermissionError):
        return UnreadableSubmission(
            _("{name} may not be read: its access rights forbid it. Allow reading it.", name=name)
        )
    reason = error.strerror or type(error).__name__
    return UnreadableSubmission(
        _("{name} cannot be read ({reason}). Save it again in another place.", name=name, reason=reason)
    )
