"""Compare the names of files and students, and make unique, harmless keys of them."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

LONGEST_KEY = 120  # bytes as UTF-8; with the mark below it still fits into a file's name

CANDIDATES = (".py", ".ipynb")
ARCHIVE = ".zip"

# Made by systems and editors, not by students. Files and folders alike, in lower case.
_NOISE = frozenset({"__macosx", "__pycache__", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})

ENVIRONMENT = "pyvenv.cfg"  # beside it lies what a virtual environment consists of
_INSTALLED = frozenset({"bin", "etc", "include", "lib", "lib64", "scripts", "share"})


def normalise_name(text: str) -> str:
    """Return a name with its characters composed (NFC): macOS writes an umlaut as two characters."""
    return unicodedata.normalize("NFC", text)


def suffix(name: str) -> str:
    """Return the ending in lower case, with its dot."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def stem(name: str) -> str:
    """Return the name without its ending."""
    dot = name.rfind(".")
    return name[:dot] if dot > 0 else name


def is_noise(name: str) -> bool:
    """Return whether systems and editors make files or folders of this name, and students do not.

    Hidden Python files are no noise: whoever has only such a one wants to know why it was not taken.
    """
    if name.startswith("._") or name.lower() in _NOISE:
        return True
    return name.startswith(".") and suffix(name) not in CANDIDATES


def is_installed(name: str) -> bool:
    """Return whether a folder of this name holds packages, if it lies beside a `pyvenv.cfg`."""
    return name.lower() in _INSTALLED


def are_alike(name: str, other: str) -> bool:
    """Return whether two names differ in nothing but case, spaces and hyphens."""
    return _joined(name) == _joined(other)


def is_named_for(name: str, exercise: str) -> bool:
    """Return whether a file is called `submission` or like the exercise, whatever its ending."""
    return are_alike(stem(name), "submission") or are_alike(stem(name), exercise)


def make_unique_keys(identities: Iterable[str]) -> Mapping[str, str]:
    """Return a key for each identity: unique even where case does not count, and harmless wherever it is written.

    Most identities are their own key. Where something had to be changed, or another one is too similar, a mark
    made from the whole identity follows a `~`, which occurs in no other key.
    """
    plain = {identity: _plain(identity) for identity in identities}
    similar = Counter(_folded(key) for key in plain.values())
    return {
        identity: key if key == identity and similar[_folded(key)] == 1 else f"{key}~{_mark(identity)}"
        for identity, key in plain.items()
    }


def _plain(identity: str) -> str:
    """Letters, digits and a few signs stay; it begins with a letter or digit, and is neither empty nor long."""
    text = normalise_name(identity)
    text = "".join(c if _is_plain(c) else "_" for c in text).strip(" .")
    if not text[:1].isalnum():
        text = f"x{text}"
    return text.encode()[:LONGEST_KEY].decode(errors="ignore").rstrip(" .")


def _is_plain(character: str) -> bool:
    if ord(character) < 128:
        return character.isalnum() or character in " ._-@+(),"
    return unicodedata.category(character)[0] in "LMN"


def _joined(name: str) -> str:
    return re.sub(r"[ -]", "_", normalise_name(name).casefold())


def _folded(key: str) -> str:
    return normalise_name(key.casefold())


def _mark(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]
