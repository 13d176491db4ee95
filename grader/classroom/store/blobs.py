"""Large things as files, each named by the SHA-256 of what it holds; what does not have its hash is not believed.

Any file system of fsspec will do. A file is written aside under a name of its own, then renamed: whatever is
killed, there is never half a file under a name that counts.
"""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import fsspec
from fsspec.implementations.local import LocalFileSystem

from grader.classroom.store import errors
from grader.classroom.store.errors import StoreError, printable
from grader.core.i18n import _

ASIDE = "aside"  # the folder of files that are being written
LEFT_OVER = timedelta(days=1)  # nobody writes for so long: whoever began that file was killed


def sha256_of(data: bytes) -> str:
    """Return the name that these bytes are kept under."""
    return hashlib.sha256(data).hexdigest()


class Blobs:
    """Bytes by their hash, in a folder `part` below `url`. Thread-safe."""

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
            self._fs.makedirs(f"{self._root}/{ASIDE}", exist_ok=True)

    def put(self, data: bytes) -> str:
        """Keep `data`, and return its hash. Raises `StoreError`."""
        digest = sha256_of(data)
        aside = f"{self._root}/{ASIDE}/{uuid.uuid4().hex}"
        with self._explained():
            try:
                with self._fs.open(aside, "wb") as file:
                    file.write(data)
                    if self._is_local:
                        file.flush()
                        os.fsync(file.fileno())
                self._rename(aside, self._path(digest))
            except BaseException:
                with contextlib.suppress(Exception):  # it is tidied later
                    self._fs.rm_file(aside)
                raise
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return what has this hash; None where it is lost or was changed. Raises `StoreError`."""
        with self._explained():
            try:
                data: bytes = self._fs.cat_file(self._path(digest))
            except FileNotFoundError:
                return None
        return data if sha256_of(data) == digest else None

    def tidy(self, wanted: Callable[[], Set[str]]) -> None:
        """Remove what killed processes left: files half written, and whole ones that nothing refers to.

        `wanted`: hashes that something refers to, asked for after the files are listed. Raises `StoreError`.
        """
        with self._explained():
            found = self._fs.find(self._root)
        keep = {self._path(digest) for digest in wanted()}
        with self._explained():
            for file in found:
                # What is younger may be referred to in a moment.
                with contextlib.suppress(FileNotFoundError):  # renamed, or tidied by another process
                    if file not in keep and datetime.now(UTC) - self._fs.modified(file) > LEFT_OVER:
                        self._fs.rm_file(file)

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest[2:]}"

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
