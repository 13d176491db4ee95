"""The result of grading a change, such as a pull request: the record behind every report of `grader ci`.

It travels as JSON from the CI job that graded to the job that comments. The second trusts nothing but its schema.
"""

from typing import Literal

import msgspec

from grader.protocol.verdict import Curve, Record, Severity, Status, Verdict

MAX_BYTES = 20_000_000  # of the record as JSON


class Note(Record, frozen=True):
    """A remark about the change as a whole, or about one of its files. A change with an error has not passed."""

    severity: Severity
    text: str  # in the language of the change
    path: str = ""  # of the file in the repository; "" for the change as a whole


class SubmissionOutcome(Record, frozen=True, kw_only=True):
    """The result of one submission of the change. Exactly one of `verdict`, `problem` and `fault` is set."""

    path: str  # of the file in the repository, with / between folders, as valid Unicode
    exercise: str  # id of the exercise
    verdict: Verdict | None = None  # None where the submission was not graded
    curves: tuple[Curve, ...] = ()  # training curves, for the report
    problem: str = ""  # why the file cannot be read; "" where it can
    fault: str = ""  # what went wrong in the grader, never in the submission; "" where nothing did
    is_rubric_broken: bool = False  # the fault is one of the exercise's rubric, and says which
    report: str = ""  # file name of its HTML report, beside the record

    def __post_init__(self) -> None:
        if (self.verdict is not None) + bool(self.problem) + bool(self.fault) != 1:
            raise ValueError("exactly one of verdict, problem and fault is expected")


class ChangeResult(Record, frozen=True, kw_only=True):
    """The result of a change as a whole. All sentences are already in `language`."""

    schema: Literal[1] = 1
    language: str  # code of the language, such as "en"
    base: str = ""  # hash of the commit whose course judged; "" where files were named or nothing was compared
    head: str = ""  # hash of the commit that was graded
    # Where the rubrics come from: the base commit, a folder on the grader's own side, the installed package.
    course: Literal["base", "folder", "shipped"]
    pass_mark: float | None = None  # per cent of the points that are enough; None: every criterion has to pass
    outcomes: tuple[SubmissionOutcome, ...] = ()  # one for each submission of the change
    notes: tuple[Note, ...] = ()


Result = Literal["passed", "waiting", "not_passed", "unreadable", "not_graded"]  # from good to bad


def result(outcome: SubmissionOutcome, pass_mark: float | None) -> Result:
    """Classify the result of one submission.

    "waiting": nothing is missing but points that a person gives. Nobody's change fails for that alone.

    Args:
        outcome: the result of the submission.
        pass_mark: per cent of the points that are enough; None: every criterion has to pass.
    """
    if outcome.verdict is None:
        return "unreadable" if outcome.problem else "not_graded"
    verdict, waiting = outcome.verdict, outcome.verdict.waiting
    if verdict.status is Status.NOT_GRADED and not waiting:
        return "not_graded"
    if pass_mark is None:
        has_passed = all(c.status is Status.PASSED for c in verdict.criteria if c not in waiting)
        has_passed &= bool(waiting) or verdict.status is Status.PASSED
    else:
        reachable = verdict.points + sum(c.max_points + c.bonus for c in waiting)
        has_passed = reachable >= verdict.max_points * pass_mark / 100
    if not has_passed:
        return "not_passed"
    return "waiting" if waiting else "passed"


def encode(change: ChangeResult) -> bytes:
    """Encode the result as indented JSON, keys in the order of the schema."""
    return msgspec.json.format(msgspec.json.encode(change), indent=2) + b"\n"


def decode(data: bytes) -> ChangeResult:
    """Decode a result from JSON. Raises `msgspec.ValidationError` for anything else, or above `MAX_BYTES`."""
    if len(data) > MAX_BYTES:
        raise msgspec.ValidationError(f"{len(data)} bytes; at most {MAX_BYTES} are read")
    return msgspec.json.decode(data, type=ChangeResult)


_CODES: dict[Result, int] = {"passed": 0, "waiting": 0, "not_passed": 1, "unreadable": 2, "not_graded": 3}
_ORDER: tuple[Result, ...] = tuple(_CODES)


def worst(change: ChangeResult) -> Result:
    """Return the worst result of a change's submissions; a note that is an error counts as an unreadable file."""
    results: list[Result] = [result(outcome, change.pass_mark) for outcome in change.outcomes]
    if any(note.severity == "error" for note in change.notes):
        results.append("unreadable")
    return max(results, key=_ORDER.index, default="passed")


def exit_code(change: ChangeResult) -> int:
    """Return the exit code of `grader ci` for a change, one of `grader.core.exit_codes`."""
    return _CODES[worst(change)]
