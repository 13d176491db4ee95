"""Workflow commands: the runner obeys ours, and none of a student's."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome
from grader.protocol.verdict import Location, Notice, Severity, Status
from reports.change.annotations import MOST, render_annotations
from tests.reports.change.result_samples import (
    ERROR,
    FAULT,
    UNREADABLE,
    WARNING,
    answer,
    criterion,
    outcome,
    strangers,
    with_criteria,
)

# What the runner does in github.com/actions/runner, src/Runner.Common/ActionCommand.cs, as far as it matters here.
COMMANDS = {
    "error",
    "warning",
    "notice",
    "debug",
    "set-output",
    "set-env",
    "add-mask",
    "add-path",
    "stop-commands",
}
COMMANDS |= {"group", "endgroup", "save-state", "add-matcher", "remove-matcher", "echo"}
PIECES: tuple[str, ...] = (
    "::",
    "##[",
    "::error::a",
    "##[add-mask]a",
    "\n",
    "\r",
    "%0A",
    "%0D%0A::set-output name=a::b",
    "%25",
    "%",
    ":",
)
PIECES += (
    ",",
    "=",
    "]",
    ";",
    " ",
    "::stop-commands::",
    "\u2028",
    "\x85",
    "\x0b",
    "\x0c",
    "\ud800",
    "\u200b",
    "\x1b[0m",
)
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=4).map("".join)


class Command:
    """One command as the runner understands it."""

    def __init__(self, name: str, properties: dict[str, str], data: str) -> None:
        self.name, self.properties, self.data = name, properties, data


def _runner(output: str) -> list[Command | None]:
    """Return what each line of output is to the runner: a command, or None."""
    # .NET breaks lines at \r, \n and \r\n.
    return [_command(line) for line in re.split(r"\r\n|\r|\n", output)]


def _command(line: str) -> Command | None:
    begin = line.lstrip()
    if begin.startswith("::") and (end := begin.find("::", 2)) >= 0:
        name, _, listed = begin[2:end].partition(" ")
        if name.lower() in COMMANDS:
            pairs = (pair.split("=", 1) for pair in listed.strip().split(",") if "=" in pair)
            properties = {key: _plain(value, {":": "%3A", ",": "%2C"}) for key, value in pairs}
            return Command(name, properties, _plain(begin[end + 2 :], {}))
    if (start := line.find("##[")) >= 0 and (end := line.find("]", start)) >= 0:
        name = line[start + 3 : end].partition(" ")[0]
        if name.lower() in COMMANDS:
            return Command(name, {}, line[end + 1 :])
    return None


def _plain(text: str, more: dict[str, str]) -> str:
    for sign, escaped in ({"\r": "%0D", "\n": "%0A"} | more | {"%": "%25"}).items():
        text = text.replace(escaped, sign)
    return text


def _obeyed(made: ChangeResult) -> list[Command]:
    lines = render_annotations(made)
    commands = _runner("\n".join(lines)) if lines else []
    assert len(commands) == len(lines)
    assert all(command is not None for command in commands)
    return [command for command in commands if command is not None]


def test_a_failed_criterion_is_an_error_on_its_line() -> None:
    place = Location(file="submission.py", line=7)
    failed = criterion(Status.FAILED, title="Scale, please: now", expected="50%", location=place)
    (command,) = _obeyed(answer(with_criteria(Status.FAILED, failed)))
    assert command.name == "error"
    assert command.properties == {
        "title": "Scale, please: now (0 / 4)",
        "file": "digits/submission.py",
        "line": "7",
    }
    assert command.data == "It is failed.\nExpected: 50%\nsubmission.py, line 7"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("digits/submission.ipynb", Location(file="submission.ipynb", line=3, cell=4)),
        ("digits/submission.ipynb", Location(file="submission.ipynb", line=3)),
        ("digits/submission.py", Location(file="helper.py", line=3)),
        ("digits/submission.py", Location(file="submission.py", line=0)),
        ("digits/submission.py", None),
    ],
)
def test_there_is_no_line_where_it_is_none_of_the_file(path: str, place: Location | None) -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, location=place), path=path)
    (command,) = _obeyed(answer(one))
    assert command.properties["file"] == path
    assert "line" not in command.properties
    if place is not None and place.cell is not None:
        assert "submission.ipynb, cell 4, line 3" in command.data


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (Status.PASSED, []),
        (Status.SKIPPED, []),
        (Status.PARTIAL, ["warning"]),
        (Status.NOT_ATTEMPTED, ["error"]),
        (Status.NOT_GRADED, ["error", "error"]),
    ],
)
def test_each_status_has_its_kind(status: Status, kinds: list[str]) -> None:
    assert [command.name for command in _obeyed(answer(with_criteria(status, criterion(status))))] == kinds


def test_what_is_left_below_full_points_is_a_notice_once_the_pass_mark_is_reached() -> None:
    one = with_criteria(Status.PARTIAL, criterion(Status.PASSED), criterion(Status.FAILED, "b"))
    assert [command.name for command in _obeyed(answer(one, pass_mark=50.0))] == ["notice"]
    assert [command.name for command in _obeyed(answer(one, pass_mark=51.0))] == ["error"]


@pytest.mark.parametrize("one", [UNREADABLE, FAULT])
def test_a_submission_without_a_verdict_is_an_error(one: SubmissionOutcome) -> None:
    (command,) = _obeyed(answer(one))
    assert (command.name, command.properties["file"]) == ("error", one.path)
    assert (one.problem or one.fault) in command.data


def test_notes_and_notices_are_told_by_their_weight() -> None:
    tip = Note(severity="tip", text="A tip.")
    commands = _obeyed(answer(notes=(tip, WARNING, ERROR)))
    assert [(command.name, command.properties.get("file")) for command in commands] == [
        ("error", "submission.py"),
        ("warning", "exercises/digits/rubric.py"),
        ("notice", None),
    ]
    told = [(each.name, each.data) for each in _obeyed(answer(outcome("mixed")))]
    assert ("notice", "The global variable model was used. Wrap it in build_model().") in told
    assert any(name == "warning" and "NameError" in data and "cell 9, line 1" in data for name, data in told)


def test_a_notice_of_a_file_stands_on_its_line() -> None:
    commands = _obeyed(answer(outcome("broken", path="digits/submission.py")))
    notice = next(command for command in commands if "never closed" in command.data)
    assert (notice.name, notice.properties["line"]) == ("warning", "12")


def test_at_most_ten_of_a_kind_are_shown_the_most_important_first_and_the_rest_is_counted() -> None:
    failed = [criterion(Status.FAILED, f"f{n}") for n in range(15)]
    partial = [criterion(Status.PARTIAL, f"p{n}") for n in range(12)]
    one = with_criteria(Status.FAILED, *failed, *partial, criterion(Status.NOT_GRADED, "undecided"))
    tips = tuple(Note(severity="tip", text=f"Tip {n}") for n in range(11))
    commands = _obeyed(answer(one, UNREADABLE, notes=(*tips, ERROR)))
    assert [command.name for command in commands] == ["error"] * MOST + ["warning"] * MOST + ["notice"] * MOST
    assert [command.properties["title"] for command in commands[:4]] == [
        "0 of 2 submissions passed",
        "■ digits: unreadable",
        "Undecided (0 / 4)",
        "F0 (0 / 4)",
    ]
    # 18 errors, 12 warnings and 11 tips, of which 10, 10 and 9 are shown.
    assert commands[20].data == "GitHub shows no more than ten of a kind. Left out here: 12."


@pytest.mark.parametrize(("severity", "left_out"), [("error", 3), ("warning", 3), ("tip", 4)])
def test_what_is_left_out_of_one_kind_alone_is_counted(severity: Severity, left_out: int) -> None:
    notes = tuple(Note(severity=severity, text=f"{n}") for n in range(MOST + 3))
    (notice,) = (each for each in _obeyed(answer(notes=notes)) if "ten of a kind" in each.data)
    assert notice.name == "notice"
    assert notice.data == f"GitHub shows no more than ten of a kind. Left out here: {left_out}."


def test_ten_of_each_are_all_shown_and_none_is_said_to_be_left_out() -> None:
    notes = [Note(severity=s, text=f"{n}") for s in ("error", "warning", "tip") for n in range(10)]
    commands = _obeyed(answer(notes=tuple(notes)))
    assert [command.data for command in commands] == [str(n) for n in range(10)] * 3


@pytest.mark.parametrize("path", ["a\nb.py", "a\tb.py", "\u202eb.py", "a\rb.py", "\ud800.py", "\x1b.py"])
def test_a_name_that_cannot_be_shown_as_it_is_stands_in_the_text(path: str) -> None:
    (command,) = _obeyed(answer(SubmissionOutcome(path=path, exercise="digits", problem="No.")))
    assert "file" not in command.properties
    assert ".py\n" in command.data


@pytest.mark.parametrize(
    "path", ["a,b.py", "a:b.py", "a::b.py", "a%0Ab.py", "ä b.py", "::error::.py", "##[error].py"]
)
def test_a_name_with_the_runners_own_signs_is_named_exactly(path: str) -> None:
    (command,) = _obeyed(answer(SubmissionOutcome(path=path, exercise="digits", problem="No.")))
    assert command.properties["file"] == path


@settings(max_examples=80, deadline=None)
@given(strangers(hostile))
def test_the_runner_obeys_nothing_but_our_annotations(made: ChangeResult) -> None:
    for command in _obeyed(made):
        assert command.name in {"error", "warning", "notice"}
        assert set(command.properties) <= {"title", "file", "line"}
        assert re.fullmatch(r"[1-9]\d*", command.properties.get("line", "1"))
        shown = (command.data + command.properties["title"]).replace("\n", "").replace("\t", "")
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", shown)


def test_a_message_is_cut() -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, message="a" * 10**6, title="b\n" * 10**6))
    assert len("".join(render_annotations(answer(one)))) < 2000
    assert "\n" not in _obeyed(answer(one))[0].properties["title"]


def test_a_notice_of_the_verdict_without_a_place_is_told_of_the_file() -> None:
    one = with_criteria(Status.PASSED, criterion(Status.PASSED))
    assert one.verdict is not None
    notice = Notice(id="x", severity="error", text="Slow.")
    (command,) = _obeyed(answer(_with_notice(one, notice)))
    assert (command.name, command.data, command.properties["file"]) == ("warning", "Slow.", "digits/submission.py")


def _with_notice(one: SubmissionOutcome, notice: Notice) -> SubmissionOutcome:
    assert one.verdict is not None
    return msgspec.structs.replace(one, verdict=msgspec.structs.replace(one.verdict, notices=(notice,)))
