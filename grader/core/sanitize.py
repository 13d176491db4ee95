"""Make strings of strangers safe to look at, before any template or terminal sees them.

Escaping keeps a submission from adding markup. It doesn't keep it from lying: characters that are invisible,
that reverse the reading direction, or that steer a terminal would show an instructor something other than what
is there. And a line of a megabyte is no attack on the browser, but on the reader.
"""

import re
import unicodedata
from collections.abc import Mapping
from operator import is_
from pathlib import Path
from typing import Any, TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)

LONGEST = 4000  # characters of a sentence; what comes after is counted, not shown

# Control, format (bidirectional ones among them), surrogate, private, line and paragraph separator.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
# Fields that hold data and not words: cutting them would break them.
_WHOLE = frozenset(("png",))


def visible(text: str) -> str:
    """Return `text` with each invisible or steering character written out; tabs and newlines stay.

    Written out means `⟨U+202E⟩`: fonts lack the control pictures of Unicode too often.
    """
    if text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text.replace("\r\n", "\n"))


def _visible_character(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _INVISIBLE:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def clip(text: str, longest: int) -> str:
    """Return `text`, cut to `longest` characters with the number of those cut off."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]} … (+{len(text) - longest})"


def one_line(text: str) -> str:
    """Return `text` with line breaks and tabs written as spaces, for places that hold a single line."""
    return re.sub(r"\s+", " ", text)


def sanitize_record(record: R, longest: int = LONGEST) -> R:
    """Return a copy of `record` whose strings are all visible and at most about `longest` characters long.

    What need not be changed is not copied.
    """
    cleaned: R = _clean(record, longest)
    return cleaned


def _clean(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return clip(visible(value), longest)
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in value.__struct_fields__:
            entry = getattr(value, name)
            cleaned = entry if name in _WHOLE and isinstance(entry, str) else _clean(entry, longest)
            if cleaned is not entry:
                changed[name] = cleaned
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, list | tuple | set | frozenset):
        # Most of a report are numbers of pictures and curves.
        entries = [entry if type(entry) is float else _clean(entry, longest) for entry in value]
        return value if all(map(is_, entries, value)) else type(value)(entries)
    if isinstance(value, Mapping):
        cleaned = {_clean(key, longest): _clean(entry, longest) for key, entry in value.items()}
        is_clean = all(map(is_, cleaned, value)) and all(map(is_, cleaned.values(), value.values()))
        return value if is_clean else cleaned
    return value


LONGEST_SHOWN = 200  # characters


def display_name(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return `text` on one line, as valid Unicode, without invisible characters, cut in the middle if too long."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    text = unicodedata.normalize("NFC", text)
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def display_path(path: Path | str) -> str:
    """Return a path as it may be printed: on one line, without characters that steer a terminal."""
    return one_line(visible(str(path)))
