"""Records of `grader ci`, honest and hostile, small enough to read."""

from typing import Any

import msgspec

from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome, encode
from grader.protocol.verdict import (
    CriterionVerdict,
    Hint,
    Isolation,
    Location,
    Resources,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
)

HEAD = "1234567890abcdef1234567890abcdef12345678"

# What a submission, a file name or a forged record may say, to be taken for something else.
HOSTILE = (
    "@teacher closes #1",
    "<img src=x onerror=alert(1)>",
    "[click](https://example.org/phish)",
    "::error::forged",
    "##[add-mask]forged",
    "<!-- keras-grader -->",
    "/close",
    "a\nb\r\n::warning::c",
    "$(touch /tmp/owned) `id`",
    "\u202egnp.exe",
)


def verdict(message: str = "Ten outputs, one per class.", points: float = 5.0) -> Verdict:
    """Return a verdict with one criterion, which says `message`."""
    status = Status.PASSED if points == 5.0 else Status.FAILED
    criterion = CriterionVerdict(
        id="head",
        title="Output layer",
        lesson="One output per class.",
        status=status,
        points=points,
        max_points=5.0,
        message=message,
        hints=() if status is Status.PASSED else (Hint(id="h", severity="tip", text=message),),
        location=None if status is Status.PASSED else Location(file=message, line=3, source=message),
    )
    return Verdict(
        language="en",
        exercise="digits",
        title="Handwritten digits",
        submission=SubmissionInfo(name="submission.py", sha256="0" * 64),
        status=status,
        points=points,
        max_points=5.0,
        certified=None,
        certification=(),
        notices=(),
        isolation=Isolation(mode="walls"),
        versions=Versions(
            python="3.11", tensorflow="2", keras="3", numpy="1", scikit_learn="1", grader="0", rubric="r"
        ),
        seeds=(0,),
        resources=Resources(wall_seconds=1.0, cpu_seconds=1.0, peak_mib=1.0),
        criteria=(criterion,),
    )


def answer(*texts: str, **changes: Any) -> ChangeResult:
    """Return a record in which every text of a stranger is one of `texts`; without any, a good one."""
    outcomes = [
        SubmissionOutcome(path=f"{text}.py", exercise="digits", verdict=verdict(text, 0.0)) for text in texts
    ]
    notes = [Note(severity="warning", text=text, path=text) for text in texts]
    good = SubmissionOutcome(
        path="digits/submission.py", exercise="digits", verdict=verdict(), report="1-digits.html"
    )
    made = ChangeResult(
        language="en", base="b" * 40, head=HEAD, course="base", outcomes=(good, *outcomes), notes=(*notes,)
    )
    return msgspec.structs.replace(made, **changes)


def data(*texts: str, **changes: Any) -> bytes:
    """Return the same as JSON."""
    return encode(answer(*texts, **changes))
