"""Render a verdict as Classroom 50's `result.json`, schema `classroom50/result/v1`.

Scores are whole numbers there, and ours are not: they are given in hundredths of a point, the unit that points are
rounded to. A test has no more than its maximum, so bonus points are not shown.
Source: `schemas/result-v1.schema.json` of foundation50/classroom50, and its wiki, "Advanced Autograding".
"""

import datetime as time
from collections.abc import Mapping
from typing import Any

import msgspec

from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, sanitize_record, visible
from grader.protocol.verdict import CriterionVerdict, Status, Verdict

SCHEMA = "classroom50/result/v1"
UNITS = 100  # of a score in a point
_LONGEST = 2000  # characters of a sentence


class Run(msgspec.Struct, frozen=True):
    """What Classroom 50 says about the run; see `from_environment`."""

    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], now: time.datetime) -> "Run":
        """Return the run that the runner's variables describe. Raises `KeyError` outside of a run."""
        commit = environment["COMMIT_URL"]
        return cls(
            classroom=environment["CLASSROOM"],
            assignment=environment["ASSIGNMENT"],
            assignment_type=environment.get("ASSIGNMENT_TYPE") or "individual",
            owner=environment.get("OWNER") or environment["USERNAME"],
            submission=environment["SUBMISSION_TAG"],
            commit=commit,
            release=environment["RELEASE_URL"],
            review=environment.get("REVIEW_URL") or commit,
            datetime=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )


def render_results(run: Run, verdict: Verdict) -> bytes:
    """Return the result: one test for each criterion.

    Raises `ValueError` for a verdict that is not graded: it has no points, and none must be made up.
    """
    if verdict.status is Status.NOT_GRADED:
        raise ValueError("what is not graded has no result")
    return _encode(run, [_to_test(criterion) for criterion in sanitize_record(verdict, _LONGEST).criteria])


def render_refusal(run: Run, sentence: str, points: float) -> bytes:
    """Return the result where nothing was handed in that can be graded: none of the exercise's points, and why."""
    name = Translator("en")(_("What was handed in"))
    text = clip(visible(sentence), _LONGEST)
    return _encode(
        run,
        [{"test-name": name, "passed": False, "score": 0, "max-score": round(points * UNITS), "message": text}],
    )


def _to_test(criterion: CriterionVerdict) -> dict[str, Any]:
    most = round(criterion.max_points * UNITS)
    return {
        "test-name": one_line(criterion.title).strip() or criterion.id,
        "passed": criterion.status is Status.PASSED,
        "score": min(most, max(0, round(criterion.points * UNITS))),
        "max-score": most,
        "message": criterion.message,
    }


def _encode(run: Run, tests: list[dict[str, Any]]) -> bytes:
    score = {"score": sum(test["score"] for test in tests), "max-score": sum(test["max-score"] for test in tests)}
    result = {"schema": SCHEMA, **msgspec.structs.asdict(run), **score, "tests": tests}
    return msgspec.json.format(msgspec.json.encode(result)) + b"\n"
