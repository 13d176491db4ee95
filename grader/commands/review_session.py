"""Carry out `grader review`: open the class, serve the desk, and bring the pages up to date afterwards."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.folder import ClassFolder
from grader.classroom.rejudge import start_judges
from grader.classroom.review.desk import Desk
from grader.classroom.review.outdated_reports import find_outdated, write_reports
from grader.classroom.review.requests_file import read_requests
from grader.classroom.review.serve import announce, serve
from grader.commands.classroom_session import ClassSession, open_class
from grader.core.course import Course
from grader.core.i18n import Translator


@dataclass(frozen=True)
class ReviewOptions:
    """How a desk is opened."""

    marker: str
    is_second: bool
    port: int
    requests: Path | None


def review_class(
    folder: ClassFolder,
    course: Course,
    options: ReviewOptions,
    report_link: Callable[[str], None],
    translate: Translator,
) -> None:
    """Serve the desk of a class until Ctrl-C, then write the reports that do not show what was decided.

    Args:
        folder: Of the class.
        course: Its course, which the reports are made with.
        options: How the desk is opened.
        report_link: Is called with the link to the desk.
        translate: Into the language of the pages.
    """
    with open_class(folder, translate) as session, announce(folder.path) as others:
        desk = Desk(session.publisher, session.store, options.marker, is_second=options.is_second)
        if options.requests is not None:
            view = desk.read()
            read = read_requests(options.requests, view)
            new = session.store.hand_marks.add_requests(view.series, read.wishes, options.marker)
            session.output.print_requests(new, len(read.wishes), read.problems)
        if others:
            session.output.print_other_desks(others)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                serve(desk, translate.language, options.port, report_link)
        finally:
            _update_pages(session, course)


def _update_pages(session: ClassSession, course: Course) -> None:
    """Write the reports and the dashboard, where something was decided. What was killed before is made up for."""
    session.publisher.marks.refresh()
    rows = find_outdated(session.publisher, session.store)
    if not rows:
        return
    session.output.print_writing_reports(len(rows))
    decided = {row.number: row for row in session.publisher.read_rows()}
    with start_judges(session.folder.path, session.evidence_key(course), 1) as judges:
        unwritten = write_reports([decided[row.number] for row in rows if row.number in decided], judges)
    session.publisher.write_dashboard()
    if unwritten:
        session.output.print_report_outdated()
