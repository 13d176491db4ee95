"""Read one file of a zip that a stranger may have made: into memory, within limits."""

import io
import lzma
import zipfile
import zlib

from grader.core.errors import UserError
from grader.core.i18n import Message, _

MAX_ENTRIES = 16


def extract_member(data: bytes, name: str, most: int) -> bytes:
    """Return the file called exactly `name`, of at most `most` bytes. Raises `UserError` for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise _unreadable(_("it holds {count} files", count=len(entries)))
            matching = [entry for entry in entries if entry.filename == name and not entry.is_dir()]
            if len(matching) != 1:
                raise _unreadable(_("it holds {name} {count} times, not once", name=name, count=len(matching)))
            with archive.open(matching[0]) as stream:
                content = stream.read(most + 1)  # what the archive says of its size is not asked
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise _unreadable(_("it is damaged")) from error
    except (NotImplementedError, RuntimeError) as error:  # a method that is not there; a password
        raise _unreadable(_("it is packed in a way that is not read")) from error
    if len(content) > most:
        raise _unreadable(_("{name} is larger than {most} bytes", name=name, most=most))
    return content


def _unreadable(reason: Message) -> UserError:
    return UserError(_("The archive of the run cannot be used: {reason}.", reason=reason))
