"""`docs/verdict.md`, `docs/answer.md` and the schemas say the same, in both directions."""

import re
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from grader.protocol.change_result import MAX_BYTES, ChangeResult
from grader.protocol.verdict import Severity, Status, Verdict
from tests.helpers.paths import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "verdict.md").read_text("utf-8")
ANSWER_PAGE = (DOCS / "answer.md").read_text("utf-8")
WORDS: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", Severity: "Severity"}

Row = tuple[str, str, bool]


def sections(page: str = PAGE) -> dict[str, str]:
    """Return the text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(section: str) -> list[Row]:
    """Return name, type and nullability of each row of a table of fields."""
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| .+? \| (yes|no) \| .+ \|$", section, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| `", section, re.MULTILINE)), "a row is not as the others"
    return [(name, kind, null == "yes") for name, kind, null in rows]


def words(first: str, section: str) -> list[str]:
    """Return the first column of a table."""
    return re.findall(rf"^\| ({first}) \|", section, re.MULTILINE)


def kind_of(hint: Any) -> str:
    """Return what the document calls a type."""
    if hint in WORDS:
        return WORDS[hint]
    if get_origin(hint) is tuple:
        item, rest = get_args(hint)
        assert rest is Ellipsis
        kinds = [kind for kind in get_args(item) or (item,) if kind is not NoneType]
        return f"array of {kind_of(kinds[0])}"
    if get_origin(hint) is dict:
        return f"object of {kind_of(get_args(hint)[1])}"
    if get_origin(hint) is Literal:
        return WORDS[type(get_args(hint)[0])]
    return str(hint.__name__)


def schema(record: type[msgspec.Struct]) -> list[Row]:
    """Return name, type and nullability of each field of a record."""
    hints = get_type_hints(record)
    rows = []
    for name in record.__struct_fields__:
        options = get_args(hints[name]) if get_origin(hints[name]) in {Union, UnionType} else (hints[name],)
        kinds = [option for option in options if option is not NoneType]
        assert len(kinds) == 1
        rows.append((name, kind_of(kinds[0]), NoneType in options))
    return rows


def records(root: Any) -> dict[str, type[msgspec.Struct]]:
    """Return every record that can be reached from one."""
    if isinstance(root, type) and issubclass(root, msgspec.Struct):
        found = {root.__name__: root}
        for hint in get_type_hints(root).values():
            found |= records(hint)
        return found
    inner: dict[str, type[msgspec.Struct]] = {}
    for argument in get_args(root):
        inner |= records(argument)
    return inner


def records_of_a_change() -> dict[str, type[msgspec.Struct]]:
    """Return the records of an answer that are not a verdict's."""
    return {name: record for name, record in records(ChangeResult).items() if name not in records(Verdict)}


def test_every_record_of_an_answer_is_documented_and_no_other() -> None:
    tables = {name for name, text in sections(ANSWER_PAGE).items() if "| field |" in text}
    assert tables == set(records_of_a_change()) == {"ChangeResult", "SubmissionOutcome", "Curve", "Note"}


def test_every_field_of_an_answer_is_documented_with_its_type_in_the_order_of_the_schema() -> None:
    for name, record in records_of_a_change().items():
        assert documented(sections(ANSWER_PAGE)[name]) == schema(record), name


def test_format_course_and_size_of_an_answer_are_documented() -> None:
    section = sections(ANSWER_PAGE)["ChangeResult"]
    assert f"always {ChangeResult.__struct_defaults__[0]}" in section
    row = next(line for line in section.splitlines() if line.startswith("| `course`"))
    assert set(re.findall(r"`(\w+)`", row)) - {"course"} == set(get_args(get_type_hints(ChangeResult)["course"]))
    assert f"{MAX_BYTES:,} bytes" in ANSWER_PAGE


def test_every_record_of_a_verdict_is_documented_and_no_other() -> None:
    tables = {name for name, text in sections().items() if "| field |" in text}
    assert tables == set(records(Verdict))
    assert len(tables) >= 10


def test_every_field_is_documented_with_its_type_in_the_order_of_the_schema() -> None:
    for name, record in records(Verdict).items():
        assert documented(sections()[name]) == schema(record), name


def test_the_six_statuses_and_the_three_severities_are_documented() -> None:
    assert words(r"`\w+`", sections()["Status"]) == [f"`{status.value}`" for status in Status]
    assert words(r"`\w+`", sections()["Severity"]) == [f"`{severity}`" for severity in get_args(Severity)]
    assert len(Status) == 6
    assert len(get_args(Severity)) == 3


def test_the_exit_codes_are_documented() -> None:
    assert words(r"\d", sections()["Exit codes"]) == ["0", "1", "2", "3"]


def test_the_number_of_the_format_is_the_schemas() -> None:
    assert f"always {Verdict.__struct_defaults__[0]}" in sections()["Verdict"]
