"""Render the result of a change as Markdown: the summary of a run, and the shorter note under the change.

Cut where it is too long: at whole submissions and criteria, and it says so.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from grader.core.i18n import _
from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, SubmissionOutcome
from grader.protocol.verdict import CriterionVerdict, Curve, Hint, Location, Notice, Status, Verdict
from reports.change.wording import ChangeWording, find_criteria_to_explain, shorten_path, shorten_title
from reports.common import markdown as md
from reports.common import symbols
from reports.common.markdown import Markdown
from reports.common.sparklines import GAP, Sparkline, draw_sparklines
from reports.submission import highlights as first_things

MOST_ROWS = 100  # of a table of criteria
MOST_CURVES = 12
MOST_SERIES = 8
_LONGEST_SOURCE = 200  # characters of a code line
_ROOM_FOR_ENDS = 2000  # bytes, for the sentences that say what was left out


class _Form(msgspec.Struct, frozen=True):
    """How much is told."""

    longest: int  # characters of a sentence
    all_criteria: bool  # the table shows the passed ones too
    curves_open: bool


_SUMMARY = _Form(longest=2000, all_criteria=True, curves_open=True)
_NOTE = _Form(longest=600, all_criteria=False, curves_open=False)


def render_summary(answer: ChangeResult, most_bytes: int = 1_000_000) -> str:
    """Return the summary of the run, in `answer.language`. GitHub shows at most 1 MiB.

    Raises `ValueError` for a language without a catalogue.
    """
    return _Page(answer, _SUMMARY, most_bytes).text()


def render_note(answer: ChangeResult, most_bytes: int = 60_000) -> str:
    """Return the comment on the change, in `answer.language`. GitHub takes at most 65,536 characters.

    Raises `ValueError` for a language without a catalogue.
    """
    return _Page(answer, _NOTE, most_bytes).text()


class _Page:
    """One answer on its way to one page: holds what every part needs, and how much room there is left."""

    def __init__(self, answer: ChangeResult, form: _Form, most_bytes: int) -> None:
        self.form = form
        self.answer = sanitize_record(answer, form.longest)
        self.wording = ChangeWording(self.answer)
        self.translate = self.wording.translate
        self.left = most_bytes - _ROOM_FOR_ENDS
        self.several = len(answer.outcomes) > 1

    def text(self) -> str:
        """Return the whole page."""
        end = [self._take(self._end())]
        parts = [self._take(part) for part in self._head()]
        parts += self._notes()
        if self.several:
            parts += self._overview()
        parts += self._submissions()
        return md.joined([*parts, *end]) + "\n"

    # What is taken from the room that is left.

    def _take(self, part: Markdown) -> Markdown:
        self.left -= _size(part)
        return part

    def _fitting(self, parts: Iterable[Markdown], room: int) -> list[Markdown]:
        """Return the first parts that fit, and take their room."""
        taken = []
        for part in parts:
            if _size(part) > min(room, self.left):
                break
            room -= _size(part)
            taken.append(self._take(part))
        return taken

    # The parts of the page.

    def _head(self) -> list[Markdown]:
        outcomes = self.answer.outcomes
        parts = [md.heading(2, md.escape(self.wording.title()))]
        if not outcomes:
            parts.append(md.escape(self.wording.nothing()))
        elif self.answer.pass_mark is not None:
            parts.append(md.escape(self.wording.pass_mark()))
        return parts

    def _end(self) -> Markdown:
        return Markdown(f"<sub>{md.escape(self.wording.describe_comparison())}</sub>")

    def _notes(self) -> list[Markdown]:
        notes = self.wording.notes()
        lines = []
        for each in notes:
            symbol = symbols.SEVERITY[each.severity]
            where = f"{md.code(shorten_path(each.path))}: " if each.path else ""
            word = md.bold(md.escape(f"{symbol.sign} {self.translate(symbol.word)}"))
            lines.append(Markdown(f"{word} {where}{md.escape(each.text)}"))
        taken = self._fitting(lines, self.left // 4)
        parts = [md.items(taken)] if taken else []
        if left_out := len(lines) - len(taken):
            parts.append(
                md.escape(self.translate(_("Notes left out here for want of room: {count}.", count=left_out)))
            )
        return parts

    def _overview(self) -> list[Markdown]:
        wording = self.wording
        columns = [
            md.escape(self.translate(w)) for w in (_("Result"), _("Submission"), _("Exercise"), _("Points"))
        ]
        rows = []
        for outcome in self.answer.outcomes:
            cells = (
                _signed(wording.symbol(outcome).sign, wording.word(outcome)),
                md.code(shorten_path(outcome.path)),
                md.escape(shorten_title(outcome.exercise)),
                md.together(wording.points_of(outcome)),
            )
            rows.append(cells)
        taken = self._fitting((Markdown(" | ".join(cells)) for cells in rows), self.left // 4)
        parts = [md.table(columns, rows[: len(taken)], right=(3,))]
        if left_out := len(rows) - len(taken):
            parts.append(self._submissions_left_out(left_out))
        return parts

    def _submissions(self) -> list[Markdown]:
        parts: list[Markdown] = []
        for number, outcome in enumerate(self.answer.outcomes):
            opening = md.joined(self._opening(outcome))
            if not self._fitting([opening], self.left):
                parts.append(self._submissions_left_out(len(self.answer.outcomes) - number))
                break
            parts.append(opening)
            if outcome.verdict is not None:
                parts += self._criteria(outcome.verdict)
                parts += self._remarks(outcome)
        return parts

    def _submissions_left_out(self, count: int) -> Markdown:
        return md.escape(
            self.translate(
                _("Submissions left out here for want of room: {count}. Each has its report.", count=count)
            )
        )

    # One submission.

    def _opening(self, outcome: SubmissionOutcome) -> list[Markdown]:
        wording, verdict = self.wording, outcome.verdict
        parts = [md.heading(3, md.escape(wording.headline(outcome)))] if self.several else []
        facts: list[str] = [md.code(shorten_path(outcome.path)), md.bold(md.escape(wording.word(outcome)))]
        if verdict is not None:
            if bonus := first_things.sum_gained_bonus(verdict):
                facts.append(
                    md.escape(self.translate(_("{points} of them bonus", points=wording.numbers.points(bonus))))
                )
            if verdict.certified is not None:
                facts.append(
                    md.escape(self.translate(_("certified") if verdict.certified else _("not certified")))
                )
        parts.append(Markdown(" · ".join(facts)))
        parts.append(md.escape(wording.sentence(outcome)))
        if verdict is not None:
            parts += self._table(verdict)
        return parts

    def _table(self, verdict: Verdict) -> list[Markdown]:
        listed = [c for c in verdict.criteria if self.form.all_criteria or c.status is not Status.PASSED]
        columns = [md.escape(self.translate(words)) for words in (_("Status"), _("Criterion"), _("Points"))]
        rows = [
            (self._status(c), md.escape(shorten_title(c.title)), md.together(self.wording.points(c)))
            for c in listed[:MOST_ROWS]
        ]
        parts = [md.table(columns, rows, right=(2,))] if rows else []
        passed = len(verdict.criteria) - len(listed)
        if passed and rows:
            parts.append(md.escape(self.translate(_("Criteria passed besides: {count}.", count=passed))))
        if len(listed) > MOST_ROWS:
            parts.append(self._criteria_left_out(len(listed) - MOST_ROWS))
        return parts

    def _criteria(self, verdict: Verdict) -> list[Markdown]:
        groups = [tuple(alike) for _, alike in groupby(find_criteria_to_explain(verdict), key=_beneath_title)]
        taken = self._fitting((self._describe(group) for group in groups), self.left)
        left_out = sum(len(group) for group in groups[len(taken) :])
        return [*taken, self._take(self._criteria_left_out(left_out))] if left_out else taken

    def _criteria_left_out(self, count: int) -> Markdown:
        return md.escape(
            self.translate(
                _("Criteria left out here for want of room: {count}. The report has them.", count=count)
            )
        )

    def _describe(self, criteria: tuple[CriterionVerdict, ...]) -> Markdown:
        """Return criteria of which the same is to be said: a crash skips a dozen for one reason."""
        first = criteria[0]
        titles = "<br>".join(
            f"{self._sign(c)} {md.escape(shorten_title(c.title))} · {self.wording.points(c)}" for c in criteria
        )
        parts = [Markdown(f"#### {titles}"), md.escape(first.message), *self._compared(first)]
        if first.location is not None:
            parts += self._place(first.location)
        parts += [md.quote(self._hint(hint)) for hint in first.hints]
        return md.joined(parts)

    def _hint(self, hint: Hint) -> Markdown:
        symbol = symbols.SEVERITY[hint.severity]
        sign, word = md.bold(md.escape(symbol.sign)), md.bold(md.escape(self.translate(symbol.word)))
        return Markdown(f"{sign} {word} {md.escape(hint.text)}")

    def _compared(self, criterion: CriterionVerdict) -> list[Markdown]:
        pairs = ((_("Expected"), criterion.expected), (_("Received"), criterion.received))
        lines = [
            Markdown(f"{md.bold(md.escape(self.translate(word)))}: {md.escape(value)}")
            for word, value in pairs
            if value is not None
        ]
        return [md.items(lines)] if lines else []

    def _place(self, location: Location) -> list[Markdown]:
        parts = [md.code(self.wording.place(location))]
        if location.source:
            source = clip(location.source.rstrip().replace("\n", " "), _LONGEST_SOURCE)
            parts.append(md.block(f"{location.line} │ {source}"))
        return parts

    def _remarks(self, outcome: SubmissionOutcome) -> list[Markdown]:
        remarks = self._all_remarks(outcome)
        taken = self._fitting(remarks, self.left)
        if left_out := len(remarks) - len(taken):
            words = _("Remarks left out here for want of room: {count}. The report has them.", count=left_out)
            taken.append(self._take(md.escape(self.translate(words))))
        return taken

    def _all_remarks(self, outcome: SubmissionOutcome) -> list[Markdown]:
        """Return what is to be said of a submission besides its criteria."""
        verdict = outcome.verdict
        assert verdict is not None
        parts = [self._notice(notice) for notice in verdict.notices]
        if verdict.certified is False:
            lines = [md.escape(item.text) for item in first_things.find_disagreements(verdict)]
            parts.append(md.joined([md.bold(md.escape(self.translate(_("Not certified")))), md.items(lines)]))
        if verdict.isolation.mode == "plain":
            words = _("No walls stood around this run: it is meant for your own code, not for marks.")
            parts.append(md.escape(self.translate(words)))
        for wall in first_things.find_missing_walls(verdict):
            words = _("Missing wall: {wall}. {detail}", wall=wall.id, detail=wall.detail)
            parts.append(md.escape(self.translate(words)))
        parts += self._curves(outcome.curves)
        if outcome.report:
            parts.append(
                md.escape(
                    self.translate(
                        _(
                            "The whole report, with pictures, is among the files of this run: {file}",
                            file=shorten_title(outcome.report),
                        )
                    )
                )
            )
        return parts

    def _notice(self, notice: Notice) -> Markdown:
        symbol = symbols.SEVERITY[notice.severity]
        word = md.bold(md.escape(f"{symbol.sign} {self.translate(symbol.word)}"))
        parts = [Markdown(f"{word} {md.escape(notice.text)}")]
        if notice.location is not None:
            parts += self._place(notice.location)
        return md.joined(parts)

    def _curves(self, curves: Sequence[Curve]) -> list[Markdown]:
        drawn = draw_sparklines(curves)
        rows = [
            self._series(curve.name if number == 0 else "", spark)
            for curve, series in zip(curves[:MOST_CURVES], drawn[:MOST_CURVES], strict=True)
            for number, spark in enumerate(series[:MOST_SERIES])
        ]
        if not rows:
            return []
        words = (_("Run"), _("Series"), _("Start"), _("Curve"), _("End"))
        table = md.table([md.escape(self.translate(each)) for each in words], rows, right=(2,))
        title = md.escape(self.translate(_("Learning curves")))
        parts = [table]
        if left_out := sum(map(len, drawn)) - len(rows):
            left = _("Series left out here for want of room: {count}. The report has them.", count=left_out)
            parts.append(md.escape(self.translate(left)))
        if any(GAP in cell for row in rows for cell in row):
            parts.append(md.escape(self.translate(_("{sign}: a value that was no number.", sign=GAP))))
        if self.form.curves_open and not self.several:
            return [md.joined([md.heading(4, title), *parts])]
        return [md.folded(title, *parts)]

    def _series(self, run: str, spark: Sparkline) -> tuple[Markdown, ...]:
        first, last = self.wording.value(spark.first), self.wording.value(spark.last)
        name = md.code(clip(one_line(spark.name), 60))
        return md.escape(clip(one_line(run), 60)), name, md.escape(first), md.code(spark.text), md.escape(last)

    def _status(self, criterion: CriterionVerdict) -> Markdown:
        return _signed(self._sign(criterion), self.translate(symbols.STATUS[criterion.status].word))

    @staticmethod
    def _sign(criterion: CriterionVerdict) -> str:
        return symbols.STATUS[criterion.status].sign


def _beneath_title(criterion: CriterionVerdict) -> tuple[object, ...]:
    return (
        criterion.status,
        criterion.message,
        criterion.expected,
        criterion.received,
        criterion.location,
        criterion.hints,
    )


def _signed(sign: str, word: str) -> Markdown:
    """Return a word that keeps its sign beside it in a narrow table."""
    return Markdown(f"{md.escape(sign)}&nbsp;{md.escape(word)}")


def _size(part: Markdown) -> int:
    return len(part.encode()) + 2
