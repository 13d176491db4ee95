"""The records that an author writes in a rubric: each refuses what cannot be right, as soon as it is made.

The fields of such a record are checked against their annotations. `Annotated` types such as `Share` hold the rules
that go beyond a type, so that each rule stands in one place:

    share: Share  # a number between 0 and 1
"""

import dataclasses
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from grader.core.course import SHIPPED_FOLDER
from grader.core.errors import RubricError
from grader.core.field_rules import describe_mismatch, describe_unknown, describe_value, write_value
from grader.core.i18n import Bilingual, Message, Words, _

_CONSTRUCTORS = frozenset({"__init__", "__post_init__"})  # of an author's own check: who calls it is meant
_PACKAGE = str(Path(__file__).resolve().parent.parent)
_SHIPPED = str(SHIPPED_FOLDER / "exercises")


class Origin(NamedTuple):
    """Where a record was made: the author's file, and where the call of its class ends there."""

    file: str
    line: int
    end: tuple[int, int]  # line and column (in bytes) after the closing bracket; zeros where they are unknown


class Declared:
    """A record of a rubric. It knows where it was made, and refuses fields that cannot be right."""

    def __post_init__(self) -> None:
        """Raise `RubricError` where a field is not what its annotation says."""
        object.__setattr__(self, "_origin", find_author())  # also of a frozen record
        _check_fields(self)

    def refuse(self, text: Words, field: str = "") -> RubricError:
        """Return the error of a parameter of this record that cannot be right."""
        message = text if isinstance(text, Message) else Message("{text}", {"text": text})
        return RubricError(message, field, self)


def find_author() -> Origin | None:
    """Return the innermost call on the stack that is not the grader's own."""
    frame = sys._getframe(1)
    while frame is not None and (_is_own(frame.f_code.co_filename) or frame.f_code.co_name in _CONSTRUCTORS):
        frame = frame.f_back  # type: ignore[assignment]
    return None if frame is None else locate(frame.f_code, frame.f_lasti, frame.f_lineno)


def locate(code: types.CodeType, instruction: int, line: int) -> Origin:
    """Return the place of an instruction, given by its offset in bytes."""
    start, end, _column, end_column = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    return Origin(code.co_filename, start or line, (end or 0, end_column or 0))


def _is_own(file: str) -> bool:
    if file.startswith("<") or Path(file).name == "dataclasses.py":
        return True
    return file.startswith(_PACKAGE) and not file.startswith(_SHIPPED)


# Types, as annotations say them.

_PLAIN: Mapping[type, Message] = types.MappingProxyType(
    {
        str: _("a text"),
        int: _("a whole number"),
        float: _("a number"),
        bool: _("True or False"),
    }
)


def _check_fields(record: Any) -> None:
    """Raise `RubricError` for the first field of a record that cannot be right; make tuples of lists."""
    names = {field.name for field in dataclasses.fields(record)} if dataclasses.is_dataclass(record) else set()
    kind: type = type(record)
    for name, annotation in _annotations(kind).items():
        if name not in names:
            continue
        value = getattr(record, name)
        if isinstance(value, list | range) and _is_tuple(annotation):
            value = tuple(value)
            object.__setattr__(record, name, value)
        for field, problem in _find_problems(name, value, annotation):
            raise RubricError(problem, field, record)


@cache
def _annotations(kind: Any) -> Mapping[str, Any]:
    """Return the annotations of the grader's part of a class: an author's own class may say what it likes."""
    own = next((base for base in kind.__mro__ if base.__module__.partition(".")[0] == "grader"), None)
    return {} if own is None else get_type_hints(own, include_extras=True)


def _is_tuple(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _is_tuple(get_args(annotation)[0])
    return get_origin(annotation) is tuple


def _find_problems(field: str, value: Any, annotation: Any) -> Iterator[tuple[str, Message]]:
    """Yield what is wrong with a value, each with the name of the parameter that holds it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        problems = list(_find_problems(field, value, arguments[0]))
        rules = [rule for rule in arguments[1:] if not problems]
        yield from problems
        yield from ((field, text) for rule in rules if (text := rule.find_problem(field, value)) is not None)
    elif origin in {Union, types.UnionType}:
        found = [list(_find_problems(field, value, arm)) for arm in arguments]
        if all(found):
            of_value = [p for arm, p in zip(arguments, found, strict=True) if arm is not type(None)]
            yield of_value[0][0]
    elif origin is tuple:
        yield from _find_problems_of_tuple(field, value, arguments)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _find_problems_of_table(field, value, arguments)
    elif annotation is Bilingual and isinstance(value, Bilingual):
        texts = ((f"{field}.{language}", getattr(value, language)) for language in ("en", "de"))
        yield from ((name, problem) for name, text in texts if (problem := _find_problem_of_text(name, text)))
    elif problem := _find_problem_of_one(field, value, annotation):
        yield field, problem


_CALLABLE = get_origin(Callable[[], None])


def _find_problem_of_one(field: str, value: Any, annotation: Any) -> Message | None:
    """Return what is wrong with a value that is no tuple and no table, or None."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        is_known = isinstance(value, str) and value in arguments
        return None if is_known else _describe_choice(field, value, arguments)
    if origin is _CALLABLE:
        return None if callable(value) else _describe_no_function(field, value)
    return _find_problem_of_type(field, value, annotation) if isinstance(annotation, type) else None


def _find_problem_of_type(field: str, value: Any, kind: type) -> Message | None:
    if kind is float:
        is_right = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind is int:
        is_right = isinstance(value, int) and not isinstance(value, bool)
    else:
        is_right = isinstance(value, kind)
    if is_right:
        return None
    expected = _PLAIN.get(kind) or _("a {kind}", kind=kind.__name__)
    if isinstance(value, type) and issubclass(value, kind):
        return describe_mismatch(field, value, expected, f"{value.__name__}(...)")
    if kind is Bilingual:
        return describe_mismatch(field, value, expected, "Bilingual(en=..., de=...)")
    if kind.__name__ in {"Task", "Limits", "Training"} and isinstance(value, str | int | float | Mapping):
        return describe_mismatch(field, value, expected, f"{field}={kind.__name__}(...)")
    return describe_mismatch(field, value, expected)


def _find_problem_of_text(field: str, text: Any) -> Message | None:
    if not isinstance(text, str):
        return describe_mismatch(field, text, _PLAIN[str])
    if not text.strip():
        return _("{name} lacks a text in English or German", name=field.partition(".")[0])
    return None


def _find_problems_of_tuple(field: str, value: Any, arguments: tuple[Any, ...]) -> Iterator[tuple[str, Message]]:
    is_endless = len(arguments) == 2 and arguments[1] is Ellipsis
    if not isinstance(value, tuple):
        is_item = not isinstance(value, type) and not list(_find_problems(field, value, arguments[0]))
        yield field, describe_mismatch(field, value, _("a tuple"), _write_tuple(field, value) if is_item else "")
    elif is_endless:
        for position, item in enumerate(value):
            for _inner, problem in _find_problems(f"{field}[{position}]", item, arguments[0]):
                yield field, problem
    elif len(value) != len(arguments):
        expected = _("a tuple of {count}", count=len(arguments))
        yield (
            field,
            _(
                "{field} holds {received}; {expected} expected",
                field=field,
                received=len(value),
                expected=expected,
            ),
        )
    else:
        for position, (item, annotation) in enumerate(zip(value, arguments, strict=True)):
            for _inner, problem in _find_problems(f"{field}[{position}]", item, annotation):
                yield field, problem


def _write_tuple(field: str, value: Any) -> str:
    plain = value is None or isinstance(value, str | int | float)
    written = write_value(value) if plain else f"{type(value).__name__}(...)"
    return f"{field}=({written},)" if field.isidentifier() else f"({written},)"


def _find_problems_of_table(field: str, value: Any, arguments: tuple[Any, ...]) -> Iterator[tuple[str, Message]]:
    if not isinstance(value, Mapping):
        yield field, describe_mismatch(field, value, _("a dict"))
        return
    for key, item in value.items():
        for _inner, problem in _find_problems(f"{field}[{key!r}]", item, arguments[1]):
            yield field, problem


def _describe_choice(field: str, value: Any, known: tuple[Any, ...]) -> Message:
    if isinstance(value, str):
        return describe_unknown(field, value, known)
    listed = ", ".join(map(repr, known))
    return _(
        "{field} is {received}; expected one of: {known}",
        field=field,
        received=describe_value(value),
        known=listed,
    )


def _describe_no_function(field: str, value: Any) -> Message:
    if value is None or isinstance(value, str | int | float):
        return describe_mismatch(field, value, _("a function"))
    return _(
        "{field} is {received}; a function expected: write its name alone, without ()",
        field=field,
        received=describe_value(value),
    )
