"""What can be done at the desk: decide, undo, mend comments, answer requests. Pages are made elsewhere."""

import threading
from dataclasses import dataclass, replace

from grader.classroom.pages import Publisher
from grader.classroom.review.class_view import ClassReader, ClassView
from grader.classroom.review.errors import NotFoundError, ReviewError
from grader.classroom.review.forms import MarkForm, read_points, read_version, read_words
from grader.classroom.store import ConflictError, HandMark, NewMark, Store
from grader.core.i18n import Translator, _
from grader.protocol.verdict import Status

MOST_UNDONE = 200  # decisions that can be undone, one after another


@dataclass(frozen=True)
class DoneDecision:
    """One decision of this desk, which can be undone."""

    number: int
    student: str
    criterion: str
    points: float
    replaced: HandMark | None


class Desk:
    """The desk of one person, over one class. Thread-safe; its methods raise `ReviewError` and `StoreError`."""

    def __init__(self, publisher: Publisher, store: Store, marker: str, *, is_second: bool = False) -> None:
        """Open the desk.

        Args:
            publisher: Of the class.
            store: Of the class.
            marker: Name of the person, who is the author of all decisions.
            is_second: Whether the marks are compared with those of the first, and change nothing.
        """
        self.publisher, self.store, self.marker, self.is_second = publisher, store, marker, is_second
        self._reader = ClassReader(publisher, store)
        self._done: list[DoneDecision] = []
        self._lock = threading.Lock()  # of the list

    def read(self) -> ClassView:
        """Return the class as it is now."""
        return self._reader.read()

    @property
    def last(self) -> DoneDecision | None:
        """Return the decision that `undo` would undo."""
        with self._lock:
            return self._done[-1] if self._done else None

    def find_student(self, view: ClassView, criterion: str, reference: str) -> str:
        """Return the student with a reference who has a criterion. Raises `NotFoundError`."""
        if criterion not in view.criteria:
            raise NotFoundError(
                _(
                    "There is no criterion {criterion}. This class has: {known}.",
                    criterion=criterion[:80],
                    known=", ".join(view.criteria) or "–",
                )
            )
        for student in view.by_criterion[criterion]:
            if view.references[student] == reference:
                return student
        raise NotFoundError(
            _(
                "No hand-in with the reference {reference} has a verdict on this criterion. The overview shows "
                "what is there.",
                reference=reference[:80],
            )
        )

    def decide(self, criterion: str, reference: str, form: MarkForm) -> str:
        """Write what was typed on the page of a hand-in, and return the student's key.

        Raises:
            ReviewError: It makes no sense. Nothing was written.
            ConflictError: There is something newer than the page. Nothing was written.
        """
        view = self.read()
        student = self.find_student(view, criterion, reference)
        verdict = view.by_criterion[criterion][student]
        version = read_version(form.version)
        points = read_points(form.points, verdict.max_points + verdict.bonus, verdict.max_points)
        words = read_words(form.words)
        comment = form.comment or None
        if comment is not None and comment not in {c.id for c in view.comments if c.criterion == criterion}:
            raise ReviewError(_("The chosen comment is not there any more. Nothing was saved: choose again."))
        if not words and comment is None:
            words = self._default_reason(verdict.status, is_answer=bool(form.answers))
        elif words and comment is None and form.is_reusable:
            comment = self.store.hand_marks.add_comment(view.series, criterion, words, self.marker)
            words = ""
        mark = NewMark(
            student=student,
            criterion=criterion,
            points=points,
            reason=words,
            comment=comment,
            is_second=self.is_second,
        )
        answers = int(form.answers) if form.answers.isascii() and form.answers.isdigit() else None
        replaced = view.mark(student, criterion, is_second=self.is_second)
        number = self.store.hand_marks.decide(view.series, mark, version, self.marker, answers)
        with self._lock:
            self._done.append(DoneDecision(number, student, criterion, points, replaced))
            del self._done[:-MOST_UNDONE]
        return student

    def _default_reason(self, status: Status, *, is_answer: bool) -> str:
        """Return what is said where nothing was typed. Raises `ReviewError` where the student has to know why."""
        if is_answer:
            raise ReviewError(_("An answer needs a sentence: it stands in the student's next report."))
        if status is not Status.NOT_GRADED:
            raise ReviewError(
                _(
                    "The grader decided this criterion. Say in a sentence why it gets other points: the report "
                    "shows it."
                )
            )
        return Translator(self.publisher.folder.settings.language)(_("Marked by a person."))

    def undo(self) -> DoneDecision:
        """Undo the last decision of this desk that was not undone, and return it.

        Raises:
            ReviewError: There is none.
            ConflictError: Somebody decided anew since. It can no longer be undone.
        """
        done = self.last
        if done is None:
            raise ReviewError(_("There is nothing to undo: this desk has decided nothing yet."))
        again = None if done.replaced is None else _as_new(done.replaced)
        try:
            number = self.store.hand_marks.undo(
                self.publisher.series, done.student, done.number, again, self.marker
            )
        except ConflictError:
            self._forget(done, None)
            raise
        self._forget(done, number)
        return done

    def _forget(self, done: DoneDecision, written_anew: int | None) -> None:
        """Take a decision off the list; what it had replaced can be undone in turn, under its new number."""
        old = done.replaced.number if done.replaced is not None else None
        with self._lock:
            self._done = [
                replace(one, number=written_anew) if written_anew is not None and one.number == old else one
                for one in self._done
                if one.number != done.number
            ]

    def mend_comment(self, comment: str, text: str, seen: str) -> None:
        """Give a reusable comment another text, for everybody who has it."""
        words = read_words(text)
        if not words:
            raise ReviewError(_("A comment cannot be empty: others have it. Nothing was changed."))
        if words != seen:
            self.store.hand_marks.mend_comment(self.publisher.series, comment, words, seen, self.marker)


def _as_new(mark: HandMark) -> NewMark:
    return NewMark(
        student=mark.student,
        criterion=mark.criterion,
        points=mark.points,
        reason=mark.reason,
        comment=mark.comment,
        is_second=mark.is_second,
    )
