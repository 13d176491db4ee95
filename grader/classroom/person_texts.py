"""Recognise a person in files: by key, name, address, numbers and hashes, in whatever way a file writes them."""

import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from grader.protocol.hand_in import HandIn

_SHORTEST, _SHORTEST_NUMBER = 3, 5  # characters of what is looked for: shorter texts are in every file
_LONG = 6  # characters of what is looked for within words, too
_MAX_MEMBER = 200_000_000  # bytes of one file of an archive
# Names of folders and files that say nothing about anybody.
_ORDINARY = re.compile(r"(?:submi(?:ssion|tted)s?|main|solution)(?:\.(?:py|ipynb))?", re.IGNORECASE)
_PROGRAMS = frozenset((".py", ".ipynb"))


def list_texts(hand_in: HandIn, *more: str) -> list[str]:
    """Return what a person is recognised by, as one hand-in says it, and further texts such as hashes.

    A folder or file counts where its name has something of the person in it: others are called the same.
    """
    words = [*re.findall(r"[^\W\d_]+", hand_in.name), hand_in.email.partition("@")[0]]
    pieces = [piece.casefold() for piece in (hand_in.student, hand_in.name, hand_in.platform_id, *words)]
    pieces = [piece for piece in pieces if len(piece) >= _SHORTEST]
    file = PurePosixPath(hand_in.file.replace("\\", "/"))
    names = [hand_in.file, *file.parts, file.stem]
    personal = [name for name in names if any(piece in name.casefold() for piece in pieces)]
    texts = [hand_in.student, hand_in.name, hand_in.email, hand_in.platform_id, *personal, *more]
    return [text for text in texts if _is_telling(text.strip())]


def list_spellings(reference: str) -> list[str]:
    """Return the reference of a report as people type it into regrade requests."""
    plain = [reference, reference.replace("-", ""), reference.replace("-", " ")]
    return [*plain, *(text.lower() for text in plain)]


def _is_telling(text: str) -> bool:
    """Return whether a text is not in any file by chance."""
    return len(text) >= (_SHORTEST_NUMBER if text.isdigit() else _SHORTEST) and not _ORDINARY.fullmatch(text)


class PersonTexts:
    """Looks for texts of one or several people."""

    def __init__(self, texts: Iterable[str]) -> None:
        forms = {form for text in texts for form in _list_forms(text)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(_to_regex, longest_first))) if forms else None
        self._any_case = re.compile(self._pattern.pattern, re.IGNORECASE) if self._pattern else None

    def are_in(self, text: str) -> bool:
        """Return whether a text has one of them."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def are_in_prose(self, text: str) -> bool:
        """Return whether a text that people wrote has one of them, in capital or small letters."""
        return self._any_case is not None and self._any_case.search(text) is not None

    def are_in_file(self, path: Path) -> bool:
        """Return whether a file has one of them, also one within a zip or a workbook. Raises `OSError`."""
        return any(self.are_in(text) for text in _read_texts(path))


def holds_programs(path: Path) -> bool:
    """Return whether a file is a program or a notebook, or an archive of some: what somebody handed in.

    Raises `OSError`.
    """
    if path.suffix.lower() in _PROGRAMS:
        return True
    return any(PurePosixPath(name).suffix.lower() in _PROGRAMS for name in _list_members(path))


def _list_forms(text: str) -> Iterator[str]:
    """Yield a text as files of different kinds write it."""
    for form in {text, *(unicodedata.normalize(name, text) for name in ("NFC", "NFD"))}:
        escaped = html.escape(form)
        yield from (form, escaped, escaped.replace("&#x27;", "&#39;").replace("&quot;", "&#34;"))
        yield from (
            html.escape(form, quote=False),
            json.dumps(form)[1:-1],
            json.dumps(form, ensure_ascii=False)[1:-1],
        )
        yield from (quote(form, errors="replace"), quote(form, safe="", errors="replace"))
        yield form.replace('"', '""')  # CSV


def _to_regex(form: str) -> str:
    within = len(form) >= _LONG and not form.isdigit()
    return re.escape(form) if within else rf"(?<![^\W_]){re.escape(form)}(?![^\W_])"


def _read_texts(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    yield data.decode("utf-8", "replace")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield member.filename
                if member.file_size <= _MAX_MEMBER:
                    yield archive.read(member).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return  # no archive, or none that can be read to its end


def _list_members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return []
