"""Apply a policy to the marks of one student: what is stored stays, and what each rule does is written down."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.grades import find_pass_mark, give_grade, round_half_up, to_decimal
from grader.classroom.policies.records import Extension, Penalty, Policy
from grader.classroom.policies.times import Instant, count_begun_days, count_begun_hours
from grader.classroom.store.records import Attempt
from grader.core.i18n import _
from grader.protocol.gradebook import AppliedRule, GradebookEntry, RuleKind
from grader.protocol.hand_in import HandIn
from grader.protocol.verdict import Status


class _Lateness(NamedTuple):
    """How late a hand-in was, and by which rules."""

    rules: tuple[AppliedRule, ...] = ()
    due: Instant | None = None  # from when on lateness counts; None where nothing was late
    at: datetime | None = None
    days: int = 0  # of the budget
    is_late: bool = False


class _Outcome(NamedTuple):
    """What one hand-in would give."""

    judged: Decimal
    penalty: Decimal
    lateness: _Lateness

    @property
    def points(self) -> Decimal:
        return self.judged - self.penalty


def decide(
    entry: GradebookEntry,
    policy: Policy,
    earlier: Sequence[Attempt] = (),
    days_left: int = 0,
    usual_maximum: float | None = None,
) -> GradebookEntry:
    """Return the entry with what each rule does, the grade, and whether it was late by the policy.

    Args:
        entry: As the store has it, with what people decided.
        policy: Of the exercise.
        earlier: The student's other hand-ins with their verdicts, where the best one counts.
        days_left: Of the budget of late days.
        usual_maximum: What the exercise is worth to others, for a mark that a person gave without a verdict.

    Raises:
        PolicyError: The pass mark is more than the exercise is worth.
    """
    entry = msgspec.structs.replace(entry, rules=(), grade="", is_passed=None)
    maximum = _find_maximum(entry, earlier, usual_maximum)
    if policy.is_empty or maximum is None:
        return entry
    if policy.pass_points is not None and policy.pass_points > maximum:
        raise PolicyError(
            policy.file,
            "pass_points",
            _(
                "Nobody can pass: {points} points are needed, but the exercise is worth {maximum}.",
                points=str(policy.pass_points),
                maximum=f"{maximum.normalize():f}",
            ),
        )
    best, rules = _choose(entry, policy, earlier, maximum, days_left)
    rules += best.lateness.rules
    if best.penalty:
        rules.append(_describe_penalty(best))
    if policy.round_to is not None and (rounded := round_half_up(best.points, policy.round_to)) != best.points:
        rules.append(AppliedRule(rule=RuleKind.ROUNDING, change=float(rounded - best.points)))
    decided = msgspec.structs.replace(entry, rules=tuple(rules), late=best.lateness.is_late)
    if decided.mark is None:
        return decided
    mark, pass_mark = to_decimal(decided.mark), find_pass_mark(policy, maximum)
    return msgspec.structs.replace(
        decided,
        grade=give_grade(policy, mark, maximum),
        is_passed=None if pass_mark is None else mark >= pass_mark,
    )


def _choose(
    entry: GradebookEntry, policy: Policy, earlier: Sequence[Attempt], maximum: Decimal, days_left: int
) -> tuple[_Outcome, list[AppliedRule]]:
    """Return the outcome of the hand-in that counts, with the rule that chose an earlier one."""
    newest = _judge(entry, entry.judged_points, policy, maximum, days_left)
    # A verdict that is not finished may still become better than all earlier ones.
    if policy.is_best_attempt and (entry.verdict is None or entry.mark is not None):
        best, rules = _find_best(entry, newest, policy, earlier, maximum, days_left)
        if rules:
            return best, [*rules]
    if entry.verdict is None:  # there is nothing that lateness could take from, or days be used for
        return newest._replace(penalty=Decimal(), lateness=_Lateness(is_late=newest.lateness.is_late)), []
    return newest, []


def _describe_penalty(outcome: _Outcome) -> AppliedRule:
    lateness = outcome.lateness
    assert lateness.due is not None
    assert lateness.at is not None
    return AppliedRule(
        rule=RuleKind.PENALTY,
        change=-float(outcome.penalty),
        seconds=int((lateness.at - lateness.due.utc).total_seconds()),
        at=lateness.due.utc,
    )


def count_late_days(entry: GradebookEntry) -> int:
    """Return how many days of the budget a decided entry has used."""
    return sum(rule.days for rule in entry.rules)


def find_extension(policy: Policy, hand_in: HandIn) -> Extension | None:
    """Return a student's extension, found by key, number on the platform or e-mail address; never by name."""
    keys = {hand_in.student, hand_in.platform_id, hand_in.email.casefold()} - {""}
    return next((e for e in policy.extensions if e.student in keys or e.student.casefold() in keys), None)


def _find_maximum(entry: GradebookEntry, earlier: Sequence[Attempt], usual: float | None) -> Decimal | None:
    """Return what the exercise is worth; None where no hand-in has a verdict."""
    if entry.verdict is not None:
        return to_decimal(entry.verdict.max_points)
    judged = [attempt.verdict for attempt in earlier if attempt.verdict is not None]
    points = judged[-1].max_points if judged else usual
    return None if points is None else to_decimal(points)


def _find_best(
    entry: GradebookEntry,
    newest: _Outcome,
    policy: Policy,
    earlier: Sequence[Attempt],
    maximum: Decimal,
    days_left: int,
) -> tuple[_Outcome, tuple[AppliedRule, ...]]:
    """Return the best outcome, after all deductions; of two that are as good, the newest."""
    best, rules = newest, tuple[AppliedRule, ...]()
    for attempt in reversed(earlier):
        verdict = attempt.verdict
        if verdict is None or verdict.status is Status.NOT_GRADED or to_decimal(verdict.max_points) != maximum:
            continue
        outcome = _judge(attempt.hand_in, verdict.points, policy, maximum, days_left)
        is_first = entry.judged_points is None and not rules
        if outcome.points > best.points or is_first:
            best = outcome
            change = float(outcome.judged - newest.judged)
            rules = (AppliedRule(rule=RuleKind.ATTEMPT, change=change, at=attempt.hand_in.submitted),)
    return best, rules


def _judge(hand_in: HandIn, points: float | None, policy: Policy, maximum: Decimal, days_left: int) -> _Outcome:
    """Return what one hand-in gives, late or not."""
    judged = to_decimal(points or 0.0)
    lateness = _measure(hand_in, policy, days_left)
    if lateness.due is None or lateness.at is None or policy.penalty is None:
        return _Outcome(judged, Decimal(), lateness)
    amount = _find_amount(policy.penalty, lateness.due, lateness.at)
    if policy.penalty.is_percent:
        amount = amount * (judged if policy.penalty.of_mark else maximum) / 100
    return _Outcome(judged, min(max(amount, Decimal()), max(judged, Decimal())), lateness)


def _measure(hand_in: HandIn, policy: Policy, days_left: int) -> _Lateness:
    """Return how late a hand-in is. Exactly at the due date is in time."""
    if policy.due is None:
        return _Lateness(is_late=hand_in.late)
    rules: list[AppliedRule] = []
    due, at = policy.due, hand_in.submitted
    extension = find_extension(policy, hand_in)
    if extension is not None:
        is_used = at is None or at > due.utc
        due = extension.due
        if is_used:
            rules.append(AppliedRule(rule=RuleKind.EXTENSION, at=due.utc, reason=extension.reason))
    if at is None:
        rules.append(AppliedRule(rule=RuleKind.UNKNOWN_TIME, at=due.utc))
        return _Lateness(tuple(rules), is_late=hand_in.late)
    if at <= due.utc:
        return _Lateness(tuple(rules))
    if at <= due.plus(policy.grace):
        rules.append(
            AppliedRule(
                rule=RuleKind.GRACE, seconds=int((at - due.utc).total_seconds()), at=due.plus(policy.grace)
            )
        )
        return _Lateness(tuple(rules))
    days = min(count_begun_days(due, at), days_left)
    if policy.per_exercise is not None:
        days = min(days, policy.per_exercise)
    due = due.plus_days(days)
    if days:
        rules.append(AppliedRule(rule=RuleKind.LATE_DAYS, days=days, at=due.utc))
    is_late = at > due.utc
    return _Lateness(tuple(rules), due if is_late else None, at, days, is_late)


def _find_amount(penalty: Penalty, due: Instant, at: datetime) -> Decimal:
    """Return what is taken, in percent or points."""
    if penalty.steps:
        return max((step.amount for step in penalty.steps if at > due.plus(step.after)), default=Decimal())
    count = count_begun_days(due, at) if penalty.per == "day" else count_begun_hours(due, at)
    amount = penalty.amount * count
    return amount if penalty.cap is None else min(amount, penalty.cap)
