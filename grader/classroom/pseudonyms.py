"""Pseudonyms for students, and entries of the gradebook without anything that names a student.

A pseudonym is stable for one salt and says nothing without it. It is a proquint (arXiv:0901.4016): consonants
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
from grader.protocol.verdict import Exhibits, SubmissionInfo, Verdict

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_GROUPS = 3
_SHORTEST = 3  # characters of what is taken out of texts: shorter names stand everywhere
_LONG = 5  # characters of what is taken out of the middle of words too
# Names of folders and files that say nothing about anybody.
_ORDINARY = frozenset(("submission", "submission.py", "submission.ipynb", "submitted"))
_LOCATION = {"file", "line", "source"}
# Fields whose words are the grader's or the course's own; a student called "passed" must not change them.
_UNCHANGED_FIELDS = frozenset(
    ("id", "status", "severity", "schema", "language", "exercise", "title", "lesson", "mode", "versions")
)


def pseudonym(student: str, salt: bytes) -> str:
    """Return the pseudonym of a student's key, such as "lusab-babad-gutih".

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
    """Return the entry under a pseudonym, without anything that identifies the student.

    Removed: name, e-mail, number, file and its hash (which becomes a keyed one: equal files stay equal), report's
    address, time of the hand-in (the platform's list of times would name the student), and who adjusted. In all
    texts of the verdict, of `problem` and of the adjustments' reasons those names are replaced; in reasons,
    `problem` and quoted lines of code also the single words of the student's name.

    What remains is what the grader cannot know: a nickname, another person's name or a login in a quoted line
    of code, in captured output or in a reason; and the style of the code itself.
    """
    alias = pseudonym(entry.student, salt)
    identifying = _IdentifyingTexts(entry, alias)
    return replace(
        entry,
        student=alias,
        name=alias,
        file="",
        email="",
        platform_id="",
        submitted=None,
        report="",
        verdict=_anonymise_verdict(entry.verdict, alias, salt, identifying) if entry.verdict is not None else None,
        problem=identifying.replace_in_prose(entry.problem),
        adjustments=tuple(
            replace(a, by="", reason=identifying.replace_in_prose(a.reason)) for a in entry.adjustments
        ),
        # Times, and why somebody had more of it, would name the student as well.
        rules=tuple(replace(rule, seconds=0, at=None, reason="") for rule in entry.rules),
    )


def anonymise_code(exhibits: Exhibits, entry: GradebookEntry, salt: bytes) -> Exhibits:
    """Return exhibits without the names of the student in the code: the same are replaced as in quoted lines."""
    identifying = _IdentifyingTexts(entry, pseudonym(entry.student, salt))
    return replace(
        exhibits,
        code=tuple(
            replace(unit, lines=tuple(map(identifying.replace_in_prose, unit.lines))) for unit in exhibits.code
        ),
    )


def _anonymise_verdict(verdict: Verdict, alias: str, salt: bytes, identifying: "_IdentifyingTexts") -> Verdict:
    file = alias + _suffix(verdict.submission.name)
    built = _walk(
        msgspec.to_builtins(replace(verdict, submission=SubmissionInfo(name="", sha256=""))), file, identifying
    )
    anonymous = msgspec.convert(built, Verdict)
    sha256 = hmac.new(salt, verdict.submission.sha256.encode(), hashlib.sha256).hexdigest()
    return replace(anonymous, submission=SubmissionInfo(name=file, sha256=sha256))


def _walk(value: Any, file: str, identifying: "_IdentifyingTexts") -> Any:
    if isinstance(value, str):
        return identifying.replace_in(value)
    if isinstance(value, list | tuple):
        return [_walk(item, file, identifying) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() >= _LOCATION:
        return value | {"file": file, "source": identifying.replace_in_prose(value["source"])}
    return {
        key: item if key in _UNCHANGED_FIELDS else _walk(item, file, identifying) for key, item in value.items()
    }


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in (".py", ".ipynb") else ""


class _IdentifyingTexts:
    """Replaces the texts that a hand-in can be recognised by."""

    def __init__(self, entry: GradebookEntry, alias: str) -> None:
        self._alias = alias
        file, judged = PurePosixPath(entry.file.replace("\\", "/")), entry.verdict
        ordinary = _ORDINARY | ({judged.exercise} if judged is not None else set())
        files = [entry.file, *file.parts, file.stem, *([judged.submission.name] if judged is not None else [])]
        whole = [entry.student, entry.name, entry.email, entry.platform_id]
        whole += [name for name in files if name not in ordinary]
        self._whole = _pattern(whole, re.IGNORECASE)
        self._words = _pattern(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", entry.name)), re.NOFLAG)

    def replace_in(self, text: str) -> str:
        """Replace whole names in any text. Single words stay: "Adam" is an optimizer too."""
        return self._whole.sub(self._alias, text) if self._whole else text

    def replace_in_prose(self, text: str) -> str:
        """Replace whole names and single words of the student's name, in what people wrote."""
        text = self.replace_in(text)
        return self._words.sub(self._alias, text) if self._words else text


def _pattern(names: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str] | None:
    """Return a pattern for the names, the longest first; short ones and numbers only as whole words.

    Names of macOS's file system are decomposed: both forms of an umlaut are looked for.
    """
    forms = {unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")} | set(names)
    longest_first = sorted((form for form in forms if len(form.strip()) >= _SHORTEST), key=len, reverse=True)
    return re.compile("|".join(map(_to_regex, longest_first)), flags) if longest_first else None


def _to_regex(name: str) -> str:
    within = len(name) >= _LONG and not name.isdigit()
    return re.escape(name) if within else rf"(?<![^\W_]){re.escape(name)}(?![^\W_])"
