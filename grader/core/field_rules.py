"""The rules of a rubric's parameters beyond their types, and the sentences about a parameter that breaks one.

`Annotated` types such as `Share` hold the rules, see `grader.core.declarations`.
"""

import dataclasses
import difflib
import json
import math
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from grader.core.i18n import Message, Words, _

_LONGEST_VALUE = 60  # characters of a value in a message


@dataclass(frozen=True)
class Range:
    """A rule: the number lies between two others.

    `is_share`: who writes 93 for it means 0.93. `or_never`: infinity stands for a threshold that nothing reaches.
    """

    expected: Message = dataclasses.field(hash=False)
    low: float = -math.inf
    high: float = math.inf
    excludes_low: bool = False
    excludes_high: bool = False
    is_share: bool = False
    or_never: bool = False

    def find_problem(self, field: str, value: Any) -> Message | None:
        """Return what is wrong with a number, or None."""
        is_above = value > self.low if self.excludes_low else value >= self.low
        is_below = value < self.high if self.excludes_high else value <= self.high
        if (is_above and is_below) or (self.or_never and value == math.inf):
            return None
        if self.is_share and 1 < value <= 100:
            return _(
                "{field} is {received}; a share expected, not per cent: write {name}={share}",
                field=field,
                received=write_value(value),
                name=field,
                share=f"{value / 100:g}",
            )
        return describe_mismatch(field, value, self.expected)


@dataclass(frozen=True)
class Name:
    """A rule: the text is the name of a function or of a value of the submission.

    `may_be_empty`: "" stands for none.
    """

    may_be_empty: bool = False

    def find_problem(self, field: str, value: Any) -> Message | None:
        """Return what is wrong with a name, or None."""
        if value.isidentifier() or (self.may_be_empty and not value):
            return None
        return describe_mismatch(field, value, _("a name of the submission, without brackets and dots"))


@dataclass(frozen=True)
class OneOf:
    """A rule: the text is one of those that are known."""

    known: tuple[str, ...]

    def find_problem(self, field: str, value: Any) -> Message | None:
        """Return what is wrong with a word, or None."""
        return None if value in self.known else describe_unknown(field, value, self.known)


@dataclass(frozen=True)
class Filled:
    """A rule: a tuple is not empty, and holds nothing twice."""

    empty: Message | None = dataclasses.field(default=None, hash=False)  # what is said of one that is

    def find_problem(self, field: str, value: Any) -> Message | None:
        """Return what is wrong with a tuple, or None."""
        if not value:
            return self.empty or _("{field} is empty; at least one is needed", field=field)
        if isinstance(value, tuple) and (twice := [v for i, v in enumerate(value) if v in value[:i]]):
            return _("{field} holds {received} twice", field=field, received=write_value(twice[0]))
        return None


@dataclass(frozen=True)
class Rows:
    """A rule: a number of rows as a whole number, or a share of all rows."""

    def find_problem(self, field: str, value: Any) -> Message | None:
        """Return what is wrong with a number of rows, or None."""
        if isinstance(value, int):
            return Range(_("1 or more rows"), low=1).find_problem(field, value)
        return get_args(RowShare)[1].find_problem(field, value)  # type: ignore[no-any-return]


_MORE_THAN_NOTHING = _("more than 0")
_ZERO_OR_MORE = _("0 or more")
Positive = Annotated[float, Range(_MORE_THAN_NOTHING, low=0, high=sys.float_info.max, excludes_low=True)]
NotNegative = Annotated[float, Range(_ZERO_OR_MORE, low=0, high=sys.float_info.max)]
Share = Annotated[
    float, Range(_("more than 0 and less than 1"), 0, 1, excludes_low=True, excludes_high=True, is_share=True)
]
RowShare = Annotated[float, Range(_("0 or more, and less than 1"), 0, 1, excludes_high=True, is_share=True)]
RowCount = Annotated[float, Rows()]
Score = Annotated[float, Range(_("more than 0, and at most 1"), 0, 1, excludes_low=True, is_share=True)]
ScoreOrNever = Annotated[
    float, Range(_("more than 0, and at most 1"), 0, 1, excludes_low=True, is_share=True, or_never=True)
]
Tolerance = Annotated[float, Range(_("a number from 0 to 1"), 0, 1, is_share=True)]
Penalty = Annotated[float, Range(_("more than 0, and at most 1"), 0, 1, excludes_low=True)]
InitialWeight = Annotated[float, Range(_("a number from -10 to 10"), low=-10, high=10)]
Seconds = Annotated[float, Range(_("more than 0, and at most an hour"), 0, 3600, excludes_low=True)]
Count = Annotated[int, Range(_("1 or more"), low=1)]
CountOrZero = Annotated[int, Range(_ZERO_OR_MORE, low=0)]
FewItems = Annotated[int, Range(_("1 to 100"), low=1, high=100)]
PictureLength = Annotated[int, Range(_("1 to 4,000"), low=1, high=4000)]
LayerWidth = Annotated[int, Range(_("1 to 10,000"), low=1, high=10_000)]
BinCount = Annotated[int, Range(_("2 to 100"), low=2, high=100)]
DrawnRows = Annotated[int, Range(_("200 to 100,000"), low=200, high=100_000)]
TableWidth = Annotated[int, Range(_("two or more features"), low=2)]
ClassCount = Annotated[int, Range(_("at least 2"), low=2)]
FunctionName = Annotated[str, Name()]
OptionalFunctionName = Annotated[str, Name(may_be_empty=True)]


# What messages are made of.


def suggest(word: str, known: Iterable[str]) -> str:
    """Return the one of the known words that was probably meant; "" where none is near."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else ""


def describe_unknown(field: str, received: str, known: Collection[str]) -> Message:
    """Say that a word is none of those that are known, and which one was probably meant."""
    listed = ", ".join(repr(name) for name in known if name) or "–"
    if guess := suggest(received, known):
        return _(
            "{field} is {received!r}; expected one of: {known} (did you mean {guess!r}?)",
            field=field,
            received=received,
            known=listed,
            guess=guess,
        )
    return _("{field} is {received!r}; expected one of: {known}", field=field, received=received, known=listed)


def describe_mismatch(field: str, value: Any, expected: Words, hint: str = "") -> Message:
    """Say what a parameter is, what was expected, and what to write instead where that is known."""
    received = describe_value(value)
    if hint:
        return _(
            "{field} is {received}; {expected} expected: write {hint}",
            field=field,
            received=received,
            expected=expected,
            hint=hint,
        )
    return _("{field} is {received}; {expected} expected", field=field, received=received, expected=expected)


def write_value(value: Any) -> str:
    """Return a value as an author writes it, cut where it is long."""
    if isinstance(value, float):
        return f"{value:g}"
    written = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return written if len(written) <= _LONGEST_VALUE else f"{written[: _LONGEST_VALUE - 1]}…"


def describe_value(value: Any) -> Words | str:
    """Return a value for a message: small ones as they are written, others by their type."""
    if isinstance(value, type):
        return _("the class {name}", name=value.__name__)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return repr(value)  # 0.0 is not the whole number that is expected
    if value is None or isinstance(value, bool | int | float):
        return write_value(value)
    if isinstance(value, str):
        return repr(value) if len(value) < _LONGEST_VALUE else write_value(value)
    return _("a {kind}", kind=type(value).__name__)
