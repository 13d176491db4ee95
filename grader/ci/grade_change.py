"""Submissions in, outcomes out: graded by a crew, whose faults cost nobody a mark."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.ci.git import people
from grader.core.errors import GraderError, SandboxError
from grader.core.i18n import Message, Translator, _
from grader.grading.pool import GraderPool
from grader.grading.results import Job, JobResult
from grader.protocol.change_result import Outcome
from grader.protocol.submission import Submission

REPORTS, VERDICTS = "reports", "verdicts"
LONGEST_NAME = 40  # characters of an exercise in a file's name


@dataclass(frozen=True)
class Place:
    """Something in the place of a submission: what was read, or why it cannot be."""

    path: str
    exercise: str
    held: Submission | Message


@dataclass(frozen=True)
class Graded:
    """What became of all of them. `pages`: their reports by file name."""

    outcomes: tuple[Outcome, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)


def file_name(number: int, exercise: str) -> str:
    """Return the name, without ending, of the files about an outcome: ours, with nothing of the student's."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", exercise)[:LONGEST_NAME].strip("-")
    return f"{number}-{plain}" if plain else str(number)


def grade(
    places: Sequence[Place], crew: GraderPool | None, fault: str, *, despite_missing_walls: bool, say: Translator
) -> Graded:
    """Grade what can be graded. `crew`: None where nothing is, or where `fault` says why it cannot be."""
    jobs = [
        Job(str(number), place.exercise, place.held, say.language)
        for number, place in enumerate(places)
        if isinstance(place.held, Submission)
    ]
    done: dict[str, JobResult] = {}
    if crew is not None and jobs:
        fault = _work(crew, jobs, done, despite_missing_walls, say)
    outcomes, pages = [], {}
    for number, place in enumerate(places):
        outcome, page = _outcome(number, place, done.get(str(number)), fault, say)
        outcomes.append(outcome)
        if page:
            pages[outcome.report] = page
    return Graded(tuple(outcomes), pages)


def _work(
    crew: GraderPool, jobs: Sequence[Job], done: dict[str, JobResult], despite: bool, say: Translator
) -> str:
    """Let the crew grade; return why it stopped, if it did."""
    try:
        missing = [wall.id for wall in crew.walls() if not wall.stands]
        if missing and not despite:
            return say(
                _(
                    "These walls do not stand on this machine: {names}. grader doctor says more. Grade elsewhere, "
                    "or say --despite-missing-walls.",
                    names=", ".join(missing),
                )
            )
        for each in crew.grade_all(jobs, lambda _: None):
            done[each.id] = each
    except (GraderError, SandboxError) as error:
        return str(error) or type(error).__name__
    return ""


def _outcome(
    number: int, place: Place, done: JobResult | None, fault: str, say: Translator
) -> tuple[Outcome, str]:
    """Return one outcome and its report."""
    path = people(place.path)
    if isinstance(place.held, Message):
        return Outcome(path=path, exercise=place.exercise, problem=say(place.held)), ""
    if done is None or done.graded is None:
        why = (done.fault if done is not None else fault) or "no result"
        return Outcome(path=path, exercise=place.exercise, fault=why), ""
    from reports.submission import html  # its templates take time, while which the crew starts

    graded = done.graded
    outcome = Outcome(
        path=path,
        exercise=place.exercise,
        verdict=graded.verdict,
        curves=graded.exhibits.curves,
        report=f"{REPORTS}/{file_name(number + 1, place.exercise)}.html",
    )
    return outcome, html.render(graded.verdict, graded.exhibits)
