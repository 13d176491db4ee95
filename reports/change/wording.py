"""The words for the result of a change, the same in every form: the forms differ only in their markup."""

import re
from pathlib import PurePosixPath

import msgspec

from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.change_result import ChangeResult, Note, Result, SubmissionOutcome, result
from grader.protocol.verdict import CriterionVerdict, Hint, Location, Severity, Status, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.places import describe_place

RESULT: dict[Result, symbols.Symbol] = {
    "passed": symbols.STATUS[Status.PASSED],
    "waiting": symbols.WAITING,
    "not_passed": symbols.Symbol(_("not passed"), "✗", "x", "red"),
    "unreadable": symbols.Symbol(_("unreadable"), "■", "!", "red"),
    "not_graded": symbols.STATUS[Status.NOT_GRADED],
}

_COURSE: dict[str, Message] = {
    "base": _("The rubrics are those of the base."),
    "folder": _("The rubrics are those of the course that the grader was given."),
    "shipped": _("The rubrics are those that come with the grader."),
}

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "tip")

LONGEST_PATH = 300  # characters
LONGEST_TITLE = 200


class ChangeWording:
    """Says things in the language of one answer. Raises `ValueError` for a language without a catalogue."""

    def __init__(self, answer: ChangeResult) -> None:
        self.answer = answer
        self.translate = Translator(answer.language)
        self.numbers = Numbers(answer.language)

    def title(self) -> str:
        """Return the answer as a whole, in one line."""
        outcomes = self.answer.outcomes
        if not outcomes:
            return self.translate(_("Nothing was graded") if self.errors() else _("Nothing to grade"))
        if len(outcomes) == 1:
            return self.headline(outcomes[0])
        passed = sum(self.result(outcome) == "passed" for outcome in outcomes)
        waiting = sum(self.result(outcome) == "waiting" for outcome in outcomes)
        if waiting:
            return self.translate(
                _(
                    "{passed} of {all} submissions passed, {waiting} wait for a person",
                    passed=passed,
                    all=len(outcomes),
                    waiting=waiting,
                )
            )
        return self.translate(_("{passed} of {all} submissions passed", passed=passed, all=len(outcomes)))

    def headline(self, outcome: SubmissionOutcome) -> str:
        """Return what became of one submission: sign, title, points."""
        sign = self.symbol(outcome).sign
        if outcome.verdict is None:
            return f"{sign} {shorten_title(outcome.exercise)}: {self.word(outcome)}"
        return f"{sign} {shorten_title(outcome.verdict.title)}: {self.mark(outcome.verdict)}"

    def nothing(self) -> str:
        """Return why there is no mark, where no submission was graded."""
        if self.errors():
            return self.translate(_("No submission was graded. The errors say why."))
        if self.answer.base:
            return self.translate(_("This change touches no submission of an exercise."))
        return self.translate(_("None of these files is a submission of an exercise."))

    def result(self, outcome: SubmissionOutcome) -> Result:
        """Return what an outcome means."""
        return result(outcome, self.answer.pass_mark)

    def symbol(self, outcome: SubmissionOutcome) -> symbols.Symbol:
        """Return the sign of an outcome: that of the verdict, unless the pass mark decides."""
        decided = self.result(outcome)
        if outcome.verdict is None or decided == "not_graded" or self.answer.pass_mark is not None:
            return RESULT[decided]
        if outcome.verdict.waiting:
            return RESULT[decided]
        return symbols.STATUS[outcome.verdict.status]

    def word(self, outcome: SubmissionOutcome) -> str:
        """Return the word for an outcome."""
        return self.translate(self.symbol(outcome).word)

    def sentence(self, outcome: SubmissionOutcome) -> str:
        """Return what the outcome means to the student, in one sentence."""
        verdict = outcome.verdict
        if verdict is None:
            if outcome.problem:
                return self.translate(_("This file cannot be graded as it is: {problem}", problem=outcome.problem))
            fault = outcome.fault
            text = _("This is the grader's fault, and no mark. It was not graded: {fault}", fault=fault)
            if outcome.is_rubric_broken:
                text = _("This is the exercise's fault, and no mark. Tell whoever made it: {fault}", fault=fault)
            return self.translate(text)
        decided = self.result(outcome)
        if verdict.waiting:
            titles = "; ".join(shorten_title(criterion.title) for criterion in verdict.waiting)
            if decided == "waiting":
                text = _(
                    "A person gives the points for: {titles}. The change does not fail for that.", titles=titles
                )
            else:
                text = _(
                    "Something is missing, as explained below. A person gives the points for: {titles}.",
                    titles=titles,
                )
            return self.translate(text)
        if decided == "passed" and verdict.status is not Status.PASSED:
            return self.translate(_("This is enough to pass. What is missing for all points is explained below."))
        return self.translate(symbols.SENTENCE[Status.NOT_GRADED if decided == "not_graded" else verdict.status])

    def mark(self, verdict: Verdict) -> str:
        """Return the points."""
        return self.translate(
            _(
                "{points} of {max_points} points",
                points=self.numbers.points(verdict.points),
                max_points=self.numbers.points(verdict.max_points),
            )
        )

    def points(self, criterion: CriterionVerdict) -> str:
        """Return the points of a criterion, in short."""
        return f"{self.numbers.points(criterion.points)} / {self.numbers.points(criterion.max_points)}"

    def points_of(self, outcome: SubmissionOutcome) -> str:
        """Return the points of a submission, in short."""
        if outcome.verdict is None:
            return "–"
        return f"{self.numbers.points(outcome.verdict.points)} / {self.numbers.points(outcome.verdict.max_points)}"

    def value(self, value: float | None) -> str:
        """Return a value of a learning curve."""
        return "–" if value is None else self.numbers.score(value)

    def pass_mark(self) -> str:
        """Return what is enough."""
        if self.answer.pass_mark is None:
            return self.translate(_("To pass, every criterion has to be passed."))
        percent = self.numbers.points(self.answer.pass_mark)
        return self.translate(_("To pass, {percent}% of the points are needed.", percent=percent))

    def describe_comparison(self) -> str:
        """Return which commits were compared, and whose rubrics were used."""
        parts = [self.translate(_COURSE[self.answer.course])]
        head, base = shorten_commit(self.answer.head), shorten_commit(self.answer.base)
        if head and base:
            parts.insert(0, self.translate(_("Commit {head}, compared with {base}.", head=head, base=base)))
        elif head:
            parts.insert(0, self.translate(_("Commit {head}.", head=head)))
        return " ".join(parts)

    def place(self, location: Location) -> str:
        """Return where something is."""
        clipped = msgspec.structs.replace(location, file=clip(one_line(location.file), LONGEST_PATH))
        return self.translate(describe_place(clipped))

    def hint(self, hint: Hint) -> str:
        """Return a hint with the word for its weight."""
        return f"{self.translate(symbols.SEVERITY[hint.severity].word)}: {hint.text}"

    def explain(self, criterion: CriterionVerdict) -> str:
        """Return everything about a criterion as plain lines: what happened, what was expected, how to mend it."""
        lines = [criterion.message]
        if criterion.expected is not None:
            lines.append(f"{self.translate(_('Expected'))}: {criterion.expected}")
        if criterion.received is not None:
            lines.append(f"{self.translate(_('Received'))}: {criterion.received}")
        lines += [self.hint(hint) for hint in criterion.hints]
        if criterion.location is not None:
            lines.append(self.place(criterion.location))
        return "\n".join(lines)

    def notes(self) -> tuple[Note, ...]:
        """Return the notes, errors first."""
        return tuple(sorted(self.answer.notes, key=lambda note: _SEVERITIES.index(note.severity)))

    def errors(self) -> tuple[Note, ...]:
        """Return the notes that are errors."""
        return tuple(note for note in self.answer.notes if note.severity == "error")


def find_criteria_to_explain(verdict: Verdict) -> tuple[CriterionVerdict, ...]:
    """Return the criteria that something is to be said about: those not passed, and those with a hint."""
    return tuple(c for c in verdict.criteria if c.status is not Status.PASSED or c.hints)


def find_line_in_file(outcome: SubmissionOutcome, location: Location | None) -> int | None:
    """Return the line of the file in the repository; none for a cell's, whose lines are not the file's."""
    path = PurePosixPath(outcome.path)
    if location is None or location.cell is not None or location.line < 1 or path.suffix != ".py":
        return None
    return location.line if location.file == path.name else None


def shorten_title(text: str) -> str:
    """Return a title for one line."""
    return clip(one_line(text), LONGEST_TITLE)


def find_plain_path(path: str) -> str | None:
    """Return a path that can be shown as it is, else None: what is written out is no longer the file's name."""
    return path if path and visible(path) == path and "\n" not in path and "\t" not in path else None


def shorten_path(path: str) -> str:
    """Return a path for people."""
    return clip(one_line(visible(path)), LONGEST_PATH)


def shorten_commit(commit: str) -> str:
    """Return a commit's hash as people write it; nothing for what is none."""
    return commit[:10] if re.fullmatch(r"[0-9a-f]{7,64}", commit) else ""
