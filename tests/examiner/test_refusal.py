"""A submission that could not be judged: every criterion is not graded, for one reason, with no point given."""

from grader.core.seal import PRACTICE, PRACTICE_NAME
from grader.examiner.refusal import explain_memory, explain_time, refuse
from grader.protocol.messages import Question
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Isolation, Resources, Status, Verdict, Versions
from tests.examiner.test_service import FULL

SUBMISSION = Submission("a.py", "0" * 64, "script", (Unit("", ""),))
NOTHING = Resources(wall_seconds=0.0, cpu_seconds=0.0, peak_mib=0.0)
VERSIONS = Versions(grader="1", rubric="2", python="3", tensorflow="4", keras="5", numpy="6", scikit_learn="7")


def refused(seeds: tuple[int, ...] = (), language: str = "en") -> Verdict:
    question = Question(course="", exercise="x", seeds=seeds, secret=PRACTICE)
    isolation = Isolation(mode="walls", walls=())
    return refuse(question, FULL, SUBMISSION, explain_time(60), isolation, NOTHING, VERSIONS, language)


def test_nothing_is_decided_and_no_point_is_given() -> None:
    verdict = refused()
    assert (verdict.status, verdict.points, verdict.certified) == (Status.NOT_GRADED, 0.0, None)
    assert [c.id for c in verdict.criteria] == [c.id for c in FULL.criteria]
    assert {(c.status, c.points, c.message) for c in verdict.criteria} == {
        (Status.NOT_GRADED, 0.0, verdict.notices[0].text)
    }
    assert verdict.max_points == sum(c.points for c in FULL.criteria)


def test_the_verdict_says_what_it_was_to_be_judged_with() -> None:
    assert refused().seal == PRACTICE_NAME
    assert refused().seeds == FULL.seeds[:1]
    assert refused((3, 4)).seeds == (3, 4)


def test_the_reason_is_said_in_the_language_of_the_verdict() -> None:
    assert "longer than 60 s" in refused().notices[0].text
    assert "60 s" in refused(language="de").notices[0].text
    assert refused(language="de").notices[0].text != refused().notices[0].text
    assert explain_memory(1200).params["limit"] == 1200
