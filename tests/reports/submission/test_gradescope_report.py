"""A verdict as Gradescope's results: points as they are, text as text, and nothing where nothing was decided."""

import json
from typing import Any

import msgspec
import pytest

from grader.core.i18n import LANGUAGES
from grader.protocol.verdict import Location, Notice, Status, Verdict
from reports.submission.gradescope import render_refusal, render_results
from tests.reports import samples


def read(verdict: Verdict, visibility: str = "visible") -> dict[str, Any]:
    """Return the results as JSON says them."""
    found: dict[str, Any] = json.loads(render_results(verdict, visibility))
    return found


def decided(verdict: Verdict) -> Verdict:
    """Return the same with every criterion graded."""
    return msgspec.structs.replace(verdict, status=Status.PARTIAL)


def test_each_criterion_is_a_test_with_its_points_bonus_included() -> None:
    verdict = samples.good()[0]
    found = read(verdict)
    assert [(t["number"], t["name"], t["score"], t["max_score"]) for t in found["tests"]] == [
        (str(number), c.title, c.points, c.max_points) for number, c in enumerate(verdict.criteria, 1)
    ]
    assert any(t["score"] > t["max_score"] for t in found["tests"])
    assert found["score"] == verdict.points > verdict.max_points
    assert {t["status"] for t in found["tests"]} == {"passed"}


def test_part_of_the_points_is_no_pass_and_keeps_its_points() -> None:
    verdict = decided(samples.mixed()[0])
    by_id = {t["tags"][0]: t for t in read(verdict)["tests"]}
    for criterion in verdict.criteria:
        test = by_id[criterion.id]
        assert test["status"] == ("passed" if criterion.status is Status.PASSED else "failed")
        assert test["extra_data"] == {"status": criterion.status}
        assert test["score"] == criterion.points
    assert any(0 < t["score"] < t["max_score"] for t in by_id.values())


def test_messages_expectations_places_and_hints_are_told() -> None:
    verdict = decided(samples.mixed()[0])
    for criterion, test in zip(verdict.criteria, read(verdict)["tests"], strict=True):
        assert criterion.message.splitlines()[0] in test["output"]
        for said in (criterion.expected, criterion.received, *(hint.text for hint in criterion.hints)):
            assert said is None or said in test["output"]
        if criterion.location:
            assert f"line {criterion.location.line}" in test["output"]


def test_notices_are_told_with_their_place() -> None:
    place = Location(file="a.ipynb", line=2, cell=3, source="x = 1")
    notice = Notice(id="crash", severity="error", text="It stopped.", location=place)
    verdict = msgspec.structs.replace(samples.good()[0], notices=(notice,))
    assert "Error: It stopped.\n\na.ipynb, cell 3, line 2\n    x = 1" in read(verdict)["output"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_is_marked_as_text_and_made_visible(language: str) -> None:
    found = read(decided(samples.hostile(language)[0]))
    assert found["output_format"] == found["test_output_format"] == found["test_name_format"] == "text"
    assert {t["output_format"] for t in found["tests"]} == {"text"}
    everything = "".join([found["output"], *(t["name"] + t["output"] for t in found["tests"])])
    assert not [c for c in everything if not (c.isprintable() or c in "\n\t\u00a0")]
    assert not [t for t in found["tests"] if "\n" in t["name"]]
    assert max(len(t["output"]) for t in found["tests"]) < 20_000


def test_what_is_not_graded_has_no_results() -> None:
    with pytest.raises(ValueError, match="not graded"):
        render_results(samples.mixed()[0], "visible")


def test_missing_walls_and_versions_are_for_instructors_only() -> None:
    verdict = samples.good()[0]
    walls = tuple(msgspec.structs.replace(wall, stands=wall.id != "landlock") for wall in verdict.isolation.walls)
    isolation = msgspec.structs.replace(verdict.isolation, walls=walls)
    found = read(msgspec.structs.replace(verdict, isolation=isolation))
    assert found["extra_data"]["missing_walls"] == ["landlock: ABI 4"]
    assert found["extra_data"]["versions"]["tensorflow"] == verdict.versions.tensorflow
    assert "landlock" not in found["output"] + json.dumps(found["tests"])
    assert found["stdout_visibility"] == "hidden"


@pytest.mark.parametrize("visibility", ["visible", "after_due_date", "after_published", "hidden"])
def test_tests_are_seen_when_the_instructor_wants_but_a_file_that_cannot_be_graded_at_once(
    visibility: str,
) -> None:
    graded = read(samples.good()[0], visibility)
    assert graded["visibility"] == visibility
    assert ("points" in graded["output"]) == (visibility == "visible")
    found = json.loads(render_refusal("There is no <b>file</b>.\u202e", "de", visibility))
    assert found["visibility"] == visibility
    assert found["score"] == 0
    (test,) = found["tests"]
    assert test["visibility"] == "visible"
    assert test["output"] == "There is no <b>file</b>.⟨U+202E⟩"
    assert test["output_format"] == "text"
    assert "score" not in test
