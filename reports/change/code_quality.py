"""The answer as GitLab's code quality report: what it shows beside the lines of a merge request.

A subset of Code Climate's format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from typing import Any

import msgspec

from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, Outcome
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
    shown = ChangeWording(sanitize_record(answer, _LONGEST))
    findings = _Findings()
    for note, original in zip(shown.answer.notes, answer.notes, strict=True):
        findings.add(f"note-{note.severity}", _NOTES[note.severity], original.path, note.text)
    for outcome, original_outcome in zip(shown.answer.outcomes, answer.outcomes, strict=True):
        _submission(outcome, original_outcome.path, shown, findings)
    return msgspec.json.format(msgspec.json.encode(findings.found), indent=2).decode() + "\n"


def _submission(outcome: Outcome, path: str, speaker: ChangeWording, findings: "_Findings") -> None:
    decided = speaker.result(outcome)
    if outcome.verdict is None:
        severity = "blocker" if decided == "unreadable" else "critical"
        findings.add(decided, severity, path, speaker.sentence(outcome))
        return
    below = False
    for criterion in outcome.verdict.criteria:
        if criterion.status is Status.PASSED:
            continue
        below = True
        severity = _CRITERIA[criterion.status]
        if decided == "passed" and criterion.status is not Status.NOT_GRADED:
            severity = "info"
        line = find_line_in_file(outcome, criterion.location)
        findings.add(f"{outcome.exercise}/{criterion.id}", severity, path, _told(criterion, speaker), line or 1)
    if decided != "passed" and not below:
        findings.add(decided, "critical", path, f"{speaker.headline(outcome)}. {speaker.sentence(outcome)}")


def _told(criterion: CriterionVerdict, speaker: ChangeWording) -> str:
    return f"{criterion.title} ({speaker.points(criterion)}): {speaker.told(criterion)}"


class _Findings:
    """Findings, each with a fingerprint of its own that stays the same from run to run.

    Made of path and criterion, not of line or message: these change with each push, and GitLab would call the
    finding solved and another one new.
    """

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self.fingerprints: set[str] = set()

    def add(self, check: str, severity: str, path: str, told: str, line: int = 1) -> None:
        """Add one finding. A path that cannot be shown as it is, is shown written out, and leads nowhere."""
        self.found.append(
            {
                "description": clip(one_line(told).strip(), _LONGEST_DESCRIPTION),
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
