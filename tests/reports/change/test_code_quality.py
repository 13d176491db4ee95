"""GitLab's code quality report: the documented form, and findings that stay the same from push to push."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.protocol.change_result import ChangeResult, SubmissionOutcome
from grader.protocol.verdict import Location, Status
from reports.change.code_quality import render_code_quality
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


def _read(made: ChangeResult) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render_code_quality(made))
    for each in found:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert all(isinstance(each[key], str) for key in ("description", "check_name", "fingerprint"))
        assert each["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert set(each["location"]) == {"path", "lines"}
        assert each["location"]["path"]
        assert set(each["location"]["lines"]) == {"begin"}
        assert each["location"]["lines"]["begin"] >= 1
    assert len({each["fingerprint"] for each in found}) == len(found)
    return found


@pytest.mark.parametrize(
    ("status", "severity"),
    [
        (Status.PARTIAL, "minor"),
        (Status.FAILED, "major"),
        (Status.SKIPPED, "info"),
        (Status.NOT_ATTEMPTED, "major"),
        (Status.NOT_GRADED, "critical"),
    ],
)
def test_each_status_has_its_severity(status: Status, severity: str) -> None:
    (finding,) = _read(answer(with_criteria(status, criterion(Status.PASSED, "a"), criterion(status))))
    assert finding["severity"] == severity
    assert finding["check_name"] == "digits/scale"
    assert finding["location"]["path"] == "digits/submission.py"


def test_a_finding_says_what_happened_in_one_line() -> None:
    failed = criterion(Status.FAILED, message="It is\nwrong.", expected="1", received="2")
    (finding,) = _read(answer(with_criteria(Status.FAILED, failed)))
    assert finding["description"] == "Scale (0 / 4): It is wrong. Expected: 1 Received: 2"


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (Location(file="submission.py", line=7), 7),
        (Location(file="submission.py", line=0), 1),
        (Location(file="other.py", line=7), 1),
        (Location(file="submission.py", line=7, cell=2), 1),
        (None, 1),
    ],
)
def test_a_line_is_named_only_where_it_is_one_of_the_file(location: Location | None, line: int) -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, location=location))
    assert _read(answer(one))[0]["location"]["lines"]["begin"] == line


def test_a_notebook_has_no_lines_but_its_cell_is_told() -> None:
    place = Location(file="submission.ipynb", line=3, cell=4)
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, location=place), path="digits/submission.ipynb")
    (finding,) = _read(answer(one))
    assert finding["location"]["lines"]["begin"] == 1
    assert "submission.ipynb, cell 4, line 3" in finding["description"]


def test_what_is_left_below_full_points_is_information_once_the_pass_mark_is_reached() -> None:
    one = with_criteria(Status.PARTIAL, criterion(Status.PASSED), criterion(Status.FAILED, "b"))
    assert [each["severity"] for each in _read(answer(one, pass_mark=50.0))] == ["info"]
    assert [each["severity"] for each in _read(answer(one, pass_mark=51.0))] == ["major"]


@pytest.mark.parametrize(
    ("one", "severity", "check"), [(UNREADABLE, "blocker", "unreadable"), (FAULT, "critical", "not_graded")]
)
def test_a_submission_without_a_verdict_is_a_finding(one: SubmissionOutcome, severity: str, check: str) -> None:
    (finding,) = _read(answer(one))
    assert (finding["severity"], finding["check_name"]) == (severity, check)
    assert (one.problem or one.fault) in finding["description"]


@pytest.mark.parametrize(("path", "shown"), [("a\nb.py", "a b.py"), ("\u202e.py", "⟨U+202E⟩.py"), ("", ".")])
def test_a_path_that_cannot_be_shown_as_it_is_is_written_out(path: str, shown: str) -> None:
    one = msgspec.structs.replace(UNREADABLE, path=path)
    assert _read(answer(one))[0]["location"]["path"] == shown


def test_a_check_has_a_name_of_one_line() -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, "a\nb" * 200))
    assert "\n" not in _read(answer(one))[0]["check_name"]
    assert len(_read(answer(one))[0]["check_name"]) < 220


def test_notes_are_findings() -> None:
    assert [(each["severity"], each["location"]["path"]) for each in _read(answer(notes=(ERROR, WARNING)))] == [
        ("blocker", "submission.py"),
        ("minor", "exercises/digits/rubric.py"),
    ]


def test_a_verdict_that_is_not_passed_is_a_finding_although_each_criterion_is() -> None:
    (finding,) = _read(answer(with_criteria(Status.FAILED, criterion(Status.PASSED))))
    assert finding["check_name"] == "not_passed"


def test_there_is_nothing_to_find_in_what_passed_or_in_nothing() -> None:
    assert _read(answer(outcome("good"))) == []
    assert _read(answer()) == []


def test_a_finding_stays_the_same_when_its_line_and_its_message_change() -> None:
    before = with_criteria(
        Status.FAILED, criterion(Status.FAILED, location=Location(file="submission.py", line=7))
    )
    after = with_criteria(Status.PARTIAL, criterion(Status.PARTIAL, message="Better."))
    assert _read(answer(before))[0]["fingerprint"] == _read(answer(after))[0]["fingerprint"]
    elsewhere = msgspec.structs.replace(before, path="digits/other.py")
    assert _read(answer(before))[0]["fingerprint"] != _read(answer(elsewhere))[0]["fingerprint"]


@settings(max_examples=60, deadline=None)
@given(strangers(st.text(max_size=6) | st.sampled_from(["", "\x00", "\ud800", "\n", "../", "\u202e"])))
def test_whatever_stands_in_it_has_the_documented_form(made: ChangeResult) -> None:
    for finding in _read(made):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", finding["description"])
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", finding["location"]["path"])
