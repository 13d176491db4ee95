"""Makes a verdict from a case: asks every check, skips criteria whose dependencies failed, and places hints."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TypeVar

from grader.core.i18n import Translator, Words, _
from grader.core.sanitize import clip
from grader.core.seal import name_seal
from grader.core.strict import is_strict
from grader.evidence.case import Case
from grader.evidence.certification import ConsistencyCheck, certify
from grader.evidence.failures import function_name, not_written
from grader.evidence.judgement import Judgement, PreconditionFailedError, not_graded
from grader.evidence.outputs import list_views
from grader.evidence.second_training import find_doubts, may_be_luck
from grader.examiner.causes import find_shared_causes, point_to_causes
from grader.examiner.exhibited_code import exhibit_code
from grader.examiner.exhibits import add_exhibits_of_checks, make_exhibits
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
    SubmissionInfo,
    Verdict,
    Versions,
)
from grader.rubric.checks.base import NOTHING_MORE, Check
from grader.rubric.checks.stand_ins import judge_by_itself
from grader.rubric.data.dataset import Data
from grader.rubric.model import Criterion, Rubric

_log = logging.getLogger(__name__)

# Claims of a submission stand in sentences: names of functions, layers and files, texts that it returned.
MAX_SENTENCE = 4000  # characters

P = TypeVar("P")
Hints = list[tuple[Finding, ...]]
"""The misconceptions that explain each criterion, in the order of the rubric's criteria."""


@dataclass(frozen=True)
class MissingEvidence:
    """What more the judgements need."""

    seeds: bool  # a score is too close to a threshold, or may be the luck of the first
    stand_ins: tuple[str, ...]  # ids of criteria whose functions had no network of the submission's to work on
    second_trainings: tuple[str, ...]  # steps that build networks of which it is doubted how they were trained


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
) -> tuple[Verdict, Exhibits, MissingEvidence]:
    """Judge a submission.

    Args:
        exercise: its name in the course.
        rubric: whose criteria are judged.
        data: the rubric's data, with the labels.
        case: the decoded evidence, which the checks look at.
        submission: what was handed in.
        isolation: the isolation features of all runs.
        resources: what all runs used.
        versions: what the runs were made with, and the rubric's hash.
        language: of the verdict.

    Returns:
        The verdict, what the report shows besides, and what more the judgements need to be sure.
    """
    translate = _ShortTranslator(language)
    guard = _Guard(translate)
    judgements = judge_criteria(rubric.criteria, case)
    consistency_checks = guard(_("the certification"), lambda: certify(case), _UNCERTIFIED)
    no_hints: Hints = [()] * len(rubric.criteria)
    hints = guard(_("the hints"), lambda: _place_hints(rubric, case, judgements), no_hints)
    no_notices: tuple[Notice, ...] = ()
    general_notices = guard(_("the notices"), lambda: find_notices(case, submission, translate), no_notices)
    shows = reduce(or_, (criterion.check.shows for criterion in rubric.criteria), NOTHING_MORE)
    exhibits = guard(
        _("what the report shows besides"),
        lambda: make_exhibits(case, data, translate, shows),
        Exhibits(),
    )
    exhibits = guard(
        _("what the report shows besides"),
        lambda: add_exhibits_of_checks(exhibits, case, rubric.criteria, translate),
        exhibits,
    )
    exhibits = guard(
        _("the listing of the code"), lambda: exhibit_code(exhibits, submission, rubric.criteria), exhibits
    )
    # Where that fails, all are done once more: what is doubted must not be believed by mistake.
    every_training = tuple(training.built(case.seeds[0]) for training in case.trainings)
    doubted, needs_seeds = guard(
        _("the list of second trainings"),
        lambda: _find_doubted_trainings(case, consistency_checks),
        (every_training, False),
    )
    shared_causes = find_shared_causes(rubric.criteria, judgements)
    judgements = point_to_causes(rubric.criteria, judgements, shared_causes)
    builder = _VerdictBuilder(translate, submission, shared_causes)
    criteria = tuple(
        builder.build_criterion(criterion, judgements[criterion.id], findings)
        for criterion, findings in zip(rubric.criteria, hints, strict=True)
    )
    verdict = Verdict(
        language=language,
        exercise=exercise,
        title=translate(rubric.title),
        submission=SubmissionInfo(name=submission.name, sha256=submission.sha256),
        status=overall(tuple(c.status for c in criteria)),
        points=round(sum(c.points for c in criteria), 2),
        max_points=round(sum(c.max_points for c in criteria), 2),
        certified=is_certified(consistency_checks),
        certification=tuple(
            CertificationItem(id=c.id, agrees=c.agrees, text=translate(c.text)) for c in consistency_checks
        ),
        notices=(*general_notices, *_name_source(data, translate), *guard.faults),
        isolation=isolation,
        versions=versions,
        seeds=tuple(case.seeds),
        resources=resources,
        criteria=criteria,
        seal=name_seal(case.seal.secret),
    )
    return (
        verdict,
        exhibits,
        MissingEvidence(
            seeds=needs_seeds or any(j.undecided for j in judgements.values()),
            stand_ins=tuple(name for name, judgement in judgements.items() if judgement.needs_stand_ins),
            second_trainings=doubted,
        ),
    )


def _name_source(data: Data, translate: Translator) -> tuple[Notice, ...]:
    """Return the notice that says which data the submission is judged by, where they say so."""
    if data.source is None:
        return ()
    text = _("The rows that your functions get: {source}", source=data.source)
    return (Notice(id="graded-data", severity="tip", text=translate(text)),)


def _find_doubted_trainings(
    case: Case, consistency_checks: Sequence[ConsistencyCheck]
) -> tuple[tuple[str, ...], bool]:
    """Return the steps that build the networks whose training has to be done once more, on other data.

    And whether more seeds have to be tried first, because one of those networks may know by luck what it knows.
    """
    if not all(check.agrees for check in consistency_checks):
        return (), False  # nothing is earned by these networks anyway
    views = [(view, training) for training in case.trainings for view in list_views(case, training)]
    doubted = dict.fromkeys(t.built(case.seeds[0]) for view, t in views if find_doubts(view, t))
    return tuple(doubted), any(may_be_luck(view, training) for view, training in views)


def is_certified(consistency_checks: Sequence[ConsistencyCheck]) -> bool | None:
    """Return whether all evidence about the networks is consistent; None where there is no network."""
    if not all(check.agrees for check in consistency_checks):
        return False
    return True if any(check.id == "operations" for check in consistency_checks) else None


def judge_criteria(criteria: Sequence[Criterion], case: Case) -> Mapping[str, Judgement]:
    """Return the judgement of each criterion by its id; one whose dependency got no points is not judged.

    A check that raises is a fault of the grader: its criterion is not graded, and the others are.
    """
    judgements: dict[str, Judgement] = {}
    titles = {criterion.id: criterion.title for criterion in criteria}
    for criterion in criteria:
        judgements[criterion.id] = _judge_one(criterion, case, judgements, titles)
    return judgements


def is_decided_by_steps(
    criterion: Criterion, done: frozenset[str], seeds: Sequence[int], decided: Collection[str]
) -> bool:
    """Return whether nothing that may still come can change the judgement of a criterion.

    Args:
        criterion: the criterion.
        done: ids of the steps with evidence.
        seeds: of the evidence.
        decided: ids of criteria that are decided.
    """
    check = criterion.check
    is_about_networks = bool(check.trainings() or check.tried_function) or type(check).replays is not Check.replays
    return (
        not is_about_networks
        and set(criterion.depends_on) <= set(decided)
        and all(step.id in done for step in check.steps(seeds))
    )


def judge_apart(
    criteria: Sequence[Criterion], ids: Collection[str], case: Case, submission: Submission, language: str
) -> tuple[CriterionVerdict, ...]:
    """Return the verdicts of some criteria, which depend on none but each other, without hints."""
    chosen = [criterion for criterion in criteria if criterion.id in ids]
    judgements = judge_criteria(chosen, case)
    builder = _VerdictBuilder(_ShortTranslator(language), submission, {})
    return tuple(builder.build_criterion(criterion, judgements[criterion.id], ()) for criterion in chosen)


def _judge_one(
    criterion: Criterion, case: Case, earlier: Mapping[str, Judgement], titles: Mapping[str, Words]
) -> Judgement:
    """Return the judgement of a criterion. `earlier`: the judgements of those before it, by their ids."""
    check = criterion.check
    blocked = _find_block(criterion, earlier, titles)
    if blocked is not None and blocked.status is Status.SKIPPED and check.tried_function in case.unwritten:
        return not_written(check.tried_function)  # it waits for nothing but its author
    if blocked is not None and not (blocked.status is Status.SKIPPED and check.is_independent(case)):
        return _ask(lambda: judge_by_itself(check, case, blocked, is_blocked=True))
    own = _ask(lambda: check.judge(case))
    # A function that stops with an error on a network that is wrong may be right.
    is_doubtful = any(earlier[needed].share < 1 for needed in criterion.depends_on) and check.was_interrupted(case)
    return _ask(lambda: judge_by_itself(check, case, own, is_blocked=is_doubtful))


def _find_block(
    criterion: Criterion, earlier: Mapping[str, Judgement], titles: Mapping[str, Words]
) -> Judgement | None:
    """Return the judgement that the failure of an earlier criterion leaves for this one; None if there is none."""
    for needed in criterion.depends_on:
        dependency = earlier[needed]
        if dependency.status in {Status.PASSED, Status.PARTIAL} or not dependency.blocks:
            continue
        if dependency.status is Status.FAILED:
            return Judgement(
                Status.SKIPPED, _('Not judged, because "{needed}" comes first.', needed=titles[needed])
            )
        # Not attempted, not graded and skipped are passed on: nothing wrong was found.
        return Judgement(dependency.status, dependency.message, waits_for_person=dependency.waits_for_person)
    return None


def _ask(judge_case: Callable[[], Judgement]) -> Judgement:
    """Return the judgement that a check makes. A check that raises is a fault of the grader."""
    try:
        return judge_case()
    except PreconditionFailedError as unmet:
        return unmet.judgement
    except MemoryError:
        return not_graded(
            _(
                "The grader gave up: to judge this, it would need more memory than it has. Return only what the "
                "task sheet asks for, and make networks and arrays smaller."
            )
        )
    except Exception as error:  # noqa: BLE001 - a grader fault never becomes a student's mark
        _log.warning("A check failed.", exc_info=True)
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


def _place_hints(rubric: Rubric, case: Case, judgements: Mapping[str, Judgement]) -> Hints:
    """Return the misconceptions, each at one criterion: of those it explains, the first that is not passed."""
    placed: dict[str, list[Finding]] = {criterion.id: [] for criterion in rubric.criteria}
    for finding in find_misconceptions(case):
        explained = _explained_criteria(finding, rubric.criteria, case)
        not_passed = [i for i in explained if judgements[i].status is not Status.PASSED]
        if not_passed or (explained and not finding.only_where_lost):
            placed[(not_passed or explained)[0]].append(finding)
    return [tuple(placed[criterion.id]) for criterion in rubric.criteria]


def _explained_criteria(finding: Finding, criteria: Sequence[Criterion], case: Case) -> list[str]:
    """Return the ids of the criteria that a finding may explain, best first."""
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


class _ShortTranslator(Translator):
    """Translates sentences, and cuts out the middle of those that are longer than `MAX_SENTENCE`."""

    def __call__(self, words: Words | str) -> str:
        return clip(super().__call__(words), MAX_SENTENCE)


@dataclass(frozen=True)
class _Guard:
    """Keeps a fault of the grader in one part of the verdict from costing the others; a notice reports it."""

    translate: Translator
    faults: list[Notice] = field(default_factory=list)

    def __call__(self, part: Words, make: Callable[[], P], fallback: P) -> P:
        """Return what `make` returns, or `fallback` where it raises; in strict mode, raise that.

        Args:
            part: what is made, for the notice and the log.
            make: makes it.
            fallback: what the verdict has instead.
        """
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
            self.faults.append(Notice(id="grader-fault", severity="error", text=self.translate(text)))
            return fallback


@dataclass(frozen=True)
class _VerdictBuilder:
    """Builds the verdicts of criteria in one language, with the lines of the submission that they are about."""

    translate: Translator
    submission: Submission
    shared_causes: Mapping[str, str]  # by id of a criterion: the one that tells its cause

    def build_criterion(
        self, criterion: Criterion, judgement: Judgement, hints: tuple[Finding, ...]
    ) -> CriterionVerdict:
        """Return the verdict of one criterion."""
        return CriterionVerdict(
            id=criterion.id,
            title=self.translate(criterion.title),
            lesson=self.translate(criterion.lesson),
            status=judgement.status,
            points=round(float(criterion.points * judgement.share + criterion.bonus * judgement.bonus), 2),
            max_points=float(criterion.points),
            bonus=float(criterion.bonus),
            message=self._translate_message(judgement),
            hints=tuple(Hint(id=h.id, severity=h.severity, text=self.translate(h.text)) for h in hints),
            expected=self._translate_optional(judgement.expected),
            received=self._translate_optional(judgement.received),
            location=self._locate(judgement.at),
            same_cause_as=self.shared_causes.get(criterion.id, ""),
            waits_for_person=judgement.waits_for_person,
        )

    def _translate_message(self, judgement: Judgement) -> str:
        """Return the message with the note behind it, if there is one."""
        if judgement.note is None:
            return self.translate(judgement.message)
        return self.translate(_("{first} {second}", first=judgement.message, second=judgement.note))

    def _translate_optional(self, words: Words | str | None) -> str | None:
        """Return the words in the verdict's language, or None."""
        return None if words is None else self.translate(words)

    def _locate(self, frame: Frame | None) -> Location | None:
        """Return the place of a line in the submission, with its text."""
        if frame is None:
            return None
        source = line_of(self.submission, frame.cell, frame.line)
        return Location(file=self.submission.name, line=frame.line, cell=frame.cell, source=source)
