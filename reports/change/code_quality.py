"""Render the result of a change as GitLab's code quality report: remarks beside the lines of a merge request.

A subset of Code Climate's format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from typing import Any

import msgspec

from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, SubmissionOutcome
from grader.protocol.verdict import CriterionVerdict, Severity, Status
from reports.change.wording import ChangeWording, find_line_in_file, find_plain_path, shorten_path

_LONGEST = 600  # characters of a sentence; GitLab shows one line
_LONGEST_DESCRIPTION = 1000

_CRITERIA: dict[Status, str] = {
    Status.PARTIAL: "minor",
    Status.FAILED: "major",
    Status.SKIPPED: "info",
    Status.NOT_ATTEMPTED: "major",
    Status.NOT_GRADED: "critical",
}
_NOTES: dict[Severity, str] = {"error": "blocker", "warning": "minor", "tip": "info"}


def render_code_quality(answer: ChangeResult) -> str:
    """Return the findings as JSON, in `answer.language`.

    Raises `ValueError` for a language without a catalogue.
    """
    wording = ChangeWording(sanitize_record(answer, _LONGEST))
    findings = _Findings()
    for note, original in zip(wording.answer.notes, answer.notes, strict=True):
        findings.add(f"note-{note.severity}", _NOTES[note.severity], original.path, note.text)
    for outcome, original_outcome in zip(wording.answer.outcomes, answer.outcomes, strict=True):
        _submission(outcome, original_outcome.path, wording, findings)
    return msgspec.json.format(msgspec.json.encode(findings.records), indent=2).decode() + "\n"


def _submission(outcome: SubmissionOutcome, path: str, wording: ChangeWording, findings: "_Findings") -> None:
    decided = wording.result(outcome)
    if outcome.verdict is None:
        severity = "blocker" if decided == "unreadable" else "critical"
        findings.add(decided, severity, path, wording.sentence(outcome))
        return
    below = False
    for criterion in outcome.verdict.criteria:
        if criterion.status is Status.PASSED:
            continue
        below = True
        severity = _CRITERIA[criterion.status]
        is_enough = decided in {"passed", "waiting"} and criterion.status is not Status.NOT_GRADED
        if is_enough or criterion in outcome.verdict.waiting:
            severity = "info"
        line = find_line_in_file(outcome, criterion.location)
        findings.add(
            f"{outcome.exercise}/{criterion.id}", severity, path, _describe(criterion, wording), line or 1
        )
    if decided != "passed" and not below:
        findings.add(decided, "critical", path, f"{wording.headline(outcome)}. {wording.sentence(outcome)}")


def _describe(criterion: CriterionVerdict, wording: ChangeWording) -> str:
    return f"{criterion.title} ({wording.points(criterion)}): {wording.explain(criterion)}"


class _Findings:
    """Findings, each with a fingerprint of its own that stays the same from run to run.

    Made of path and criterion, not of line or message: these change with each push, and GitLab would call the
    finding solved and another one new.
    """

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.fingerprints: set[str] = set()

    def add(self, check: str, severity: str, path: str, description: str, line: int = 1) -> None:
        """Add one finding. A path that cannot be shown as it is, is shown written out, and leads nowhere."""
        self.records.append(
            {
                "description": clip(one_line(description).strip(), _LONGEST_DESCRIPTION),
                "check_name": clip(one_line(check), 200),
                "fingerprint": self._fingerprint(check, path),
                "severity": severity,
                "location": {"path": find_plain_path(path) or shorten_path(path) or ".", "lines": {"begin": line}},
            }
        )

    def _fingerprint(self, check: str, path: str) -> str:
        number = 0
        while True:
            key = msgspec.json.encode([check, path.encode("utf-8", "backslashreplace"), number])
            fingerprint = hashlib.sha256(key).hexdigest()
            if fingerprint not in self.fingerprints:
                self.fingerprints.add(fingerprint)
                return fingerprint
            number += 1
