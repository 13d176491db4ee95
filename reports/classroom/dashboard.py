"""The class as one HTML file: what an instructor looks at after grading. See `docs/decisions/0021`."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from babel.dates import format_date
from markupsafe import Markup

from grader import __version__
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.verdict import Severity, Status
from reports.classroom import pictures
from reports.classroom import summary as class_summary
from reports.classroom.rows import FLAGS, UNDECIDED, Person, RowMaker, address, by_name, person
from reports.classroom.summary import Misconception, Outlier, Undecided, Usage
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates
from reports.submission import adjustments as by_hand
from reports.submission.adjustments import shorten_name

LONGEST_TEXT = 600
MOST_LINKS = 24  # of one list; the table has all of them
MOST_REASONS = 30  # broken hand-ins may each have a reason of their own
MOST_MISCONCEPTIONS = 10


class People(msgspec.Struct, frozen=True):
    """The first of those in a list, how many there are, and what the table is filtered by to show all."""

    shown: tuple[Person, ...]
    total: int
    filter: str


class Reason(msgspec.Struct, frozen=True):
    """Why some hand-ins have no final mark; without sentences, they had no turn yet."""

    sentences: tuple[str, ...]
    people: People


class Misunderstood(msgspec.Struct, frozen=True):
    """A misconception of the class, with the text of an example."""

    id: str
    severity: Severity
    text: str
    people: People
    share: float  # of the hand-ins that have a verdict


class Wall(msgspec.Struct, frozen=True):
    """A wall that was missing, and from whose runs; no id where there were none at all."""

    id: str
    detail: str
    people: People


class Option(msgspec.Struct, frozen=True):
    """One choice of what the table shows."""

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
    view = _View(sorted(entries, key=by_name), language)
    return (
        load_templates(language)
        .get_template("dashboard.html")
        .render(
            title=shorten_name(title),
            exercise=shorten_name(exercise),
            similarity=address(similarity),
            **view.everything(),
        )
    )


class _View:
    """What the templates name, in one language."""

    def __init__(self, entries: Sequence[GradebookEntry], language: str) -> None:
        self.entries, self.language = entries, language
        self.say, self.number = Translator(language), Numbers(language)
        self.summary = class_summary.summarise(entries)

    def everything(self) -> dict[str, Any]:
        """Return all values of the templates but what `render` is given."""
        common = self.summary.misconceptions[:MOST_MISCONCEPTIONS]
        filters = {misconception.id: f"hint{place}" for place, misconception in enumerate(common)}
        make_row = RowMaker(self.summary, filters, self.language)
        rows = [make_row(entry) for entry in self.entries]
        return {
            **self.page(),
            **self.notable(),
            "summary": self.summary,
            "statuses": pictures.parts(self.summary.statuses),
            "columns": pictures.columns(self.summary.histogram),
            "criteria": [(one_line(_text(c.title)), c, pictures.parts(c.counts)) for c in self.summary.criteria],
            "reasons": [self.reason(group) for group in self.summary.undecided[:MOST_REASONS]],
            "reasons_left": sum(len(group.entries) for group in self.summary.undecided[MOST_REASONS:]),
            "misconceptions": [self.misunderstood(m, filters[m.id]) for m in common],
            "misconceptions_left": len(self.summary.misconceptions) - len(common),
            "rows": rows,
            "options": self.options(Counter(token for row in rows for token in row.tokens.split()), filters),
        }

    def page(self) -> dict[str, Any]:
        """Return what every page needs: language, words, style, script and policy."""
        style = _source("style.css") + _source("dashboard.css")
        style += pictures.strip_style(len(self.summary.criteria))
        script = _source("dashboard.js")
        return {
            "language": self.language,
            "version": __version__,
            "translate": self.say,
            "number": self.number,
            "status_symbols": symbols.STATUS,
            "severity_symbols": symbols.SEVERITY,
            "letters": pictures.LETTERS,
            "rule": class_summary,
            "style": Markup(style),  # noqa: S704 - our own files; the rules for strips depend on a number only
            "script": Markup(script),  # noqa: S704 - our own file, and no value ever goes into it
            "policy": content_security_policy(style, script),
        }

    def notable(self) -> dict[str, Any]:
        """Return what an instructor should look at besides what could not be graded."""
        summary = self.summary
        return {
            "uncertified": self.people(summary.uncertified, "uncertified", _disagreement),
            "walls": [
                Wall(shorten_name(wall.wall), _text(wall.detail), self.people(wall.entries, "unwalled"))
                for wall in summary.missing_walls
            ],
            "late": self.people(summary.late, "late", self.moment_of),
            "adjusted": self.people(summary.adjusted, "adjusted"),
            "adjustments": [
                (person(entry), [self.adjustment(entry, adjustment) for adjustment in entry.adjustments])
                for entry in summary.adjusted[:MOST_LINKS]
            ],
            "slow": self.outliers(summary.seconds, "slow", self.slow),
            "large": self.outliers(summary.memory, "large", self.large),
        }

    def people(
        self,
        entries: Sequence[GradebookEntry],
        token: str,
        remark: Callable[[GradebookEntry], str] = lambda entry: "",
    ) -> People:
        """Return the first of `entries` by name."""
        shown = tuple(person(entry, remark(entry)) for entry in entries[:MOST_LINKS])
        return People(shown, len(entries), token)

    def reason(self, group: Undecided) -> Reason:
        """Return why some hand-ins have no final mark, with links to the first criterion of each that says so."""
        shown = tuple(person(entry, criterion=_undecided_at(entry)) for entry in group.entries[:MOST_LINKS])
        sentences = tuple(_text(reason) or self.say(_("No reason is given.")) for reason in group.reasons)
        return Reason(sentences, People(shown, len(group.entries), UNDECIDED))

    def misunderstood(self, misconception: Misconception, token: str) -> Misunderstood:
        """Return a misconception with links to the criteria that it is explained at."""
        showings = misconception.showings
        shown = tuple(person(showing.entry, criterion=showing.criterion) for showing in showings[:MOST_LINKS])
        verdicts = sum(entry.verdict is not None for entry in self.entries)
        return Misunderstood(
            shorten_name(misconception.id),
            misconception.severity,
            _text(misconception.text),
            People(shown, len(showings), token),
            len(showings) / verdicts,
        )

    def slow(self, outlier: Outlier) -> Message:
        """Return how long a run took."""
        return _(
            "{seconds} s, {times} times the median",
            seconds=self.number.seconds(outlier.value),
            times=self.number.ratio(outlier.ratio),
        )

    def large(self, outlier: Outlier) -> Message:
        """Return how much memory a run took."""
        return _(
            "{mebibytes} MiB, {times} times the median",
            mebibytes=self.number.mebibytes(outlier.value),
            times=self.number.ratio(outlier.ratio),
        )

    def outliers(self, usage: Usage | None, token: str, words: Callable[[Outlier], Message]) -> People:
        """Return whose run took far more than most."""
        found = usage.outliers if usage is not None else ()
        shown = tuple(person(outlier.entry, self.say(words(outlier))) for outlier in found[:MOST_LINKS])
        return People(shown, len(found), token)

    def moment_of(self, entry: GradebookEntry) -> str:
        """Return when a hand-in came, as far as that is known."""
        return self.moment(entry.submitted) if entry.submitted is not None else ""

    def moment(self, at: datetime) -> str:
        """Return a date and time as people of the language write it."""
        utc = at.astimezone(UTC) if at.tzinfo is not None else at
        return f"{format_date(utc, locale=self.language)}, {utc:%H:%M} UTC"

    def adjustment(self, entry: GradebookEntry, adjustment: Adjustment) -> tuple[str, str, str]:
        """Return what a person decided, why, and who and when."""
        who = f"{shorten_name(adjustment.by) or '–'}, {self.moment(adjustment.at)}"
        what = by_hand.describe_adjustment(entry.verdict, adjustment, self.say, self.number)
        return what, _text(adjustment.reason), who

    def options(self, counts: Mapping[str, int], hints: Mapping[str, str]) -> list[tuple[str, list[Option]]]:
        """Return what the table can be filtered by, in groups; nothing that would leave it empty."""
        say, letters = self.say, pictures.LETTERS
        groups = (
            (_("Status"), [(letters[status], say(symbol.word)) for status, symbol in symbols.STATUS.items()]),
            (
                _("Worth a look"),
                [(UNDECIDED, say(_("without a final mark"))), *((flag, say(FLAGS[flag])) for flag in FLAGS)],
            ),
            (_("Misconception"), [(value, shorten_name(name)) for name, value in hints.items()]),
        )
        found = [
            (say(group), [Option(value, word, counts[value]) for value, word in choices if counts[value]])
            for group, choices in groups
        ]
        return [(group, choices) for group, choices in found if choices]


def _disagreement(entry: GradebookEntry) -> str:
    items = entry.verdict.certification if entry.verdict is not None else ()
    return next((_text(item.text) for item in items if not item.agrees), "")


def _undecided_at(entry: GradebookEntry) -> str:
    criteria = entry.verdict.criteria if entry.verdict is not None else ()
    return next((criterion.id for criterion in criteria if criterion.status is Status.NOT_GRADED), "")


def _text(text: str) -> str:
    return clip(visible(text), LONGEST_TEXT).strip()


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
