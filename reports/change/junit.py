"""Render the result of a change as JUnit XML, for whatever shows test results: GitLab, Jenkins and others.

One suite per submission, one test case per criterion. Such viewers know four colours, so that

- `failure` is what costs points: failed, partial, and not attempted;
- `skipped` is what waits for another criterion, which is red itself, or for points of a person, and what is below
  full points although the pass mark was reached: it stays visible and turns nothing red;
- `error` is what could not be judged: not graded, unreadable, a fault of the grader, and each error note.

A suite is never green by accident: where the outcome is not "passed" and no criterion says so, a case of its own
does. Elements and attributes are those that both GitLab's documentation and Jenkins' schema (junit-10.xsd of its
xUnit plugin) name.
"""

from xml.etree import ElementTree as ET

import msgspec

from grader.core.i18n import _
from grader.core.sanitize import one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, SubmissionOutcome
from grader.protocol.verdict import CriterionVerdict, Status
from reports.change.wording import ChangeWording, shorten_path, shorten_title
from reports.common import symbols

_LONGEST = 2000  # characters of a sentence

_KINDS: dict[Status, str] = {
    Status.PASSED: "",
    Status.PARTIAL: "failure",
    Status.FAILED: "failure",
    Status.SKIPPED: "skipped",
    Status.NOT_ATTEMPTED: "failure",
    Status.NOT_GRADED: "error",
}


class _Case(msgspec.Struct, frozen=True):
    """One line of a viewer of test results. `kind`: failure, error, skipped; empty for a passed one."""

    name: str
    kind: str = ""
    type: str = ""
    message: str = ""
    text: str = ""


def render_junit(answer: ChangeResult) -> str:
    """Return the answer as XML, in `answer.language`. Raises `ValueError` for a language without a catalogue."""
    wording = ChangeWording(sanitize_record(answer, _LONGEST))
    root = ET.Element("testsuites", name="grader")
    names = _Names()
    for outcome in wording.answer.outcomes:
        suite = _suite(shorten_path(outcome.path), _cases(outcome, wording), names)
        if outcome.verdict is not None:
            suite.set("time", f"{max(0.0, outcome.verdict.resources.wall_seconds):.2f}")
        root.append(suite)
    if change := _change(wording):
        root.append(_suite(wording.translate(_("The change as a whole")), change, names))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _cases(outcome: SubmissionOutcome, wording: ChangeWording) -> list[_Case]:
    verdict, decided = outcome.verdict, wording.result(outcome)
    whole = _Case(
        name=wording.translate(_("Submission as a whole")),
        kind={"not_passed": "failure", "waiting": "skipped"}.get(decided, "error"),
        type=decided,
        message=one_line(wording.headline(outcome)),
        text=f"{wording.sentence(outcome)}\n{wording.pass_mark()}",
    )
    if verdict is None:
        return [whole]
    enough = decided in {"passed", "waiting"}
    waiting = verdict.waiting
    cases = [
        _case(criterion, wording, enough=enough, waits=criterion in waiting) for criterion in verdict.criteria
    ]
    kinds = {case.kind for case in cases}
    if wording.answer.pass_mark is not None and decided != "not_graded":
        # Whether the points are enough is decided by none of the criteria.
        cases.insert(0, _Case(name=whole.name) if decided == "passed" else whole)
    elif not enough and not kinds & ({"error"} if decided == "not_graded" else {"error", "failure"}):
        cases.insert(0, whole)
    return cases or [_Case(name=whole.name)]


def _case(criterion: CriterionVerdict, wording: ChangeWording, *, enough: bool, waits: bool) -> _Case:
    kind = _KINDS[criterion.status]
    if waits or (enough and kind == "failure"):
        kind = "skipped"
    word = wording.translate(symbols.STATUS[criterion.status].word)
    return _Case(
        name=shorten_title(criterion.title) or criterion.id,
        kind=kind,
        type=str(criterion.status),
        message=one_line(f"{word}, {wording.points(criterion)}: {criterion.message}"),
        text=wording.explain(criterion),
    )


def _change(wording: ChangeWording) -> list[_Case]:
    """Return the cases that belong to no submission. Without any case, nothing would be shown."""
    cases = [
        _Case(
            name=shorten_path(note.path) or wording.translate(_("The change as a whole")),
            kind="error",
            type="error",
            message=one_line(note.text),
            text=note.text,
        )
        for note in wording.errors()
    ]
    if not cases and not wording.answer.outcomes:
        cases.append(_Case(name=wording.title(), kind="skipped", type="nothing", message=wording.nothing()))
    return cases


def _suite(name: str, cases: list[_Case], names: "_Names") -> ET.Element:
    counts = {kind: sum(case.kind == kind for case in cases) for kind in ("failure", "error", "skipped")}
    name = _name(name)
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
    )
    for case in cases:
        # GitLab shows the class as the suite.
        element = ET.SubElement(suite, "testcase", classname=name, name=names.unique(name, _name(case.name)))
        if case.kind:
            detail = ET.SubElement(element, case.kind, type=case.type, message=_allowed(case.message))
            detail.text = _allowed(case.text)
    return suite


class _Names:
    """GitLab shows the first only of test cases with the same names."""

    def __init__(self) -> None:
        self.used: set[tuple[str, str]] = set()

    def unique(self, suite: str, name: str) -> str:
        """Return `name`, with a number if it was there before."""
        number, tried = 1, name
        while (suite, tried) in self.used:
            number += 1
            tried = f"{name} ({number})"
        self.used.add((suite, tried))
        return tried


def _name(text: str) -> str:
    """Return a name; an empty one is none."""
    return _allowed(text).strip() or "–"


def _allowed(text: str) -> str:
    """Return `text` without the two characters that XML 1.0 cannot hold and `sanitize_record` leaves."""
    return text.replace("\ufffe", "⟨U+FFFE⟩").replace("\uffff", "⟨U+FFFF⟩")
