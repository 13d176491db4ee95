"""Turns a case into a verdict: asks every check, minds what depends on what, and puts hints where they belong."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from grader.core.i18n import Translator, Words, _
from grader.core.strict import is_strict
from grader.evidence.case import Case
from grader.evidence.certification import ConsistencyCheck, certify
from grader.evidence.failures import function_name
from grader.evidence.judgement import Judgement, PreconditionFailedError, not_graded
from grader.examiner.exhibits import make_exhibits
from grader.examiner.misconceptions import ANYTHING, Finding, find_misconceptions
from grader.examiner.notices import find_notices
from grader.protocol.evidence import Frame
from grader.protocol.submission import Submission, line_of
from grader.protocol.verdict import (
    CertificationItem,
    CriterionVerdict,
    Exhibits,
    Hint,
    Isolation,
    Location,
    Notice,
    Resources,
    Status,
    Verdict,
    Versions,
)
from grader.protocol.verdict import SubmissionInfo as Named
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data
from grader.rubric.model import Criterion, Rubric

_log = logging.getLogger(__name__)

P = TypeVar("P")
Hints = list[tuple[Finding, ...]]


def judge(
    exercise: str,
    rubric: Rubric,
    data: Data,
    case: Case,
    submission: Submission,
    isolation: Isolation,
    resources: Resources,
    versions: Versions,
    language: str,
) -> tuple[Verdict, Exhibits, bool]:
    """Return the verdict, what the report shows besides, and whether more seeds are needed to be sure."""
    say = Translator(language)
    guard = _Guard(say)
    judgements = judge_criteria(rubric.criteria, case)
    agreements = guard(_("the certification"), lambda: certify(case), _UNCERTIFIED)
    no_hints: Hints = [()] * len(rubric.criteria)
    hints = guard(_("the hints"), lambda: _hints(rubric, case, judgements), no_hints)
    no_notices: tuple[Notice, ...] = ()
    noted = guard(_("the notices"), lambda: find_notices(case, submission, say), no_notices)
    exhibits = guard(_("what the report shows besides"), lambda: make_exhibits(case, data, say), Exhibits())
    speaker = _Speaker(say, submission)
    criteria = tuple(
        speaker.criterion(criterion, judgements[criterion.id], found)
        for criterion, found in zip(rubric.criteria, hints, strict=True)
    )
    verdict = Verdict(
        language=language,
        exercise=exercise,
        title=say(rubric.title),
        submission=Named(name=submission.name, sha256=submission.sha256),
        status=overall(tuple(c.status for c in criteria)),
        points=round(sum(c.points for c in criteria), 2),
        max_points=round(sum(c.max_points for c in criteria), 2),
        certified=is_certified(agreements),
        certification=tuple(CertificationItem(id=a.id, agrees=a.agrees, text=say(a.text)) for a in agreements),
        notices=(*noted, *guard.faults),
        isolation=isolation,
        versions=versions,
        seeds=tuple(case.seeds),
        resources=resources,
        criteria=criteria,
    )
    return verdict, exhibits, any(j.undecided for j in judgements.values())


def is_certified(agreements: Sequence[ConsistencyCheck]) -> bool | None:
    """Return whether everything that was looked at agrees; None where there was no network to look at."""
    if not all(a.agrees for a in agreements):
        return False
    return True if any(a.id == "operations" for a in agreements) else None


def judge_criteria(criteria: Sequence[Criterion], case: Case) -> Mapping[str, Judgement]:
    """Return the judgement of each criterion; one whose dependency got nothing is skipped.

    A check that fails by itself is a fault of the grader: that criterion is not graded, and the others are.
    """
    judgements: dict[str, Judgement] = {}
    titles = {criterion.id: criterion.title for criterion in criteria}
    for criterion in criteria:
        judgements[criterion.id] = _judge_one(criterion, case, judgements, titles)
    return judgements


def _judge_one(
    criterion: Criterion, case: Case, earlier: Mapping[str, Judgement], titles: Mapping[str, Words]
) -> Judgement:
    for needed in criterion.depends_on:
        because = earlier[needed]
        if because.status in {Status.PASSED, Status.PARTIAL} or not because.blocks:
            continue
        if because.status is Status.FAILED:
            return Judgement(
                Status.SKIPPED, _('Not judged, because "{needed}" comes first.', needed=titles[needed])
            )
        # Not attempted, not graded and skipped are handed on: nothing was found wrong.
        return Judgement(because.status, because.message)
    try:
        return criterion.check.judge(case)
    except PreconditionFailedError as unmet:
        return unmet.judgement
    except Exception as error:  # noqa: BLE001 - a grader fault never becomes a student's mark
        kind = type(error).__name__
        return not_graded(
            _(
                "The grader failed while it judged this ({kind}: {error}). This is the grader's fault, not yours.",
                kind=kind,
                error=str(error)[:200],
            )
        )


def overall(statuses: Sequence[Status]) -> Status:
    """Return the status of a submission from those of its criteria."""
    kinds = set(statuses)
    if Status.NOT_GRADED in kinds:
        return Status.NOT_GRADED
    if kinds == {Status.PASSED}:
        return Status.PASSED
    if kinds <= {Status.NOT_ATTEMPTED, Status.SKIPPED}:
        return Status.NOT_ATTEMPTED
    return Status.PARTIAL if kinds & {Status.PASSED, Status.PARTIAL} else Status.FAILED


def _hints(rubric: Rubric, case: Case, judgements: Mapping[str, Judgement]) -> Hints:
    """Return the misconceptions found, each at the first of the criteria that it explains."""
    placed: dict[str, list[Finding]] = {criterion.id: [] for criterion in rubric.criteria}
    for finding in find_misconceptions(case):
        chosen = _explained(finding, rubric.criteria, case)
        unhappy = [i for i in chosen if judgements[i].status is not Status.PASSED]
        if chosen:
            placed[(unhappy or chosen)[0]].append(finding)
    return [tuple(placed[criterion.id]) for criterion in rubric.criteria]


def _explained(finding: Finding, criteria: Sequence[Criterion], case: Case) -> list[str]:
    """Return the criteria that a finding may explain, best first."""
    if finding.function:
        return [c.id for c in criteria if finding.function in _functions(c.check, case)]
    if finding.topics == (ANYTHING,):
        return [c.id for c in criteria]
    return [c.id for topic in finding.topics for c in criteria if topic in c.check.topics]


def _functions(check: Check, case: Case) -> set[str]:
    """Return the functions of the submission whose results a check looks at."""
    return {function_name(step.id) for step in check.steps(case.seeds)}


_UNCERTIFIED: tuple[ConsistencyCheck, ...] = (
    ConsistencyCheck("fault", agrees=False, text=_("The grader failed while it certified the networks.")),
)


@dataclass(frozen=True)
class _Guard:
    """Keeps a fault of the grader in one part of the verdict from costing the others. It is told all the same."""

    say: Translator
    faults: list[Notice] = field(default_factory=list)

    def __call__(self, part: Words, make: Callable[[], P], otherwise: P) -> P:
        """Return what `make` makes, or `otherwise` where it fails; in strict mode, raise what it raised."""
        try:
            return make()
        except Exception as error:
            _log.warning("The grader failed while it made %s.", Translator("en")(part), exc_info=True)
            if is_strict():
                raise
            text = _(
                "The grader failed while it made {part} ({kind}: {error}). This is the grader's fault, not yours.",
                part=part,
                kind=type(error).__name__,
                error=str(error)[:200],
            )
            self.faults.append(Notice(id="grader-fault", severity="error", text=self.say(text)))
            return otherwise


@dataclass(frozen=True)
class _Speaker:
    """Puts judgements into one language, with the student's own lines."""

    say: Translator
    submission: Submission

    def criterion(
        self, criterion: Criterion, judgement: Judgement, hints: tuple[Finding, ...]
    ) -> CriterionVerdict:
        """Return the verdict of one criterion."""
        return CriterionVerdict(
            id=criterion.id,
            title=self.say(criterion.title),
            lesson=self.say(criterion.lesson),
            status=judgement.status,
            points=round(float(criterion.points * judgement.share + criterion.bonus * judgement.bonus), 2),
            max_points=float(criterion.points),
            bonus=float(criterion.bonus),
            message=self.say(judgement.message),
            hints=tuple(Hint(id=h.id, severity=h.severity, text=self.say(h.text)) for h in hints),
            expected=self.maybe(judgement.expected),
            received=self.maybe(judgement.received),
            location=self.location(judgement.at),
        )

    def maybe(self, words: Words | str | None) -> str | None:
        """Return the words in this language, or None."""
        return None if words is None else self.say(words)

    def location(self, frame: Frame | None) -> Location | None:
        """Return a line of the student's file with its text."""
        if frame is None:
            return None
        source = line_of(self.submission, frame.cell, frame.line)
        return Location(file=self.submission.name, line=frame.line, cell=frame.cell, source=source)
