"""Render the result of a change as GitHub's workflow commands, which put it beside the lines of the change.

The runner reads standard output line by line (broken at line feed and carriage return). A line that begins with
`::` is a command, and so is one that holds `##[` anywhere. In a command's text `%`, line feed and carriage return
are written as %25, %0A and %0D, in its properties `:` and `,` as well.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from grader.core.i18n import _
from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, SubmissionOutcome
from grader.protocol.verdict import Location, Severity, Status
from reports.change.wording import ChangeWording, find_line_in_file, find_plain_path, shorten_path

MOST = 10  # of each kind in one step; GitHub leaves out the rest without a word

_LONGEST = 600  # characters of a sentence
_LONGEST_TITLE = 120

Kind = Literal["error", "warning", "notice"]
_KINDS: tuple[Kind, ...] = ("error", "warning", "notice")
_OF_SEVERITY: dict[Severity, Kind] = {"error": "error", "warning": "warning", "tip": "notice"}
_OF_STATUS: dict[Status, Kind] = {
    Status.NOT_GRADED: "error",
    Status.FAILED: "error",
    Status.NOT_ATTEMPTED: "error",
    Status.PARTIAL: "warning",
}
# What comes first where not all can be shown.
_CHANGE, _WHOLE, _NOT_GRADED, _FAILED, _LESS = range(5)


class _Annotation(msgspec.Struct, frozen=True):
    kind: Kind
    rank: int
    title: str
    message: str
    path: str = ""  # empty: of no file, or of one that cannot be named
    line: int | None = None


def render_annotations(answer: ChangeResult) -> tuple[str, ...]:
    """Return one workflow command per line, in `answer.language`: errors first, at most ten of each kind.

    Raises `ValueError` for a language without a catalogue.
    """
    wording = ChangeWording(sanitize_record(answer, _LONGEST))
    every = list(_of_change(wording, answer))
    for outcome, original in zip(wording.answer.outcomes, answer.outcomes, strict=True):
        every += _of_submission(outcome, original.path, wording)
    chosen: list[_Annotation] = []
    left_out = 0
    for kind in ("error", "warning"):
        alike = sorted((each for each in every if each.kind == kind), key=lambda each: each.rank)
        chosen += alike[:MOST]
        left_out += len(alike[MOST:])
    notices = sorted((each for each in every if each.kind == "notice"), key=lambda each: each.rank)
    if left_out or len(notices) > MOST:
        left_out += len(notices[MOST - 1 :])
        more = wording.translate(
            _("GitHub shows no more than ten of a kind. Left out here: {count}.", count=left_out)
        )
        notices = [_Annotation("notice", _CHANGE, wording.title(), more), *notices[: MOST - 1]]
    return tuple(_command(each) for each in [*chosen, *notices])


def _of_change(wording: ChangeWording, answer: ChangeResult) -> Iterable[_Annotation]:
    for note, original in zip(wording.answer.notes, answer.notes, strict=True):
        yield _at(original.path, _OF_SEVERITY[note.severity], _CHANGE, wording.title(), note.text)


def _of_submission(outcome: SubmissionOutcome, path: str, wording: ChangeWording) -> Iterable[_Annotation]:
    decided, verdict, title = wording.result(outcome), outcome.verdict, wording.headline(outcome)
    if verdict is None or decided == "not_graded":
        yield _at(path, "error", _WHOLE, title, wording.sentence(outcome))
    if verdict is None:
        return
    for criterion in verdict.criteria:
        kind = _OF_STATUS.get(criterion.status)
        if kind is None or criterion.same_cause_as:
            continue
        rank = _FAILED if criterion.status is not Status.NOT_GRADED else _NOT_GRADED
        is_enough = decided in {"passed", "waiting"} and criterion.status is not Status.NOT_GRADED
        if is_enough or criterion in verdict.waiting:
            kind, rank = "notice", _LESS
        head = f"{criterion.title} ({wording.points(criterion)})"
        yield _at(
            path, kind, rank, head, wording.explain(criterion), find_line_in_file(outcome, criterion.location)
        )
    for notice in verdict.notices:
        place: Location | None = notice.location
        text = notice.text if place is None else f"{notice.text}\n{wording.place(place)}"
        # The notices of a submission explain its criteria, which cost the points.
        kind = "notice" if notice.severity == "tip" else "warning"
        yield _at(path, kind, _LESS, title, text, find_line_in_file(outcome, place))


def _at(path: str, kind: Kind, rank: int, title: str, message: str, line: int | None = None) -> _Annotation:
    """Return an annotation of a file. One whose name cannot be shown as it is, is named in the text instead."""
    if path and find_plain_path(path) is None:
        return _Annotation(kind, rank, title, f"{shorten_path(path)}\n{message}")
    return _Annotation(kind, rank, title, message, path, line)


def _command(annotation: _Annotation) -> str:
    properties = {"title": clip(one_line(annotation.title), _LONGEST_TITLE)}
    if annotation.path:
        properties["file"] = annotation.path
        if annotation.line is not None:
            properties["line"] = str(annotation.line)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{annotation.kind} {listed}::{_data(annotation.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
