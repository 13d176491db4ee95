"""Zips byte by byte, for what `zipfile` refuses to write."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Raw:
    """One member; each field can lie."""

    name: bytes
    content: bytes = b"x = 1"
    flags: int = 0
    method: int = 8
    mode: int = 0  # of Unix, with the kind of file
    crc: int | None = None
    claimed: int | None = None  # length after unpacking
    packed: bytes | None = None  # what is really stored


def raw_zip(file: Path, members: Iterable[Raw], cut: int = 0) -> Path:
    """Write the members, without the last `cut` bytes."""
    body, listing, count = b"", b"", 0
    for member in members:
        squeezed = zlib.compress(member.content, 9)[2:-4] if member.method == 8 else member.content
        packed = squeezed if member.packed is None else member.packed
        crc = zlib.crc32(member.content) if member.crc is None else member.crc
        length = len(member.content) if member.claimed is None else member.claimed
        common = struct.pack("<HHHHHIII", 20, member.flags, member.method, 0, 33, crc, len(packed), length)
        sizes = struct.pack("<HH", len(member.name), 0)
        listing += b"PK\x01\x02" + struct.pack("<H", 0x0314) + common + sizes
        listing += struct.pack("<HHHII", 0, 0, 0, member.mode << 16, len(body)) + member.name
        body += b"PK\x03\x04" + common + sizes + member.name + packed
        count += 1
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listing), len(body), 0)
    whole = body + listing + end
    file.write_bytes(whole[: len(whole) - cut])
    return file
