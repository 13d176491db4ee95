"""A session tells which criteria are decided while the others are still being run."""

import numpy as np

from grader.examiner.session import Session
from grader.protocol.evidence import Missing
from grader.protocol.messages import Evidence
from grader.protocol.parcels import pack
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from grader.rubric.loader import LoadedRubric
from tests.examiner.test_service import FULL, QUESTION
from tests.helpers.cases import data, returned, seen

SUBMISSION = Submission("s.py", "0" * 64, "script", ())
STEPS = {criterion.id: [step.id for step in criterion.check.steps((0,))] for criterion in FULL.criteria}


def session(done: frozenset[str] = frozenset()) -> Session:
    loaded = LoadedRubric(FULL, data(), "hash")
    begun = Session(QUESTION, loaded, SUBMISSION, "en", lambda _question: loaded)
    begun.first_plan(done)
    return begun


def evidence(*steps: str) -> Evidence:
    results = [returned(step, np.zeros(1)) for step in steps]
    return Evidence(bodies={r.evidence.id: pack(r.evidence, r.arrays) for r in results})


def decided(begun: Session) -> list[str]:
    return [criterion.id for criterion in begun.list_decided()]


def test_a_criterion_is_told_once_as_soon_as_all_its_steps_have_evidence() -> None:
    begun = session()
    assert decided(begun) == []
    begun.add(evidence(*STEPS["1"][:-1]))
    assert decided(begun) == []
    begun.add(evidence(STEPS["1"][-1]))
    (told,) = begun.list_decided()
    assert (told.id, told.status, told.max_points) == ("1", Status.FAILED, 1)
    assert decided(begun) == []
    begun.add(evidence(*STEPS["0"]))
    assert decided(begun) == ["0"]


def test_networks_are_not_decided_before_the_end_and_nothing_is_that_was_missing() -> None:
    begun = session()
    begun.add(evidence(*STEPS["2"]))
    assert decided(begun) == []
    missing = seen(STEPS["1"][0], Missing(), {})
    begun.add(Evidence(bodies={STEPS["1"][0]: pack(missing.evidence, {})}))
    begun.add(evidence(*STEPS["1"][1:]))
    assert decided(begun) == []  # why it is missing is known when the file has been run as a whole


def test_what_an_earlier_run_has_decided_is_not_told_as_new() -> None:
    begun = session(frozenset(STEPS["1"]))
    begun.add(evidence(*STEPS["1"]))
    begun.add(evidence(*STEPS["0"]))
    assert decided(begun) == ["0"]
