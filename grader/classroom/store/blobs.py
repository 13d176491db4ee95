"""Files of a store, each named by the SHA-256 of its content, which is checked when it is read.

They lie on any file system of fsspec. A file is written under a temporary name and then renamed, so that a process
that is killed leaves no partial file under a hash.
"""

import contextlib
import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from grader.classroom.store import errors
from grader.classroom.store.errors import StoreError, printable
from grader.core.i18n import _
from grader.core.process_marks import is_abandoned, own_mark

_log = logging.getLogger(__name__)

TEMPORARY = "aside"  # folder of files that are being written
ABANDONED = timedelta(days=1)  # nobody writes for so long: the process that began the file was killed


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal digits: the name of their file."""
    return hashlib.sha256(data).hexdigest()


class Blobs:
    """Reads and writes bytes by their hash, in a folder `part` below `url`. Thread-safe."""

    def __init__(self, url: str, part: str) -> None:
        """Make the folder where it is not there. Raises `StoreError`."""
        self.place = printable(url)
        try:
            self._fs, root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            reason = _(
                "The store's files cannot be kept in {place} ({reason}). Expected: a folder, or the address of a "
                "file system that is installed.",
                place=self.place,
                reason=str(error),
            )
            raise StoreError(reason) from error
        self._root = f"{root.rstrip('/')}/{part}"
        self._is_local = isinstance(self._fs, LocalFileSystem)
        with self._explained():
            self._fs.makedirs(f"{self._root}/{TEMPORARY}", exist_ok=True)

    def put(self, data: bytes) -> str:
        """Write bytes, and return their hash. Raises `StoreError`."""
        digest = sha256_of(data)
        temporary = f"{self._root}/{TEMPORARY}/{own_mark()}-{uuid.uuid4().hex}"
        with self._explained():
            try:
                with self._fs.open(temporary, "wb") as file:
                    file.write(data)
                    if self._is_local:
                        file.flush()
                        os.fsync(file.fileno())
                self._rename(temporary, self._path(digest))
            except BaseException:
                self._discard(temporary)
                raise
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return the bytes of this hash; None where the file is lost or was changed. Raises `StoreError`."""
        with self._explained():
            try:
                data = self._read(self._path(digest))
            except FileNotFoundError:
                return None
        return data if sha256_of(data) == digest else None

    def remove(self, digest: str) -> None:
        """Remove the file of this hash, if it is there. Raises `StoreError`."""
        with self._explained(), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(digest))

    def tidy(self, find_used: Callable[[], Set[str]], *, at_once: bool = False) -> None:
        """Remove what killed processes left: partial files, and whole ones that nothing refers to.

        `find_used` returns the hashes that something refers to; it is called after the files are listed.
        `at_once`: nobody else writes, so that young files count as left, too. Raises `StoreError`.
        """
        with self._explained():
            files = self._fs.find(self._root)
        keep = {self._path(digest) for digest in find_used()}
        with self._explained():
            for file in files:
                # What is younger may be referred to in a moment.
                with contextlib.suppress(FileNotFoundError):  # renamed, or tidied by another process
                    if file not in keep and (at_once or self._is_abandoned(file)):
                        self._fs.rm_file(file)

    def _is_abandoned(self, file: str) -> bool:
        modified = self._fs.modified(file)
        mark = file.rpartition("/")[2].partition("-")[0]  # of a partial file
        return datetime.now(UTC) - modified > ABANDONED or is_abandoned(mark, modified.timestamp())

    def _discard(self, temporary: str) -> None:
        try:
            self._fs.rm_file(temporary)
        except Exception:  # noqa: BLE001 - whatever a remote file system raises: `tidy` removes the file later
            _log.debug("a temporary file was left in %s", self.place, exc_info=True)

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest[2:]}"

    def _read(self, path: str) -> bytes:
        if self._is_local:
            return Path(path).read_bytes()  # fsspec's asks for the length first, and for the place after that
        data: bytes = self._fs.cat_file(path)
        return data

    def _rename(self, old: str, new: str) -> None:
        self._fs.makedirs(new.rpartition("/")[0], exist_ok=True)
        if self._is_local:
            os.replace(old, new)  # noqa: PTH105 - in one step, on every system; fsspec's may copy
        else:
            self._fs.mv(old, new)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except Exception as error:  # remote file systems raise what their libraries raise
            raise errors.explain_file_error(error, self.place) from error
