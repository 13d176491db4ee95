"""JUnit XML: every viewer can read it, and none of them shows green what is not."""

from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.i18n import LANGUAGES
from grader.protocol.change_result import ChangeResult, SubmissionOutcome, result
from grader.protocol.verdict import Location, Status
from reports.change.junit import render_junit
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

# Elements, the attributes that they must have and may have, and what stands in them: what GitLab documents
# (https://docs.gitlab.com/ci/testing/unit_test_reports) and what Jenkins' schema allows (junit-10.xsd).
FORM: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}, {"testcase"}),
    "testcase": ({"name"}, {"classname", "time"}, {"failure", "error", "skipped"}),
    **dict.fromkeys(("failure", "error", "skipped"), (set(), {"type", "message"}, set())),
}


def _read(made: ChangeResult) -> ET.Element:
    root = ET.fromstring(render_junit(made).encode())
    for element in root.iter():
        must, may, inside = FORM[element.tag]
        assert must <= set(element.attrib) <= must | may
        assert {child.tag for child in element} <= inside
        assert all(element.get(key, "a").strip() for key in ("name", "classname"))
        assert not any("\n" in value for value in element.attrib.values())
    for suite in root:
        for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(count) == str(len(suite.findall(f"testcase/{kind}")))
        assert suite.get("tests") == str(len(suite)) != "0"
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    return root


def _kinds(made: ChangeResult) -> list[tuple[str | None, str]]:
    return [(case.get("name"), case[0].tag if len(case) else "passed") for case in _read(made).iter("testcase")]


def _red(root: ET.Element) -> bool:
    return any(case.tag in {"failure", "error"} for case in root.iter())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["good", "mixed", "broken", "hostile"])
def test_every_verdict_has_the_documented_form(kind: str, language: str) -> None:
    root = _read(answer(outcome(kind, language), language=language))
    assert _red(root) == (kind != "good")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.PASSED, "passed"),
        (Status.PARTIAL, "failure"),
        (Status.FAILED, "failure"),
        (Status.SKIPPED, "skipped"),
        (Status.NOT_ATTEMPTED, "failure"),
        (Status.NOT_GRADED, "error"),
    ],
)
def test_each_status_has_its_colour(status: Status, kind: str) -> None:
    one = with_criteria(status, criterion(Status.FAILED, "first"), criterion(status))
    assert ("Scale", kind) in _kinds(answer(one))


def test_what_happened_and_where_is_in_the_failure() -> None:
    place = Location(file="submission.py", line=3, source="x")
    failed = criterion(Status.FAILED, expected="1", received="2", location=place)
    (case,) = _read(answer(with_criteria(Status.FAILED, failed))).iter("failure")
    assert case.attrib == {"type": "failed", "message": "failed, 0 / 4: It is failed."}
    assert case.text == "It is failed.\nExpected: 1\nReceived: 2\nsubmission.py, line 3"


def test_what_is_below_full_points_stays_visible_but_not_red_once_the_pass_mark_is_reached() -> None:
    criteria = [criterion(Status.PASSED, "a"), criterion(Status.PASSED, "b")]
    criteria += [criterion(status, status) for status in (Status.PARTIAL, Status.FAILED, Status.NOT_ATTEMPTED)]
    one = with_criteria(Status.PARTIAL, *criteria)
    assert _kinds(answer(one, pass_mark=50.0)) == [
        ("Submission as a whole", "passed"),
        ("A", "passed"),
        ("B", "passed"),
        *((str(c.title), "skipped") for c in criteria[2:]),
    ]
    assert _kinds(answer(one, pass_mark=50.1))[0] == ("Submission as a whole", "failure")
    assert _kinds(answer(one, pass_mark=50.1))[3:] == [(c.title, "failure") for c in criteria[2:]]


def test_what_was_not_graded_is_an_error_whatever_the_points() -> None:
    one = with_criteria(Status.NOT_GRADED, criterion(Status.PASSED), criterion(Status.NOT_GRADED, "b"))
    assert _kinds(answer(one, pass_mark=1.0)) == [("Scale", "passed"), ("B", "error")]


def test_what_was_not_graded_is_an_error_although_no_criterion_is() -> None:
    one = with_criteria(Status.NOT_GRADED, criterion(Status.FAILED))
    assert _kinds(answer(one)) == [("Submission as a whole", "error"), ("Scale", "failure")]
    assert _kinds(answer(one, pass_mark=0.0)) == _kinds(answer(one))


def test_a_verdict_without_criteria_is_what_its_status_says() -> None:
    assert _kinds(answer(with_criteria(Status.PASSED))) == [("Submission as a whole", "passed")]
    assert _kinds(answer(with_criteria(Status.FAILED))) == [("Submission as a whole", "failure")]


@pytest.mark.parametrize(("one", "sentence"), [(UNREADABLE, UNREADABLE.problem), (FAULT, FAULT.fault)])
def test_a_submission_without_a_verdict_is_an_error(one: SubmissionOutcome, sentence: str) -> None:
    (error,) = _read(answer(one, pass_mark=0.0)).iter("error")
    assert sentence in str(error.text)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PASSED])
def test_a_suite_is_red_although_none_of_its_criteria_is(status: Status) -> None:
    for one in (
        with_criteria(status),
        with_criteria(status, criterion(Status.PASSED), criterion(Status.SKIPPED, "b")),
    ):
        assert _red(_read(answer(one)))


def test_an_error_note_is_an_error_and_a_warning_is_none() -> None:
    root = _read(answer(outcome("good"), notes=(WARNING, ERROR)))
    ((case,),) = (
        suite.findall("testcase[error]") for suite in root if suite.get("name") == "The change as a whole"
    )
    assert case.get("name") == "submission.py"
    assert _kinds(answer(notes=(ERROR,))) == [("submission.py", "error")]


def test_nothing_touched_is_seen_and_not_red() -> None:
    assert _kinds(answer()) == [("Nothing to grade", "skipped")]


def test_cases_of_the_same_name_are_told_apart() -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED), criterion(Status.FAILED))
    assert [name for name, _ in _kinds(answer(one, one))] == ["Scale", "Scale (2)", "Scale (3)", "Scale (4)"]


def test_a_criterion_without_a_title_is_named_by_its_id() -> None:
    assert _kinds(answer(with_criteria(Status.PASSED, criterion(Status.PASSED, title="")))) == [
        ("scale", "passed")
    ]


def test_a_long_string_is_cut() -> None:
    one = with_criteria(Status.FAILED, criterion(Status.FAILED, message="a" * 10**6, title="b" * 10**6))
    assert len(render_junit(answer(one))) < 10_000


@settings(max_examples=60, deadline=None)
@given(
    strangers(
        st.text(max_size=6)
        | st.sampled_from(["", "\x00", "a\nb", "\ufffe", "\uffff", "\ud800", "]]>", "<a>", "&"])
    )
)
def test_whatever_stands_in_it_the_file_can_be_read_and_is_green_only_for_what_passed(made: ChangeResult) -> None:
    root = _read(made)
    passed = all(result(one, made.pass_mark) == "passed" for one in made.outcomes)
    errors = any(note.severity == "error" for note in made.notes)
    undecided = any(
        criterion.status is Status.NOT_GRADED
        for one in made.outcomes
        if one.verdict is not None
        for criterion in one.verdict.criteria
    )
    if not passed or errors or undecided:
        assert _red(root)
    elif made.pass_mark is not None:
        assert not _red(root)


def test_the_time_is_that_of_the_run() -> None:
    one = outcome("good")
    assert one.verdict is not None
    assert _read(answer(one))[0].get("time") == "11.42"
    used = msgspec.structs.replace(one.verdict.resources, wall_seconds=-1.0)
    odd = msgspec.structs.replace(one.verdict, resources=used)
    assert _read(answer(msgspec.structs.replace(one, verdict=odd)))[0].get("time") == "0.00"
