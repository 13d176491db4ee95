"""Render the dashboard of a class as one HTML file. See `docs/decisions/0021`."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from grader import __version__
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.verdict import Severity, Status
from reports.classroom import pictures
from reports.classroom import summary as class_summary
from reports.classroom.failures import FailureGroup, group_failures
from reports.classroom.rows import (
    FLAGS,
    UNDECIDED,
    RowMaker,
    StudentLink,
    filter_style,
    is_ruled,
    link_to_student,
    lost_token,
    name_sort_key,
    safe_address,
)
from reports.classroom.summary import CriterionSummary, Misconception, Outlier, SharedCause, Undecided, Usage
from reports.common import misconceptions, symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates
from reports.common.times import format_time
from reports.submission import adjustments as by_hand
from reports.submission.adjustments import shorten_name
from reports.submission.rules import RuleWords

MAX_TEXT = 600
MAX_LINKS = 24  # of one list; the table has all of them
MAX_REASONS = 30  # broken hand-ins may each have a reason of their own
MAX_MISCONCEPTIONS = 10
MAX_GROUPS = 8  # of those who lost one criterion in the same way
MAX_LINKS_OF_GROUP = 12


class PeopleList(msgspec.Struct, frozen=True):
    """Some students: the first ones by name, with the filter that shows all of them in the table."""

    links: tuple[StudentLink, ...]
    total: int
    filter: str


class UndecidedGroup(msgspec.Struct, frozen=True):
    """Hand-ins without a final mark for the same reason; without sentences, they were not graded yet."""

    sentences: tuple[str, ...]
    people: PeopleList


class MisconceptionCard(msgspec.Struct, frozen=True):
    """A misconception of several students, with the text of an example."""

    id: str
    title: str  # empty where this version knows none
    severity: Severity
    text: str
    people: PeopleList
    share: float  # of the hand-ins that have a verdict


class CauseCard(msgspec.Struct, frozen=True):
    """A criterion that told the cause of others: who had it in what words, and what else it cost."""

    title: str
    consequences: tuple[tuple[str, int], ...]  # titles, each with the number of hand-ins
    messages: tuple[tuple[str, tuple[StudentLink, ...]], ...]  # each once, with those who were told it
    people: PeopleList
    share: float  # of the hand-ins that have a verdict


class FailureCard(msgspec.Struct, frozen=True):
    """Those who lost a criterion in the same way."""

    status: Status
    message: str
    people: PeopleList


class CriterionCard(msgspec.Struct, frozen=True):
    """A criterion with its outcomes, and who lost it in which way. `token`: what the table is filtered by."""

    title: str
    summary: CriterionSummary
    parts: tuple[pictures.Part, ...]
    lost: int
    token: str
    failures: tuple[FailureCard, ...]
    failures_left: int  # hand-ins that lost it in yet another way


class MissingFeature(msgspec.Struct, frozen=True):
    """An isolation feature that runs lacked; no id for runs in plain mode, without any."""

    id: str
    detail: str
    people: PeopleList


class FilterOption(msgspec.Struct, frozen=True):
    """One choice of what the table is filtered by."""

    value: str
    word: str
    count: int


def render(
    title: str, exercise: str, entries: Sequence[GradebookEntry], language: str, similarity: str = ""
) -> str:
    """Return the dashboard as a complete HTML document.

    `similarity`: path of the page on similar submissions, relative to the dashboard; empty where there is none.
    Pure: the same entries, in whatever order, give the same text. Raises `ValueError` for a language without a
    catalogue.
    """
    view = _DashboardView(sorted(entries, key=name_sort_key), language)
    return (
        load_templates(language)
        .get_template("dashboard.html")
        .render(
            title=shorten_name(title),
            exercise=shorten_name(exercise),
            similarity=safe_address(similarity),
            **view.template_values(),
        )
    )


class _DashboardView:
    """Computes the values that the templates of the dashboard use, in one language."""

    def __init__(self, entries: Sequence[GradebookEntry], language: str) -> None:
        self.entries, self.language = entries, language
        self.translate, self.number = Translator(language), Numbers(language)
        self.summary = class_summary.summarise(entries)

    def template_values(self) -> dict[str, Any]:
        """Return all values of the templates but the arguments of `render`."""
        common = self.summary.misconceptions[:MAX_MISCONCEPTIONS]
        filters = {misconception.id: f"hint{place}" for place, misconception in enumerate(common)}
        causes = {cause.criterion: f"cause{place}" for place, cause in enumerate(self.summary.shared_causes)}
        make_row = RowMaker(self.summary, filters, causes, self.language)
        rows = [make_row(entry) for entry in self.entries]
        return {
            **self.page_values(),
            **self.notable_values(),
            "summary": self.summary,
            "statuses": pictures.build_parts(self.summary.statuses),
            "columns": pictures.build_columns(self.summary.histogram),
            "criteria": self.describe_criteria(),
            "reasons": [self.describe_reason(group) for group in self.summary.undecided[:MAX_REASONS]],
            "reasons_left": sum(len(group.entries) for group in self.summary.undecided[MAX_REASONS:]),
            "causes": [self.describe_cause(c, causes[c.criterion]) for c in self.summary.shared_causes],
            "misconceptions": [self.describe_misconception(m, filters[m.id]) for m in common],
            "misconceptions_left": len(self.summary.misconceptions) - len(common),
            "rows": rows,
            "options": self.list_filters(
                Counter(token for row in rows for token in row.tokens.split()), filters, causes
            ),
        }

    def page_values(self) -> dict[str, Any]:
        """Return the values of every page: language, words, style, script and policy."""
        style = _source("style.css") + _source("dashboard.css")
        style += pictures.strip_style(len(self.summary.criteria)) + filter_style(len(self.summary.criteria))
        script = _source("dashboard.js")
        return {
            "language": self.language,
            "version": __version__,
            "translate": self.translate,
            "number": self.number,
            "status_symbols": symbols.STATUS,
            "severity_symbols": symbols.SEVERITY,
            "letters": pictures.LETTERS,
            "rule": class_summary,
            "style": Markup(style),  # noqa: S704 - our own files; the rules for strips depend on a number only
            "script": Markup(script),  # noqa: S704 - our own file, and no value ever goes into it
            "policy": content_security_policy(style, script),
        }

    def notable_values(self) -> dict[str, Any]:
        """Return the values about hand-ins that stand out, besides those that could not be graded."""
        summary = self.summary
        return {
            "uncertified": self.list_people(summary.uncertified, "uncertified", _disagreement),
            "missing_features": [
                MissingFeature(shorten_name(m.feature), _text(m.detail), self.list_people(m.entries, "unwalled"))
                for m in summary.missing_features
            ],
            "late": self.list_people(summary.late, "late", self.format_submitted),
            "adjusted": self.list_people(summary.adjusted, "adjusted"),
            "adjustments": [
                (
                    link_to_student(entry),
                    [self.describe_adjustment(entry, adjustment) for adjustment in entry.adjustments],
                )
                for entry in summary.adjusted[:MAX_LINKS]
            ],
            "ruled": self.list_people(
                [entry for entry in self.entries if is_ruled(entry)], "rules", self.describe_rules
            ),
            "slow": self.list_outliers(summary.seconds, "slow", self.describe_slow),
            "large": self.list_outliers(summary.memory, "large", self.describe_large),
        }

    def describe_rules(self, entry: GradebookEntry) -> str:
        """Return what the rules of the course did, each with its points."""
        words = RuleWords(self.language)
        return "\n".join(f"{words.describe(rule)} {words.change(rule)}".rstrip() for rule in entry.rules)

    def list_people(
        self,
        entries: Sequence[GradebookEntry],
        token: str,
        remark: Callable[[GradebookEntry], str] = lambda entry: "",
    ) -> PeopleList:
        """Return the first of the entries by name; `remark` gives the text behind each name."""
        links = tuple(link_to_student(entry, remark(entry)) for entry in entries[:MAX_LINKS])
        return PeopleList(links, len(entries), token)

    def describe_reason(self, group: Undecided) -> UndecidedGroup:
        """Return why some hand-ins have no final mark, with links to the first criterion of each that says so."""
        links = tuple(
            link_to_student(entry, criterion=_undecided_at(entry)) for entry in group.entries[:MAX_LINKS]
        )
        sentences = tuple(_text(reason) or self.translate(_("No reason is given.")) for reason in group.reasons)
        return UndecidedGroup(sentences, PeopleList(links, len(group.entries), UNDECIDED))

    def describe_criteria(self) -> list[CriterionCard]:
        """Return the criteria, each with the groups of those who lost it in the same way."""
        groups = group_failures(self.entries)
        cards = []
        for place, summary in enumerate(self.summary.criteria):
            failures, token = groups.get(summary.id, ()), lost_token(place)
            largest = failures[:MAX_GROUPS]
            cards.append(
                CriterionCard(
                    title=one_line(_text(summary.title)),
                    summary=summary,
                    parts=pictures.build_parts(summary.counts),
                    lost=summary.judged - summary.counts[Status.PASSED],
                    token=token,
                    failures=tuple(self.describe_failure(failure, summary.id, token) for failure in largest),
                    failures_left=sum(len(failure.entries) for failure in failures[MAX_GROUPS:]),
                )
            )
        return cards

    def describe_failure(self, failure: FailureGroup, criterion: str, token: str) -> FailureCard:
        """Return a group with links to the criterion in the reports."""
        first = failure.entries[:MAX_LINKS_OF_GROUP]
        links = tuple(link_to_student(entry, criterion=criterion) for entry in first)
        return FailureCard(failure.status, _text(failure.message), PeopleList(links, len(failure.entries), token))

    def find_title(self, misconception: str) -> str:
        """Return the title of a misconception; empty for one that this version does not know."""
        title = misconceptions.find_title(misconception)
        return "" if title is None else self.translate(title)

    def describe_misconception(self, misconception: Misconception, token: str) -> MisconceptionCard:
        """Return a misconception with links to the criteria that it is explained at."""
        cases = misconception.cases
        links = tuple(link_to_student(case.entry, criterion=case.criterion) for case in cases[:MAX_LINKS])
        return MisconceptionCard(
            shorten_name(misconception.id),
            self.find_title(misconception.id),
            misconception.severity,
            _text(misconception.text),
            PeopleList(links, len(cases), token),
            len(cases) / self.count_verdicts(),
        )

    def describe_cause(self, cause: SharedCause, token: str) -> CauseCard:
        """Return a cause with each message once, and links to the criterion that tells it."""
        first = cause.entries[:MAX_LINKS]
        by_message: dict[str, list[StudentLink]] = {}
        for entry in first:
            link = link_to_student(entry, criterion=cause.criterion)
            by_message.setdefault(_message(entry, cause.criterion), []).append(link)
        messages = sorted(by_message.items(), key=lambda item: -len(item[1]))
        return CauseCard(
            title=one_line(_text(cause.title)),
            consequences=tuple((one_line(_text(title)), count) for title, count in cause.consequences),
            messages=tuple((text, tuple(links)) for text, links in messages),
            people=PeopleList(tuple(map(link_to_student, first)), len(cause.entries), token),
            share=len(cause.entries) / self.count_verdicts(),
        )

    def count_verdicts(self) -> int:
        """Return how many hand-ins have a verdict."""
        return sum(entry.verdict is not None for entry in self.entries)

    def describe_slow(self, outlier: Outlier) -> Message:
        """Return how long a run took."""
        return _(
            "{seconds} s, {times} times the median",
            seconds=self.number.seconds(outlier.value),
            times=self.number.ratio(outlier.ratio),
        )

    def describe_large(self, outlier: Outlier) -> Message:
        """Return how much memory a run took."""
        return _(
            "{mebibytes} MiB, {times} times the median",
            mebibytes=self.number.mebibytes(outlier.value),
            times=self.number.ratio(outlier.ratio),
        )

    def list_outliers(self, usage: Usage | None, token: str, words: Callable[[Outlier], Message]) -> PeopleList:
        """Return whose run took far more than most."""
        outliers = usage.outliers if usage is not None else ()
        links = tuple(
            link_to_student(outlier.entry, self.translate(words(outlier))) for outlier in outliers[:MAX_LINKS]
        )
        return PeopleList(links, len(outliers), token)

    def format_submitted(self, entry: GradebookEntry) -> str:
        """Return when a hand-in was submitted; an empty text where that is not known."""
        return format_time(entry.submitted, self.language) if entry.submitted is not None else ""

    def describe_adjustment(self, entry: GradebookEntry, adjustment: Adjustment) -> tuple[str, str, str]:
        """Return what a person decided, why, and by whom and when."""
        who = f"{shorten_name(adjustment.by) or '–'}, {format_time(adjustment.at, self.language)}"
        return (
            by_hand.describe_adjustment(entry.verdict, adjustment, self.translate, self.number),
            _text(adjustment.reason),
            who,
        )

    def list_filters(
        self, counts: Mapping[str, int], hints: Mapping[str, str], causes: Mapping[str, str]
    ) -> list[tuple[str, list[FilterOption]]]:
        """Return what the table can be filtered by, in groups; nothing that would leave it empty."""
        translate, letters = self.translate, pictures.LETTERS
        titles = {cause.criterion: one_line(_text(cause.title)) for cause in self.summary.shared_causes}
        groups = (
            (
                _("Status"),
                [(letters[status], translate(symbol.word)) for status, symbol in symbols.STATUS.items()],
            ),
            (
                _("Worth a look"),
                [
                    (UNDECIDED, translate(_("without a final mark"))),
                    *((flag, translate(FLAGS[flag])) for flag in FLAGS),
                ],
            ),
            (_("One cause, several criteria"), [(value, titles[name]) for name, value in causes.items()]),
            (
                _("Misconception"),
                [(value, self.find_title(name) or shorten_name(name)) for name, value in hints.items()],
            ),
        )
        filters = [
            (
                translate(group),
                [FilterOption(value, word, counts[value]) for value, word in choices if counts[value]],
            )
            for group, choices in groups
        ]
        return [(group, choices) for group, choices in filters if choices]


def _disagreement(entry: GradebookEntry) -> str:
    items = entry.verdict.certification if entry.verdict is not None else ()
    return next((_text(item.text) for item in items if not item.agrees), "")


def _message(entry: GradebookEntry, name: str) -> str:
    criteria = entry.verdict.criteria if entry.verdict is not None else ()
    return next((_text(criterion.message) for criterion in criteria if criterion.id == name), "")


def _undecided_at(entry: GradebookEntry) -> str:
    criteria = entry.verdict.criteria if entry.verdict is not None else ()
    return next((criterion.id for criterion in criteria if criterion.status is Status.NOT_GRADED), "")


def _text(text: str) -> str:
    return clip(visible(text), MAX_TEXT).strip()


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
