"""Make what the pages of the desk show: from the class as it is now, under the names that people may see."""

from collections import Counter

from grader.classroom.review.class_view import ClassView
from grader.classroom.review.desk import Desk
from grader.classroom.store import HandMark, RegradeRequest
from grader.protocol.verdict import CriterionVerdict, Status
from reports.desk.records import (
    CommentChoice,
    CommentsPage,
    DeskCriterion,
    DeskFrame,
    DeskMark,
    DeskRequest,
    Disagreement,
    DisagreementsPage,
    HandInPage,
    LastDecision,
    OverviewPage,
    Typed,
)
from reports.submission.report_parts import ReportParts, take_parts


class PageMaker:
    """Makes the records of one view of the class."""

    def __init__(self, desk: Desk, view: ClassView) -> None:
        self._desk, self._view = desk, view

    def make_frame(self, problem: str = "", note: str = "") -> DeskFrame:
        """Return what all pages have."""
        publisher, view = self._desk.publisher, self._view
        last = self._desk.last
        return DeskFrame(
            title=publisher.find_title([row.entry for row in view.rows.values()]),
            exercise=publisher.folder.settings.exercise,
            marker=self._desk.marker,
            is_second=self._desk.is_second,
            last=(
                None
                if last is None or last.student not in view.rows or last.criterion not in view.criteria
                else LastDecision(
                    name=self._name(last.student),
                    reference=view.references[last.student],
                    criterion=last.criterion,
                    title=view.criteria[last.criterion].title,
                    points=last.points,
                )
            ),
            problem=problem,
            note=note,
        )

    def make_overview(self) -> OverviewPage:
        """Return all criteria, and the requests that wait."""
        view, is_second = self._view, self._desk.is_second
        criteria = []
        for name, verdict in view.criteria.items():
            students = view.by_criterion[name]
            criteria.append(
                DeskCriterion(
                    id=name,
                    title=verdict.title,
                    max_points=verdict.max_points,
                    waiting=sum(view.is_open(student, name, is_second=is_second) for student in students),
                    decided=sum(view.mark(student, name, is_second=is_second) is not None for student in students),
                    hand_ins=len(students),
                )
            )
        twice = self.make_disagreements()
        return OverviewPage(
            criteria=tuple(criteria),
            requests=tuple(map(self._make_request, view.open_requests)) if not is_second else (),
            answered=sum(request.adjustment is not None for request in view.requests),
            marked_twice=twice.marked_twice,
            disagreements=len(twice.disagreements),
        )

    def make_hand_in(self, criterion: str, student: str) -> tuple[HandInPage, Typed, ReportParts]:
        """Return the page of a hand-in, what its form begins with, and the parts of the student's report."""
        view, desk = self._view, self._desk
        order, publisher = view.order(criterion), desk.publisher
        place = order.index(student)
        row = view.rows[student]
        mark = view.mark(student, criterion, is_second=desk.is_second)
        verdict = publisher.make_public(row.entry).verdict
        assert verdict is not None
        public = next(one for one in verdict.criteria if one.id == criterion)
        request = view.find_request(student, criterion) if not desk.is_second else None
        page = HandInPage(
            criterion=public,
            name=self._name(student),
            reference=view.references[student],
            place=place + 1,
            total=len(order),
            waiting=sum(view.is_open(one, criterion, is_second=desk.is_second) for one in order),
            before=view.references[order[place - 1]] if place else "",
            after=view.references[order[place + 1]] if place + 1 < len(order) else "",
            version=str(view.version(student, criterion, is_second=desk.is_second)),
            mark=None if mark is None else self._make_mark(mark),
            comments=self._make_choices(criterion),
            request=None if request is None else self._make_request(request),
            # A report shows the first marker's points and words.
            report=publisher.has_report(student) and not desk.is_second,
        )
        return page, _begin_form(public, mark, is_answer=request is not None), self._take_parts(criterion, student)

    def make_comments(self, criterion: str) -> CommentsPage:
        """Return the reusable comments of a criterion."""
        title = self._view.criteria[criterion].title
        return CommentsPage(criterion=criterion, title=title, comments=self._make_choices(criterion))

    def make_disagreements(self) -> DisagreementsPage:
        """Return where a first and a second marker differ."""
        view = self._view
        pairs = [
            (first, second)
            for (student, criterion, is_second), second in view.marks.items()
            if is_second
            and student in view.by_criterion.get(criterion, {})
            and (first := view.mark(student, criterion, is_second=False)) is not None
        ]
        different = [(first, second) for first, second in pairs if first.points != second.points]
        different.sort(key=lambda pair: (-abs(pair[1].points - pair[0].points), pair[0].number))
        return DisagreementsPage(
            marked_twice=len(pairs),
            mean=sum(second.points - first.points for first, second in pairs) / max(1, len(pairs)),
            disagreements=tuple(
                Disagreement(
                    name=self._name(first.student),
                    reference=view.references[first.student],
                    criterion=first.criterion,
                    title=view.criteria[first.criterion].title,
                    first=self._make_mark(first),
                    second=self._make_mark(second),
                )
                for first, second in different
            ),
        )

    def _take_parts(self, criterion: str, student: str) -> ReportParts:
        try:
            return take_parts(self._desk.publisher.read_report(student), criterion)
        except (OSError, UnicodeDecodeError):  # never written, removed, or changed by a person
            return ReportParts()

    def _make_choices(self, criterion: str) -> tuple[CommentChoice, ...]:
        uses = Counter(mark.comment for mark in self._view.marks.values())
        return tuple(
            CommentChoice(id=comment.id, text=comment.text, uses=uses[comment.id])
            for comment in self._view.comments
            if comment.criterion == criterion
        )

    def _make_mark(self, mark: HandMark) -> DeskMark:
        graded = self._view.rows[mark.student].entry.graded
        return DeskMark(
            points=mark.points,
            text=mark.text,
            by=mark.by,
            at=mark.at,
            is_older=graded is not None and mark.at < graded,
        )

    def _make_request(self, request: RegradeRequest) -> DeskRequest:
        return DeskRequest(
            number=request.number,
            name=self._name(request.student),
            reference=self._view.references[request.student],
            criterion=request.criterion,
            title=self._view.criteria[request.criterion].title,
            text=request.text,
            at=request.at,
        )

    def _name(self, student: str) -> str:
        return self._desk.publisher.public_name(student, self._view.rows[student].entry.name)


def _begin_form(verdict: CriterionVerdict, mark: HandMark | None, *, is_answer: bool) -> Typed:
    """Return what the form begins with: the mark that counts, but without its words for an answer."""
    if mark is None:
        return Typed() if verdict.status is Status.NOT_GRADED else Typed(points=f"{verdict.points:g}")
    if is_answer:
        return Typed(points=f"{mark.points:g}")
    return Typed(points=f"{mark.points:g}", words=mark.reason, comment=mark.comment or "")
