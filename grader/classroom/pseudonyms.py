"""Names that stand for students where nobody may know who they are.

A pseudonym is stable for one salt and tells nothing without it. It is a proquint (arXiv:0901.4016): consonants
and vowels in turns, so that it can be said aloud, in every language, and needs no lists of words. Three groups
hold 48 bits: among 5,000 students two share one with a probability of 4.4e-8.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec.structs import replace

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import SubmissionInfo, Verdict

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_GROUPS = 3
_SHORTEST = 3  # characters of what is taken out of texts: shorter names stand everywhere
_LONG = 5  # characters of what is taken out of the middle of words too
# Names of folders and files that say nothing about anybody.
_ORDINARY = frozenset(("submission", "submission.py", "submission.ipynb", "submitted"))
_LOCATION = {"file", "line", "source"}
# Fields whose words are the grader's or the course's own; a student called "passed" must not change them.
_OURS = frozenset(
    ("id", "status", "severity", "schema", "language", "exercise", "title", "lesson", "mode", "versions")
)


def pseudonym(student: str, salt: bytes) -> str:
    """Return what stands for `student`, such as "lusab-babad-gutih".

    Raises `ValueError` for a salt of fewer than 16 bytes, which could be tried out.
    """
    if len(salt) < 16:
        raise ValueError(f"the salt needs at least 16 bytes; received {len(salt)}")
    digest = hmac.new(salt, student.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return "-".join(_group(int.from_bytes(digest[2 * n : 2 * n + 2], "big")) for n in range(_GROUPS))


def _group(bits: int) -> str:
    return (
        _CONSONANTS[bits >> 12]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )


def anonymise(entry: GradebookEntry, salt: bytes) -> GradebookEntry:
    """Return the entry under a pseudonym, without anything that the hand-in was known by.

    Gone: name, e-mail, number, file and its hash (which becomes a keyed one: equal files stay equal), report's
    address, time of the hand-in (the platform's list of times would name the student), and who adjusted. In all
    texts of the verdict, of `problem` and of the adjustments' reasons those names are replaced; in reasons,
    `problem` and quoted lines of code also the single words of the student's name.

    What remains is what nobody told the grader: a nickname, another person's name or a login in a quoted line
    of code, in captured output or in a reason; and the style of the code itself.
    """
    alias = pseudonym(entry.student, salt)
    known = _Known(entry, alias)
    return replace(
        entry,
        student=alias,
        name=alias,
        file="",
        email="",
        platform_id="",
        submitted=None,
        report="",
        verdict=_verdict(entry.verdict, alias, salt, known) if entry.verdict is not None else None,
        problem=known.out_of_prose(entry.problem),
        adjustments=tuple(replace(a, by="", reason=known.out_of_prose(a.reason)) for a in entry.adjustments),
    )


def _verdict(verdict: Verdict, alias: str, salt: bytes, known: "_Known") -> Verdict:
    file = alias + _suffix(verdict.submission.name)
    built = _walk(
        msgspec.to_builtins(replace(verdict, submission=SubmissionInfo(name="", sha256=""))), file, known
    )
    found = msgspec.convert(built, Verdict)
    sha256 = hmac.new(salt, verdict.submission.sha256.encode(), hashlib.sha256).hexdigest()
    return replace(found, submission=SubmissionInfo(name=file, sha256=sha256))


def _walk(value: Any, file: str, known: "_Known") -> Any:
    if isinstance(value, str):
        return known.out_of(value)
    if isinstance(value, list | tuple):
        return [_walk(held, file, known) for held in value]
    if not isinstance(value, dict):
        return value
    if value.keys() >= _LOCATION:
        return value | {"file": file, "source": known.out_of_prose(value["source"])}
    return {key: held if key in _OURS else _walk(held, file, known) for key, held in value.items()}


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in (".py", ".ipynb") else ""


class _Known:
    """Takes out of texts what a hand-in is known by."""

    def __init__(self, entry: GradebookEntry, alias: str) -> None:
        self._alias = alias
        file, judged = PurePosixPath(entry.file.replace("\\", "/")), entry.verdict
        ordinary = _ORDINARY | ({judged.exercise} if judged is not None else set())
        files = [entry.file, *file.parts, file.stem, *([judged.submission.name] if judged is not None else [])]
        whole = [entry.student, entry.name, entry.email, entry.platform_id]
        whole += [name for name in files if name not in ordinary]
        self._whole = _pattern(whole, re.IGNORECASE)
        self._words = _pattern(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", entry.name)), re.NOFLAG)

    def out_of(self, text: str) -> str:
        """Replace the names as a whole. Single words stay: "Adam" is an optimizer too."""
        return self._whole.sub(self._alias, text) if self._whole else text

    def out_of_prose(self, text: str) -> str:
        """Replace also the single words of the student's name, for what people wrote."""
        text = self.out_of(text)
        return self._words.sub(self._alias, text) if self._words else text


def _pattern(names: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str] | None:
    """Return what finds the names, the longest first; short ones and numbers only as words of their own.

    Names of macOS's file system are decomposed: both forms of an umlaut are looked for.
    """
    forms = {unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")} | set(names)
    found = sorted((form for form in forms if len(form.strip()) >= _SHORTEST), key=len, reverse=True)
    return re.compile("|".join(map(_as_found, found)), flags) if found else None


def _as_found(name: str) -> str:
    within = len(name) >= _LONG and not name.isdigit()
    return re.escape(name) if within else rf"(?<![^\W_]){re.escape(name)}(?![^\W_])"
