"""What `grader ci` says about a change: one record, from which every host's form is made.

It travels as JSON from the run that graded to the one that comments, which believes nothing of it but its form.
"""

from typing import Literal

import msgspec

from grader.protocol.verdict import Curve, Record, Severity, Status, Verdict

MAX_BYTES = 20_000_000  # of the record as JSON


class Note(Record, frozen=True):
    """Something worth saying about the change as a whole, or about one of its files. An error is never green."""

    severity: Severity
    text: str
    path: str = ""  # of the file in the repository; "" for the change as a whole


class Outcome(Record, frozen=True, kw_only=True):
    """One submission of the change. Exactly one of `verdict`, `problem` and `fault` is there.

    `problem`: why it cannot be read. `fault`: what went wrong with the grader, never with the submission.
    """

    path: str  # of the file in the repository, with / between folders, as valid Unicode
    exercise: str
    verdict: Verdict | None = None
    curves: tuple[Curve, ...] = ()
    problem: str = ""
    fault: str = ""
    report: str = ""  # file name of its HTML report, beside the record

    def __post_init__(self) -> None:
        if (self.verdict is not None) + bool(self.problem) + bool(self.fault) != 1:
            raise ValueError("exactly one of verdict, problem and fault is expected")


class ChangeResult(Record, frozen=True, kw_only=True):
    """What became of a change. All sentences are already in `language`."""

    schema: Literal[1] = 1
    language: str
    base: str = ""  # hash of the commit whose course judged; "" where files were named or nothing was compared
    head: str = ""  # hash of the commit that was graded
    # Whose rubrics: the base's, those of a folder on the grader's own side, those of the package.
    course: Literal["base", "folder", "shipped"]
    pass_mark: float | None = None  # per cent of the points that are enough; None: every criterion has to pass
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[Note, ...] = ()


Result = Literal["passed", "not_passed", "unreadable", "not_graded"]


def result(outcome: Outcome, pass_mark: float | None) -> Result:
    """Return what an outcome means."""
    if outcome.verdict is None:
        return "unreadable" if outcome.problem else "not_graded"
    if outcome.verdict.status is Status.NOT_GRADED:
        return "not_graded"
    if pass_mark is None:
        enough = outcome.verdict.status is Status.PASSED
    else:
        enough = outcome.verdict.points >= outcome.verdict.max_points * pass_mark / 100
    return "passed" if enough else "not_passed"


def encode(answer: ChangeResult) -> bytes:
    """Return the record as indented JSON, keys in the order of the schema."""
    return msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n"


def decode(data: bytes) -> ChangeResult:
    """Read a record back. Raises `msgspec.ValidationError` for anything that is not exactly one."""
    if len(data) > MAX_BYTES:
        raise msgspec.ValidationError(f"{len(data)} bytes; at most {MAX_BYTES} are read")
    return msgspec.json.decode(data, type=ChangeResult)


_CODES: dict[Result, int] = {"passed": 0, "not_passed": 1, "unreadable": 2, "not_graded": 3}


def worst(answer: ChangeResult) -> Result:
    """Return what an answer means as a whole: its worst outcome. An error note is no better than a bad file."""
    found: list[Result] = [result(outcome, answer.pass_mark) for outcome in answer.outcomes]
    if any(note.severity == "error" for note in answer.notes):
        found.append("unreadable")
    return max(found, key=_CODES.__getitem__, default="passed")


def exit_code(answer: ChangeResult) -> int:
    """Return what an answer says to the shell; the codes of `command_line.ExitCode`."""
    return _CODES[worst(answer)]
