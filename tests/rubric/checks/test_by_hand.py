"""What a person judges is not graded until then; that there is nothing to be judged is for the grader to say."""

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.evidence.case import Case
from grader.protocol.evidence import ImportEvidence, Missing, NoneValue, Returned, UnitFailure
from grader.protocol.submission import Markdown
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import ByHand, Figures, HeadAndLoss, OneHot, Training, Trains
from tests.helpers.cases import case, data, exception, judge, judged, returned, seen, text

STEP = "EXPLANATION@value"
TEXT = ByHand(text="EXPLANATION")
OTHER = ByHand(of=OneHot("one_hot", classes=10))


def with_text(value: object, *cells: str) -> Case:
    return case({STEP: returned(STEP, value)}, markdown=tuple(Markdown(c, i) for i, c in enumerate(cells)))


def without_text(*cells: str, **parts: object) -> Case:
    markdown = tuple(Markdown(c, i) for i, c in enumerate(cells))
    return case({STEP: seen(STEP, Missing())}, markdown=markdown, **parts)


def test_a_text_waits_for_a_person_who_reads_it() -> None:
    judgement = judged(TEXT, with_text("  Too many epochs.\nIt memorises.  "))
    assert judgement.status is Status.NOT_GRADED
    assert judgement.share == 0
    assert text(judgement.message) == "A person gives the points for this, so it is not graded yet."
    assert judgement.received == "Too many epochs.\nIt memorises."
    assert judgement.waits_for_person


@pytest.mark.parametrize("value", ["", " \n ", None, ...])
def test_an_empty_text_is_not_attempted(value: object) -> None:
    assert judged(TEXT, with_text(value)).status is Status.NOT_ATTEMPTED


def test_a_text_that_is_not_there_is_not_attempted() -> None:
    assert judged(TEXT, without_text()).status is Status.NOT_ATTEMPTED
    assert judged(TEXT, without_text("Something else.", "## EXPLANATION")).status is Status.NOT_ATTEMPTED


@pytest.mark.parametrize(
    "made",
    [
        with_text(None, "# Data", "**EXPLANATION:** it memorises."),
        without_text("EXPLANATION\nit memorises."),
        without_text("# EXPLANATION", "it memorises."),
    ],
)
def test_a_cell_that_names_the_text_is_the_answer(made: Case) -> None:
    judgement = judged(TEXT, made)
    assert judgement.status is Status.NOT_GRADED
    assert "it memorises" in text(judgement.received)


def test_what_is_no_text_is_for_a_person_too() -> None:
    judgement = judged(TEXT, with_text(["It memorises."]))
    assert judgement.status is Status.NOT_GRADED
    assert judgement.received is not None


def test_after_a_crash_nobody_knows_whether_there_is_a_text() -> None:
    failure = UnitFailure(cell=None, exception=exception(ValueError("no")))
    judgement = judged(TEXT, without_text(imported=ImportEvidence(failures=(failure,))))
    assert judgement.status is Status.NOT_GRADED
    assert "What the grader saw: Your file stopped with an error" in text(judgement.message)


def test_what_another_check_would_say_is_only_a_remark() -> None:
    right = judge(OTHER, one_hot=lambda y: np.eye(10)[y])
    wrong = judge(OTHER, one_hot=lambda y: np.eye(10)[y] * 2)
    for judgement in (right, wrong):
        assert judgement.status is Status.NOT_GRADED
        assert (judgement.share, judgement.bonus) == (0, 0)
        assert text(judgement.message).startswith("A person gives the points for this")
        assert "What the grader saw: " in text(judgement.message)
    assert text(right.message) != text(wrong.message)


def test_what_could_not_be_run_does_not_only_wait() -> None:
    nothing = ByHand(of=OneHot("one_hot", classes=10)).judge(case({}))  # no evidence: the grader's fault
    assert nothing.status is Status.NOT_GRADED
    assert not nothing.waits_for_person


def test_a_crash_of_what_is_looked_at_decides_nothing() -> None:
    def one_hot(y: object) -> object:
        raise ValueError("no")

    judgement = judge(OTHER, one_hot=one_hot)
    assert judgement.status is Status.NOT_GRADED
    assert judgement.waits_for_person


def test_a_function_that_is_still_the_stub_is_not_attempted() -> None:
    def one_hot(y: object) -> object:
        raise NotImplementedError

    assert judge(OTHER, one_hot=one_hot).status is Status.NOT_ATTEMPTED


def test_the_other_check_asks_for_its_own_steps_and_names() -> None:
    figures = Figures(samples="a", features="b", history="c")
    by_hand = ByHand(of=figures)
    assert by_hand.steps((0,)) == figures.steps((0,))
    assert by_hand.arrays().keys() == figures.arrays().keys()
    assert by_hand.judged_names() == figures.judged_names()
    assert TEXT.judged_names() == {"EXPLANATION"}
    training = Training(encode="one_hot")
    assert ByHand(of=Trains(training)).trainings() == (training,)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "either text"),
        ({"text": "A", "of": OneHot("one_hot", classes=10)}, "either text"),
        ({"of": TEXT}, "a ByHand itself"),
        ({"text": "not a name"}, "not a name"),
    ],
)
def test_a_question_about_nothing_or_two_things_is_refused(parts: dict[str, object], said: str) -> None:
    with pytest.raises(RubricError, match=said):
        ByHand(**parts)  # type: ignore[arg-type]


def test_another_check_has_to_fit_the_exercise() -> None:
    with pytest.raises(RubricError, match="HeadAndLoss is for a task of kind"):
        ByHand(of=HeadAndLoss(Training())).check_exercise(Task(kind="functions"), data())
    TEXT.check_exercise(Task(kind="functions"), data())


def test_a_value_of_none_is_what_the_stub_has() -> None:
    assert judged(TEXT, case({STEP: seen(STEP, Returned(value=NoneValue()))})).status is Status.NOT_ATTEMPTED
