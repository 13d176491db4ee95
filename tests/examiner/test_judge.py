"""From judgements to a verdict: dependencies, points, faults of the grader, languages, and the same again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from grader.core.arrays import Array
from grader.core.i18n import Bilingual, _
from grader.core.strict import STRICT_VARIABLE
from grader.evidence import certification as certifying
from grader.evidence.case import Case
from grader.evidence.certification import ConsistencyCheck
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, partial, passed
from grader.evidence.network import TrainedNetwork, read_network
from grader.evidence.second_training import Doubt
from grader.examiner import judge as judging
from grader.examiner.judge import MissingEvidence, is_certified, judge, judge_criteria, overall
from grader.protocol.evidence import Frame
from grader.protocol.plan import Step
from grader.protocol.submission import Submission, Unit
from grader.protocol.task import Task
from grader.protocol.verdict import (
    Exhibits,
    Isolation,
    Location,
    Resources,
    Status,
    Verdict,
    Versions,
    decode,
    encode,
)
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import Architecture, HeadAndLoss, OneHot, Trains
from grader.rubric.checks import Training as Steps
from grader.rubric.checks.base import Check
from tests.helpers.cases import Training, case, data, text

CODE = "import numpy\n\ndef scale(x):\n    return x\n"
SUBMISSION = Submission("solution.py", "ab" * 32, "script", (Unit(CODE, CODE),))
VERSIONS = Versions(python="3", tensorflow="2", keras="3", numpy="2", scikit_learn="1", grader="0", rubric="x")


@dataclass(frozen=True)
class Fixed(Check):
    """A check that says what it is told to say."""

    judgement: Judgement | Exception = field(default_factory=lambda: passed(_("well done")))

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        return ()

    def arrays(self) -> dict[str, Array]:
        return {}

    def judge(self, made: Case) -> Judgement:
        if isinstance(self.judgement, Exception):
            raise self.judgement
        return self.judgement


def criterion(name: str, judgement: Judgement | Exception, points: float = 10, **changes: Any) -> Criterion:
    title = Bilingual(en=f"Title of {name}", de=f"Titel von {name}")
    return Criterion(id=name, points=points, title=title, lesson=title, check=Fixed(judgement), **changes)


def verdict(
    *criteria: Criterion, made: Case | None = None, language: str = "en"
) -> tuple[Verdict, Exhibits, MissingEvidence]:
    rubric = Rubric(
        title=Bilingual(en="Exercise", de="Aufgabe"),
        task=Task("functions"),
        data=data,
        criteria=criteria,
        total=sum(c.points for c in criteria),
    )
    used = Resources(wall_seconds=1.0, cpu_seconds=1.0, peak_mib=1.0)
    isolation = Isolation(mode="plain")
    return judge("x", rubric, data(), made or case(), SUBMISSION, isolation, used, VERSIONS, language)


PASS, FAIL = passed(_("well done")), failed(_("wrong"))
HALF = partial(0.5, _("half"))
STUB = Judgement(Status.NOT_ATTEMPTED, _("still the stub"))
LOST = not_graded(_("lost"))
SKIP = Judgement(Status.SKIPPED, _("skipped"))


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (PASS, Status.PASSED),
        (HALF, Status.PASSED),
        (FAIL, Status.SKIPPED),
        (STUB, Status.NOT_ATTEMPTED),
        (LOST, Status.NOT_GRADED),
        (SKIP, Status.SKIPPED),
        (failed(_("wrong"), blocks=False), Status.PASSED),
    ],
)
def test_what_depends_on_something(first: Judgement, status: Status) -> None:
    criteria = (
        criterion("a", first),
        criterion("b", PASS, depends_on=("a",)),
        criterion("c", PASS, depends_on=("b",)),
    )
    found = judge_criteria(criteria, case())
    assert found["b"].status is status
    assert found["c"].status is status
    if first.status is Status.FAILED and first.blocks:
        assert text(found["b"].message) == 'Not judged, because "Title of a" comes first.'
        assert found["b"].share == 0


def test_what_ends_early_is_judged_and_what_breaks_is_not() -> None:
    found = judge_criteria(
        (criterion("a", PreconditionFailedError(FAIL)), criterion("b", KeyError("x")), criterion("c", PASS)),
        case(),
    )
    assert found["a"] is FAIL
    assert found["b"].status is Status.NOT_GRADED
    assert "KeyError: 'x'" in text(found["b"].message)
    assert found["c"] is PASS


OVERALL = [
    ((PASS, PASS), Status.PASSED),
    ((PASS, FAIL), Status.PARTIAL),
    ((PASS, STUB), Status.PARTIAL),
    ((HALF, HALF), Status.PARTIAL),
    ((FAIL, FAIL), Status.FAILED),
    ((FAIL, STUB), Status.FAILED),
    ((FAIL, SKIP), Status.FAILED),
    ((STUB, STUB), Status.NOT_ATTEMPTED),
    ((STUB, SKIP), Status.NOT_ATTEMPTED),
    ((PASS, LOST), Status.NOT_GRADED),
]


@pytest.mark.parametrize(("judgements", "status"), OVERALL)
def test_the_status_of_a_submission(judgements: tuple[Judgement, ...], status: Status) -> None:
    assert overall([j.status for j in judgements]) is status
    assert verdict(*(criterion(str(i), j) for i, j in enumerate(judgements)))[0].status is status


def test_points_are_shares_and_bonus_is_extra() -> None:
    found, _exhibits, _undecided = verdict(
        criterion("a", partial(1 / 3, _("a third")), 10),
        criterion("b", passed(_("more"), bonus=1.0), 15, bonus=2),
        criterion("c", passed(_("not more")), 15, bonus=2),
        criterion("d", FAIL, 7),
    )
    assert [c.points for c in found.criteria] == [3.33, 17, 15, 0]
    assert (found.points, found.max_points) == (35.33, 47)


def test_what_is_said_goes_to_its_place() -> None:
    judgement = failed(_("in line {n}", n=3), expected=_("this"), received="that", at=Frame(line=4))
    found = verdict(criterion("a", judgement))[0].criteria[0]
    assert (found.message, found.expected, found.received) == ("in line 3", "this", "that")
    assert found.location == Location(file="solution.py", line=4, source="    return x")
    assert found.title == "Title of a"


def test_doubt_asks_for_more_seeds() -> None:
    doubt = Judgement(Status.PASSED, _("just"), 1.0, undecided=True)
    assert verdict(criterion("a", doubt), criterion("b", PASS))[2] == MissingEvidence(
        seeds=True, stand_ins=(), second_trainings=()
    )
    assert verdict(criterion("a", PASS))[2] == MissingEvidence(seeds=False, stand_ins=(), second_trainings=())


@pytest.mark.parametrize("is_luck", [False, True])
def test_what_may_be_luck_asks_for_more_seeds(monkeypatch: pytest.MonkeyPatch, is_luck: bool) -> None:
    monkeypatch.setattr(judging, "find_doubts", lambda *_: (Doubt.KNEW_BEFORE,))
    monkeypatch.setattr(judging, "may_be_luck", lambda *_: is_luck)
    missing = verdict(criterion("a", PASS), made=Training().case())[2]
    assert missing == MissingEvidence(seeds=is_luck, stand_ins=(), second_trainings=("build_model@0",))


def test_the_same_evidence_makes_the_same_verdict_byte_for_byte() -> None:
    def once() -> str:
        return encode(verdict(criterion("a", HALF), criterion("b", FAIL), made=Training().case())[0])

    assert once() == once()
    assert encode(decode(once())) == once()


def test_an_honest_network_is_certified_and_shown() -> None:
    found, shown, _ = verdict(criterion("a", PASS), made=Training().case())
    assert found.certified
    assert shown.network is not None


def test_without_a_network_there_is_nothing_to_certify_and_nothing_to_suspect() -> None:
    assert verdict(criterion("a", PASS))[0].certified is None
    assert is_certified(()) is None
    forged = ConsistencyCheck("protocol", agrees=False, text=_("x"))
    assert is_certified((forged,)) is False


@pytest.mark.parametrize("part", ["certify", "find_misconceptions", "find_notices", "make_exhibits"])
def test_a_fault_of_the_grader_in_one_part_costs_no_other(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **_named: object) -> object:
        raise RuntimeError("broken pipe")

    monkeypatch.setattr(judging, part, broken)
    with pytest.raises(RuntimeError, match="broken pipe"):
        verdict(criterion("a", PASS), made=Training().case())
    monkeypatch.delenv(STRICT_VARIABLE)
    found, shown, _ = verdict(criterion("a", PASS), made=Training().case())
    assert found.status is Status.PASSED
    assert found.points == 10
    fault = next(n for n in found.notices if n.id == "grader-fault")
    assert "RuntimeError: broken pipe" in fault.text
    assert "not yours" in fault.text
    assert found.certified is (part != "certify")
    results = msgspec.structs.replace(shown, code=(), places=())  # the code is listed all the same
    assert (results == Exhibits()) is (part == "make_exhibits")


def test_a_case_is_certified_once_for_all_of_its_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(looked_at: Case, training: Steps, seed: int) -> TrainedNetwork:
        calls.append(seed)
        return read_network(looked_at, training, seed)

    monkeypatch.setattr(certifying, "read_network", counted)
    checks: tuple[Check, ...] = (
        Architecture(Steps(), inputs=64, outputs=10),
        HeadAndLoss(Steps()),
        Trains(Steps()),
    )
    lesson = Bilingual(en="a", de="a")
    criteria = [Criterion(id=str(i), points=1, title=lesson, lesson=lesson, check=c) for i, c in enumerate(checks)]
    found, _, _ = verdict(*criteria, made=Training().case())
    assert {c.status for c in found.criteria} == {Status.PASSED}
    assert len(calls) == 1


def test_a_real_check_judges_in_a_verdict() -> None:
    made = Criterion(
        id="one_hot",
        points=5,
        title=Bilingual(en="a", de="a"),
        lesson=Bilingual(en="a", de="a"),
        check=OneHot("one_hot", 10),
    )
    assert verdict(made)[0].criteria[0].status is Status.NOT_GRADED
