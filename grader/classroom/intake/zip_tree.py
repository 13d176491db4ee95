"""List a zip as a tree. It may come from a student, so nothing that its headers say is trusted.

Members are written under names of our own, and bytes are counted while they are written: the names and
lengths in the headers decide nothing.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.classroom.intake.file_tree import MAX_DEPTH, MAX_FILES, Tree, TreeEntry, UnusableFileError, build_tree
from grader.classroom.intake.records import LeftOut, UnusableHandInsError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import suffix

MAX_UNPACKED = 4_000_000_000  # bytes of all members that are unpacked in one go
MAX_NAME = 1_000  # characters of a member's path
CHUNK = 1 << 16

_ENCRYPTED = 0x1
_UTF8 = 0x800
_ENTRY = b"PK\x01\x02"  # begins each entry of the list of members
_ENTRY_BYTES = 46  # it is at least this long
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what people's programs write; others take more memory

# Whatever `zipfile` raises for members that somebody damaged, by accident or not.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError,
)  # fmt: skip


class UnpackFolder:
    """A folder for unpacked files, with a limit for their total length."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._left = MAX_UNPACKED
        self._count = 0

    def write(self, source: IO[bytes], ending: str, limit: int) -> Path:
        """Write a file of at most `limit` bytes under a name of our own.

        Raises `UnusableFileError` for a longer one and for one that cannot be unpacked, and `UnusableHandInsError`
        where all files together are too long, or the disk is full.
        """
        file = self.new_path(ending)
        try:
            with file.open("xb") as target:
                self._copy(source, target, limit)
        except OSError as error:
            raise UnusableHandInsError(
                _(
                    "The zip cannot be unpacked into {folder} ({reason}). Make room there, or set TMPDIR to "
                    "another folder.",
                    folder=display_name(str(self.folder)),
                    reason=error.strerror or type(error).__name__,
                )
            ) from None
        except UnusableFileError:
            file.unlink()
            raise
        return file

    def new_path(self, ending: str) -> Path:
        """Return a path that no file has yet."""
        self._count += 1
        return self.folder / f"submission-{self._count}{ending}"

    def _copy(self, source: IO[bytes], target: IO[bytes], limit: int) -> None:
        length = 0
        while chunk := _chunk(source):
            length += len(chunk)
            self._left -= len(chunk)
            if length > limit:
                raise UnusableFileError(_too_long(limit))
            if self._left < 0:
                raise UnusableHandInsError(
                    _(
                        "Unpacked, the zip would take more than {most} GB. Take out of it what is no hand-in.",
                        most=MAX_UNPACKED // 1_000_000_000,
                    )
                )
            target.write(chunk)


@dataclass(frozen=True)
class ZipMember:
    """A file in a zip."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    unpack_folder: UnpackFolder

    def local_path(self, limit: int) -> Path:
        """Unpack it. Raises `RefusedError`, `UnusableHandInsError`."""
        with self._opened() as source:
            return self.unpack_folder.write(source, suffix(self.info.filename), limit)

    def read(self, limit: int) -> bytes:
        """Return the bytes. Raises `UnusableFileError`."""
        data = bytearray()
        with self._opened() as source:
            while chunk := _chunk(source):
                data += chunk
                if len(data) > limit:
                    raise UnusableFileError(_too_long(limit))
        return bytes(data)

    def _opened(self) -> IO[bytes]:
        try:
            return self.archive.open(self.info)
        except _DAMAGED:
            raise UnusableFileError(_damaged()) from None


def _chunk(source: IO[bytes]) -> bytes:
    try:
        return source.read(CHUNK)
    except _DAMAGED:
        raise UnusableFileError(_damaged()) from None


def open_zip(file: Path, most: int = MAX_FILES) -> zipfile.ZipFile:
    """Open a zip of at most `most` members. The caller closes it. Raises `UnusableFileError`."""
    try:
        if not zipfile.is_zipfile(file):
            raise UnusableFileError(_no_zip(file))
        # The list of members is read as a whole, so it is looked at before how long it is.
        if file.stat().st_size >= most * _ENTRY_BYTES and _entries(file) > most:
            raise UnusableFileError(_too_many(most))
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.strerror:
            raise UnusableFileError(_("It cannot be read ({reason}).", reason=error.strerror)) from None
        raise UnusableFileError(_cut_off()) from None
    if len(archive.infolist()) > most:
        archive.close()
        raise UnusableFileError(_too_many(most))
    return archive


def list_zip(archive: zipfile.ZipFile, name: str, unpack_folder: UnpackFolder, prefix: str = "") -> Tree:
    """List a zip. Members with names that lead elsewhere are left_out and have no place in the tree."""
    left_out: list[LeftOut] = []
    return build_tree(name, list(_members(archive, unpack_folder, left_out, prefix)), left_out, prefix)


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Return whether all files of a zip are encrypted."""
    members = [info for info in archive.infolist() if not _name(info).endswith("/")]
    return bool(members) and all(info.flag_bits & _ENCRYPTED for info in members)


def _members(
    archive: zipfile.ZipFile, unpack_folder: UnpackFolder, left_out: list[LeftOut], prefix: str
) -> Iterator[TreeEntry]:
    for info in archive.infolist():
        name = _name(info)
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if why := _bad_name(name, parts):
            left_out.append(LeftOut(where=prefix + display_name(name), why=why))
        elif parts:
            is_folder = name.endswith("/")
            yield TreeEntry(parts, is_folder, ZipMember(archive, info, unpack_folder), _refusal(info, is_folder))


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as it was meant.

    Without the mark for UTF-8, `zipfile` takes the bytes for DOS's letters. macOS writes UTF-8 without the mark.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    # Some programs on Windows write its own separators. A name is never used as a path, so this harms nobody.
    return name.replace("\\", "/")


def _bad_name(name: str, parts: tuple[str, ...]) -> Message | None:
    if "\0" in name:
        return _("Its name holds a NUL character.")
    if not parts and not name.endswith("/"):
        return _("It has no name.")
    if len(name) > MAX_NAME or len(parts) > MAX_DEPTH:
        return _("Its path is too long.")
    if name.startswith("/") or ".." in parts or name[1:2] == ":":
        return _("Its path leads out of the zip. Nobody's program does that by accident.")
    return None


def _refusal(info: zipfile.ZipInfo, is_folder: bool) -> Message | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return _("It is a link, and links are not followed. Put the file itself there.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (kind == stat.S_IFDIR and not is_folder):
        return _("It is a pipe or a device, not a file.")
    if info.flag_bits & _ENCRYPTED:
        return _("It is encrypted. Pack it again without a password.")
    if info.compress_type not in _METHODS:
        return _("It is compressed in an unusual way (method {method}). Pack it again.", method=info.compress_type)
    return None


def _entries(file: Path) -> int:
    """Return how many members there are at most: each has its mark in the file."""
    count, rest = 0, b""
    with file.open("rb") as source:
        while chunk := source.read(1 << 20):
            data = rest + chunk
            count += data.count(_ENTRY)
            rest = data[-(len(_ENTRY) - 1) :]
    return count


def _no_zip(file: Path) -> Message:
    with file.open("rb") as source:
        head = source.read(512)
    if head.startswith(b"PK\x03\x04"):
        return _cut_off()
    kinds = {b"\x1f\x8b": "tar.gz", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar", b"BZh": "tar.bz2"}
    kind = next((kind for magic, kind in kinds.items() if head.startswith(magic)), None)
    kind = "tar" if head[257:262] == b"ustar" else kind
    if kind:
        return _("It is packed as {kind}, which is not read. Unpack it, or pack it as a zip.", kind=kind)
    return _("It is no zip.")


def _cut_off() -> Message:
    return _("It is damaged or cut off. Download it or pack it again.")


def _damaged() -> Message:
    return _("It is damaged in the zip. Download the zip or pack it again.")


def _too_long(limit: int) -> Message:
    return _(
        "It is longer than {most} MB. Leave out data, and the outputs of a notebook.", most=limit // 1_000_000
    )


def _too_many(most: int) -> Message:
    return _("It holds more than {most} files.", most=most)
