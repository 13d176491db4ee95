"""A criterion that a person judges: a text in one's own words, or whether a figure says what it should."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from grader.core.arrays import Array
from grader.core.field_rules import OptionalFunctionName
from grader.core.i18n import Translator, _
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.values import name_of
from grader.protocol.evidence import Missing, TextValue
from grader.protocol.plan import Replay, Step, value_of
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import ClassBalance, Reliability, Status
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data

WAITS = _("A person gives the points for this, so it is not graded yet.")


@dataclass(frozen=True)
class ByHand(Check):
    """What a person judges: it is not graded until somebody gives points for it, with `grader review`.

    `text`: a global name that holds an answer in one's own words, or that a Markdown cell of a notebook names.
    `of`: another check, whose steps are run so that its figures and curves can be looked at; what it would judge
    is only a remark. Exactly one of the two. The grader decides nothing but whether there is anything to look at:
    what is as in the stub is not attempted.

    >>> ByHand(text="EXPLANATION")
    """

    text: OptionalFunctionName = ""
    of: Check | None = None

    waits_for_person = True

    def __post_init__(self) -> None:
        """Raise `RubricError` where there is nothing or two things to look at."""
        super().__post_init__()
        if bool(self.text) == (self.of is not None):
            raise self.refuse(
                _("ByHand needs either text=..., the name of a text, or of=..., a check whose evidence is shown"),
                "text",
            )
        if self.of is not None and self.of.waits_for_person:
            raise self.refuse(_("of is a ByHand itself; a check with evidence of its own expected"), "of")

    @property
    def may_give_bonus(self) -> bool:
        """Return that a person may give a bonus."""
        return True

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the step that reads the text, or the steps of the other check."""
        return (value_of(self.text),) if self.of is None else self.of.steps(seeds)

    def judge(self, case: Case) -> Judgement:
        """Say that a person has to judge, or that there is nothing to be judged."""
        return self._judge_text(case) if self.of is None else self._judge_other(case, self.of)

    def _judge_text(self, case: Case) -> Judgement:
        written = _find_in_markdown([cell.text for cell in case.markdown], self.text)
        try:
            value = case.read(self.text)[0]
        except PreconditionFailedError as unmet:
            if written is not None:
                return _waiting(written)
            if self._is_absent(case, unmet.judgement):
                return replace(unmet.judgement, status=Status.NOT_ATTEMPTED)
            return _still_waiting(unmet.judgement)
        answer = value.text if isinstance(value, TextValue) else name_of(value)
        if answer.strip():
            return _waiting(answer)
        if written is not None:
            return _waiting(written)
        return Judgement(Status.NOT_ATTEMPTED, _("{name} is empty: write your answer there.", name=self.text))

    def _is_absent(self, case: Case, judgement: Judgement) -> bool:
        """Return whether it is certain that the submission holds no answer: it ran to its end without one."""
        result = case.steps.get(value_of(self.text).id)
        is_missing = result is not None and isinstance(result.evidence.outcome, Missing)
        return judgement.status is Status.NOT_ATTEMPTED or (is_missing and not case.imported.failures)

    def _judge_other(self, case: Case, other: Check) -> Judgement:
        try:
            remark = other.judge(case)
        except PreconditionFailedError as unmet:
            remark = unmet.judgement
        if remark.status in {Status.NOT_ATTEMPTED, Status.SKIPPED}:
            return remark
        return _still_waiting(remark)

    def judged_names(self) -> frozenset[str]:
        """Return the name of the text, or what the other check is about."""
        return frozenset({self.text}) if self.of is None else self.of.judged_names()

    # Everything else is that of the other check.

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the other check does not fit the exercise."""
        if self.of is None:
            return
        if task.kind not in self.of.kinds:
            raise self.refuse(
                _(
                    "{check} is for a task of kind {kinds}; this one is {kind!r}",
                    check=type(self.of).__name__,
                    kinds=" / ".join(map(repr, sorted(self.of.kinds))),
                    kind=task.kind,
                ),
                "of",
            )
        self.of.check_exercise(task, data)

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays of the other check."""
        return {} if self.of is None else self.of.arrays()

    def with_seal(self, seal: Seal) -> Self:
        """Return this check with another one whose arguments are drawn from a secret."""
        return self if self.of is None else replace(self, of=self.of.with_seal(seal))

    def with_data(self, data: Data) -> Self:
        """Return this check with another one whose arguments are from the data. Raises `ValueError`."""
        return self if self.of is None else replace(self, of=self.of.with_data(data))

    def trainings(self) -> tuple[Training, ...]:
        """Return the trainings of the other check."""
        return () if self.of is None else self.of.trainings()

    @property
    def tried_function(self) -> str:
        """Return the function that the other check tries."""
        return "" if self.of is None else self.of.tried_function

    def held_back(self) -> tuple[str, ...]:
        """Return the arrays that the other check needs outside."""
        return () if self.of is None else self.of.held_back()

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays of the other check."""
        return ((), {}) if self.of is None else self.of.replays(case)

    def exhibit(self, case: Case, translate: Translator) -> Sequence[ClassBalance | Reliability]:
        """Return what the report shows of what the other check has seen."""
        return () if self.of is None else self.of.exhibit(case, translate)


def _waiting(answer: str) -> Judgement:
    return Judgement(Status.NOT_GRADED, WAITS, received=answer.strip(), waits_for_person=True)


def _still_waiting(remark: Judgement) -> Judgement:
    """Return that a person judges, with what the grader would have said, which decides nothing.

    Where the grader could not have decided either, there may be nothing to look at: that is not only waiting.
    """
    return replace(
        remark,
        status=Status.NOT_GRADED,
        share=0.0,
        bonus=0.0,
        message=_("{waits} What the grader saw: {remark}", waits=WAITS, remark=remark.message),
        waits_for_person=remark.status is not Status.NOT_GRADED,
        undecided=False,
        needs_stand_ins=False,
    )


def _find_in_markdown(cells: Sequence[str], name: str) -> str | None:
    """Return the first cell that names a text and says something besides; where it does not, the cell below it."""
    for number, cell in enumerate(cells):
        before, named, after = cell.partition(name)
        if not named:
            continue
        if (before + after).strip(" #*_`:=-\n\t"):
            return cell
        if cells[number + 1 :] and cells[number + 1].strip():
            return cells[number + 1]
    return None
