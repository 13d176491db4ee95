"""Grade the submissions of a change in a pool, whose faults cost nobody a mark."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.ci.git import decode_for_display
from grader.core.errors import InternalError
from grader.core.i18n import Message, Translator
from grader.grading.isolation import MissingIsolationError, require_isolation
from grader.grading.pool import GraderPool
from grader.grading.results import Job, JobResult
from grader.protocol.change_result import SubmissionOutcome
from grader.protocol.submission import Submission

_log = logging.getLogger(__name__)

REPORTS, VERDICTS = "reports", "verdicts"
LONGEST_NAME = 40  # characters of an exercise in a file's name


@dataclass(frozen=True)
class PlacedSubmission:
    """A file in the place of a submission. `content`: what was read, or why it cannot be."""

    path: str
    exercise: str
    content: Submission | Message


@dataclass(frozen=True)
class GradedPlaces:
    """The outcome of each submission. `pages`: their reports by file name."""

    outcomes: tuple[SubmissionOutcome, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)


def build_file_name(number: int, exercise: str) -> str:
    """Return the name, without ending, of the files about an outcome: ours, with nothing of the student's."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", exercise)[:LONGEST_NAME].strip("-")
    return f"{number}-{plain}" if plain else str(number)


def grade_places(
    places: Sequence[PlacedSubmission],
    pool: GraderPool | None,
    fault: str,
    *,
    despite_missing_walls: bool,
    translate: Translator,
) -> GradedPlaces:
    """Grade what can be graded. `pool`: None where there is nothing to grade, or where `fault` says why not."""
    jobs = [
        Job(str(number), place.exercise, place.content, translate.language)
        for number, place in enumerate(places)
        if isinstance(place.content, Submission)
    ]
    done: dict[str, JobResult] = {}
    if pool is not None and jobs:
        fault = _work(pool, jobs, done, despite_missing_walls, translate)
    outcomes, pages = [], {}
    for number, place in enumerate(places):
        outcome, page = _outcome(number, place, done.get(str(number)), fault, translate)
        outcomes.append(outcome)
        if page:
            pages[outcome.report] = page
    return GradedPlaces(tuple(outcomes), pages)


def _work(
    pool: GraderPool, jobs: Sequence[Job], done: dict[str, JobResult], despite: bool, translate: Translator
) -> str:
    """Let the crew grade; return why it stopped, if it did."""
    try:
        if not despite:
            require_isolation(pool)
        for each in pool.grade_all(jobs, lambda _: None):
            done[each.id] = each
    except MissingIsolationError as error:
        return translate(error.text)
    except InternalError as error:
        _log.error("grading stopped", exc_info=True)
        return str(error) or type(error).__name__
    return ""


def _outcome(
    number: int, place: PlacedSubmission, done: JobResult | None, fault: str, translate: Translator
) -> tuple[SubmissionOutcome, str]:
    """Return one outcome and its report."""
    path = decode_for_display(place.path)
    if isinstance(place.content, Message):
        return SubmissionOutcome(path=path, exercise=place.exercise, problem=translate(place.content)), ""
    if done is None or done.graded is None:
        if done is not None and done.broken_rubric is not None:
            why = translate(done.broken_rubric)
            return SubmissionOutcome(path=path, exercise=place.exercise, fault=why, is_rubric_broken=True), ""
        why = (done.fault if done is not None else fault) or "no result"
        return SubmissionOutcome(path=path, exercise=place.exercise, fault=why), ""
    from reports.submission import html  # its templates take time, while which the crew starts

    graded = done.graded
    outcome = SubmissionOutcome(
        path=path,
        exercise=place.exercise,
        verdict=graded.verdict,
        curves=graded.exhibits.curves,
        report=f"{REPORTS}/{build_file_name(number + 1, place.exercise)}.html",
    )
    return outcome, html.render(graded.verdict, graded.exhibits)
