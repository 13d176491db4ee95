"""The pages of the desk as a web application: each address, and what a form on it does."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope

from grader.classroom.review.class_view import ClassView
from grader.classroom.review.desk import Desk
from grader.classroom.review.errors import NotFoundError, ReviewError
from grader.classroom.review.forms import MOST_BYTES, MarkForm, read_fields, read_mark_form
from grader.classroom.review.guard import Guard
from grader.classroom.review.page_records import PageMaker
from grader.classroom.store import ConflictError
from grader.core.errors import UserError
from grader.core.i18n import Message, Translator, _
from reports.desk import pages
from reports.desk.records import Typed
from reports.submission.class_place import detach_from_class

_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def make_app(desk: Desk, address: str, token: str, language: str) -> Guard:
    """Return the application of a desk that answers under one address, to whoever has the token."""
    app = DeskApp(desk, language)
    routes = [
        Route("/", app.show_overview),
        Route("/criterion/{criterion}", app.begin_criterion),
        Route("/criterion/{criterion}/{reference}", app.show_hand_in, methods=["GET"]),
        Route("/criterion/{criterion}/{reference}", app.save_mark, methods=["POST"]),
        Route("/comments/{criterion}", app.show_comments, methods=["GET"]),
        Route("/comments/{criterion}", app.mend_comment, methods=["POST"]),
        Route("/disagreements", app.show_disagreements),
        Route("/report/{reference}", app.show_report),
        Route("/undo", app.undo, methods=["POST"]),
        Route("/desk.css", app.send_style),
        Route("/desk.js", app.send_script),
    ]
    handlers = {404: app.report_missing_page, 405: app.report_missing_page, Exception: app.report_fault}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), address, token, app.refuse)


class DeskApp:
    """Answers requests. What the store does waits in threads of its own."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk, self._language = desk, language
        self._translate = Translator(language)

    # Pages

    async def show_overview(self, request: Request) -> Response:
        """Show all criteria and requests."""
        done = request.query_params.get("decided", "")

        def make() -> Response:
            view = self._desk.read()
            maker = PageMaker(self._desk, view)
            criterion = view.criteria.get(done)
            note = (
                ""
                if criterion is None
                else self._translate(_("Nobody waits any more: {criterion}.", criterion=criterion.title))
            )
            return self._html(
                pages.render_overview(maker.make_frame(note=note), maker.make_overview(), self._language)
            )

        return await self._answer(make)

    async def begin_criterion(self, request: Request) -> Response:
        """Lead to the first hand-in that waits, or else to the first."""
        criterion = request.path_params["criterion"]

        def make() -> Response:
            view = self._desk.read()
            if criterion not in view.criteria:
                self._desk.find_student(view, criterion, "")  # raises
            order = view.order(criterion)
            waiting = (s for s in order if view.is_open(s, criterion, is_second=self._desk.is_second))
            return self._lead_to(view, criterion, next(waiting, order[0]))

        return await self._answer(make)

    async def show_hand_in(self, request: Request) -> Response:
        """Show one criterion of one hand-in."""
        criterion, reference = request.path_params["criterion"], request.path_params["reference"]
        return await self._answer(lambda: self._make_hand_in(criterion, reference))

    async def save_mark(self, request: Request) -> Response:
        """Save a decision and lead to the next; where it cannot be saved, show the page with what was typed."""
        criterion, reference = request.path_params["criterion"], request.path_params["reference"]
        body = await _read_body(request)

        def make() -> Response:
            form = read_mark_form(read_fields(body))
            try:
                student = self._desk.decide(criterion, reference, form)
            except NotFoundError:
                raise
            except ConflictError as error:
                return self._make_hand_in(criterion, reference, form, error, 409)
            except ReviewError as error:
                return self._make_hand_in(criterion, reference, form, error, 422)
            return self._lead_on(criterion, student, was_request=bool(form.answers))

        return await self._answer(make, written=body)

    async def undo(self, request: Request) -> Response:
        """Undo the last decision and lead to it."""

        def make() -> Response:
            done = self._desk.undo()
            return self._lead_to(self._desk.read(), done.criterion, done.student)

        return await self._answer(make)

    async def show_comments(self, request: Request) -> Response:
        """Show the reusable comments of a criterion."""
        criterion = request.path_params["criterion"]
        return await self._answer(lambda: self._make_comments(criterion))

    async def mend_comment(self, request: Request) -> Response:
        """Change a comment for everybody who has it."""
        criterion = request.path_params["criterion"]
        body = await _read_body(request)

        def make() -> Response:
            fields = read_fields(body)
            text = fields.get("text", "")
            self._desk.mend_comment(fields.get("comment", ""), text, fields.get("seen", ""))
            return RedirectResponse(f"/comments/{criterion}", 303)

        return await self._answer(make, written=body)

    async def show_disagreements(self, request: Request) -> Response:
        """Show where two markers differ."""

        def make() -> Response:
            maker = PageMaker(self._desk, self._desk.read())
            return self._html(
                pages.render_disagreements(maker.make_frame(), maker.make_disagreements(), self._language)
            )

        return await self._answer(make)

    async def show_report(self, request: Request) -> Response:
        """Show a student's report as it is; its own policy forbids all but its own style."""
        reference = request.path_params["reference"]

        def make() -> Response:
            if self._desk.is_second:
                raise NotFoundError(_("A second marker sees no reports: they show the first one's points."))
            view = self._desk.read()
            student = view.find_by_reference(reference)
            if student is None or not self._desk.publisher.has_report(student):
                raise NotFoundError(_("There is no report of this hand-in. grader rescore writes it."))
            return HTMLResponse(detach_from_class(self._desk.publisher.read_report(student)))

        return await self._answer(make)

    async def send_style(self, request: Request) -> Response:
        """Send the style sheet."""
        return Response(pages.read_style(), media_type="text/css")

    async def send_script(self, request: Request) -> Response:
        """Send the script."""
        return Response(pages.read_script(), media_type="text/javascript")

    # What goes wrong

    async def refuse(self, sentence: Message, status: int, scope: Scope, receive: Receive) -> Response:
        """Return the page for a request that does not get through, with what had been typed."""
        written = ""
        if scope["method"] == "POST":
            try:
                written = _find_written(await _read_body(Request(scope, receive)))
            except UserError:
                written = ""
        return self._message(sentence, status, written)

    async def report_missing_page(self, request: Request, error: Exception) -> Response:
        """Return the page for an address that does not exist."""
        return self._message(_("There is no such page at the desk. Its overview is at /."), 404)

    async def report_fault(self, request: Request, error: Exception) -> Response:
        """Return the page for a fault of this program, which is in the log."""
        return self._message(_("The desk failed at this. The log says more. What was saved before is saved."), 500)

    async def _answer(self, make: Callable[[], Response], written: bytes = b"") -> Response:
        try:
            return await run_in_threadpool(make)
        except NotFoundError as error:
            return self._message(error.text, 404, _find_written(written))
        except ConflictError as error:
            return self._message(error.text, 409, _find_written(written))
        except ReviewError as error:
            return self._message(error.text, 422, _find_written(written))
        except UserError as error:  # of the store or the disk
            return self._message(error.text, 503, _find_written(written))

    def _message(self, sentence: Message, status: int, written: str = "") -> Response:
        return HTMLResponse(pages.render_message(self._translate(sentence), written, self._language), status)

    # Parts

    def _make_hand_in(
        self,
        criterion: str,
        reference: str,
        form: MarkForm | None = None,
        error: UserError | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a hand-in; with a form, what was typed stands in it again."""
        view = self._desk.read()
        student = self._desk.find_student(view, criterion, reference)
        maker = PageMaker(self._desk, view)
        page, typed, parts = maker.make_hand_in(criterion, student)
        if form is not None:
            typed = Typed(points=form.points, words=form.words, comment=form.comment, is_reusable=form.is_reusable)
        frame = maker.make_frame(problem="" if error is None else self._translate(error.text))
        return self._html(pages.render_hand_in(frame, page, typed, parts, self._language), status)

    def _make_comments(self, criterion: str) -> Response:
        view = self._desk.read()
        if criterion not in view.criteria:
            self._desk.find_student(view, criterion, "")  # raises
        maker = PageMaker(self._desk, view)
        return self._html(
            pages.render_comments(maker.make_frame(), maker.make_comments(criterion), self._language)
        )

    def _lead_on(self, criterion: str, student: str, *, was_request: bool) -> Response:
        """Lead to what comes after a decision: the next request, the next that waits, or the next in order."""
        view = self._desk.read()
        if was_request:
            request = next(iter(view.open_requests), None)
            if request is None:
                return RedirectResponse("/", 303)
            return self._lead_to(view, request.criterion, request.student)
        following = view.find_open_after(student, criterion, is_second=self._desk.is_second)
        if following is None and any(
            verdict.status == "not_graded" for verdict in view.by_criterion[criterion].values()
        ):
            return RedirectResponse(f"/?decided={criterion}", 303)
        order = view.order(criterion)
        place = order.index(student)
        return self._lead_to(view, criterion, following or order[min(place + 1, len(order) - 1)])

    def _lead_to(self, view: ClassView, criterion: str, student: str) -> Response:
        return RedirectResponse(f"/criterion/{criterion}/{view.references[student]}", 303)

    def _html(self, page: str, status: int = 200) -> Response:
        return HTMLResponse(page, status)


async def _read_body(request: Request) -> bytes:
    """Return the body of a form, up to a limit: what is longer was not made by a page of the desk."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return b"\xff"  # no form: whoever reads it says so
    return bytes(body)


def _find_written(body: bytes) -> str:
    """Return what a person had typed into a form."""
    try:
        fields = read_fields(body)
    except ReviewError:
        return ""
    return "\n".join(value for name in ("points", "words", "text") if (value := fields.get(name, "")))
