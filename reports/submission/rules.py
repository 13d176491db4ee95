"""Describe in words what the rules of a course did to a mark."""

from collections.abc import Callable, Mapping

from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import AppliedRule, RuleKind
from reports.common.numbers import Numbers
from reports.common.times import format_time

MAX_REASON = 160
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60

_GRADES: Mapping[str, Message] = {"passed": _("passed"), "failed": _("failed")}


class RuleWords:
    """Writes sentences about rules in one language."""

    def __init__(self, language: str) -> None:
        self._translate, self._numbers, self._language = Translator(language), Numbers(language), language

    def describe(self, rule: AppliedRule) -> str:
        """Return what a rule did, in one sentence without the points."""
        write: Mapping[RuleKind, Callable[[AppliedRule], Message]] = {
            RuleKind.ATTEMPT: self._attempt,
            RuleKind.EXTENSION: self._extension,
            RuleKind.GRACE: self._grace,
            RuleKind.LATE_DAYS: self._late_days,
            RuleKind.PENALTY: self._penalty,
            RuleKind.UNKNOWN_TIME: lambda _rule: _(
                "When this was handed in is not known, so nothing was taken for lateness."
            ),
            RuleKind.ROUNDING: lambda _rule: _("Rounded."),
        }
        return self._translate(write[rule.rule](rule))

    def change(self, rule: AppliedRule) -> str:
        """Return the points that a rule added or took, with a sign; nothing where it did neither."""
        if not rule.change:
            return ""
        points = self._numbers.points(rule.change)
        return points if rule.change < 0 else f"+{points}"

    def grade(self, grade: str) -> str:
        """Return a grade for people: with a decimal comma in German, `passed` as a word."""
        if grade in _GRADES:
            return self._translate(_GRADES[grade])
        head, point, tenth = grade.partition(".")
        if self._language == "de" and point and head.isdigit() and tenth.isdigit():
            return f"{head},{tenth}"
        return clip(one_line(visible(grade)), MAX_REASON)

    def _attempt(self, rule: AppliedRule) -> Message:
        if rule.at is None:
            return _("An earlier hand-in is better, so that one counts.")
        return _("The hand-in of {time} is better, so that one counts.", time=format_time(rule.at, self._language))

    def _extension(self, rule: AppliedRule) -> Message:
        reason = clip(one_line(visible(rule.reason)), MAX_REASON)
        if rule.at is None:
            return _("The due date was moved.")
        time = format_time(rule.at, self._language)
        if reason:
            return _("The due date was moved to {time}: {reason}", time=time, reason=reason)
        return _("The due date was moved to {time}.", time=time)

    def _grace(self, rule: AppliedRule) -> Message:
        if not rule.seconds:
            return _("Late, but within the grace period.")
        return _("Late by {late}, within the grace period.", late=self._span(rule.seconds))

    def _late_days(self, rule: AppliedRule) -> Message:
        if rule.days == 1:
            return _("1 late day was used.")
        return _("{days} late days were used.", days=self._numbers.integer(rule.days))

    def _penalty(self, rule: AppliedRule) -> Message:
        if rule.at is None or not rule.seconds:
            return _("Handed in late.")
        return _(
            "Handed in late by {late}; it was due {time}.",
            late=self._span(rule.seconds),
            time=format_time(rule.at, self._language),
        )

    def _span(self, seconds: int) -> str:
        """Return how long it is in the two largest units, so that 26 hours are 1 d 2 h."""
        words: tuple[tuple[int, Callable[[str], Message]], ...] = (
            (seconds // _DAY, lambda count: _("{count} d", count=count)),
            (seconds % _DAY // _HOUR, lambda count: _("{count} h", count=count)),
            (seconds % _HOUR // _MINUTE, lambda count: _("{count} min", count=count)),
            (seconds % _MINUTE, lambda count: _("{count} s", count=count)),
        )
        first = next((place for place, (count, _word) in enumerate(words) if count), len(words) - 1)
        return " ".join(
            self._translate(word(self._numbers.integer(count)))
            for place, (count, word) in enumerate(words[first : first + 2])
            if count or not place
        )
