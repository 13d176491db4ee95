"""Proves a rubric: the reference gets everything, the stub nothing, each variant loses exactly what it says.

A variant says so in comments at its top:

    # loses: head_and_loss=0.5, accuracy     (or: nothing)
    # why: one sentence
    # from: reference                        (optional: this file only redefines what differs)
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.grade import Grader
from grader.submission import Submission, read
from grader.text import T, Words
from grader.verdict import CriterionVerdict, Status, Verdict

_HEADER = re.compile(r"^#\s*(loses|why|from):\s*(.+?)\s*$", re.MULTILINE)
EVERYTHING = "everything"


class ClaimError(ValueError):
    """A variant that does not say what it must lose."""


@dataclass(frozen=True)
class Claim:
    """What a submission of the course's own must lose: criteria, and the share that each keeps (None: not all)."""

    name: str
    submission: Submission
    loses: Mapping[str, float | None]
    untouched: bool = False  # a stub: every criterion has to be `not_attempted`


@dataclass(frozen=True)
class Proof:
    """A claim and what came of it."""

    claim: Claim
    points: float
    complaint: Words | None  # None where the claim holds


def claims_of(course: Course, exercise: str) -> tuple[Claim, ...]:
    """Return what there is to prove of an exercise. Raises `ClaimError` for a variant without its header."""
    stubs = course.folder / "exercises" / exercise
    reference = course.folder / "reference" / exercise
    claims = [Claim(f"reference{p.suffix}", read(p), {}) for p in sorted(reference.glob("submission.*"))]
    claims += [Claim(f"stub{p.suffix}", read(p), {}, untouched=True) for p in sorted(stubs.glob("submission.*"))]
    claims += [_variant(p, reference / "submission.py") for p in sorted((reference / "variants").glob("*.*"))]
    return tuple(claims)


def _variant(path: Path, reference: Path) -> Claim:
    submission = read(path)
    header = dict(_HEADER.findall(submission.units[0].original))
    if "loses" not in header or "why" not in header:
        raise ClaimError(f"{path.name} has to begin with '# loses: ...' and '# why: ...'")
    if header.get("from") == "reference":
        submission = _joined(reference, path)
    loses: dict[str, float | None] = {}
    for part in header["loses"].split(","):
        name, _, keeps = part.strip().partition("=")
        if name != "nothing":
            loses[name] = float(keeps) if keeps else None
    return Claim(path.name, submission, loses)


def _joined(reference: Path, path: Path) -> Submission:
    with tempfile.TemporaryDirectory() as folder:
        joined = Path(folder) / path.name
        joined.write_text(f"{reference.read_text('utf-8')}\n\n{path.read_text('utf-8')}", "utf-8")
        return read(joined)


def prove(grader: Grader, exercise: str, claims: tuple[Claim, ...]) -> Iterator[Proof]:
    """Grade each claim's submission, as many at once as there are processors, and compare; in the order given."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        graded = pool.map(lambda claim: grader.grade(exercise, claim.submission).verdict, claims)
        for claim, verdict in zip(claims, graded, strict=True):
            yield Proof(claim, verdict.points, complaint_about(claim, verdict))


def complaint_about(claim: Claim, verdict: Verdict) -> Words | None:
    """Return what is not as the claim says, or None."""
    if claim.untouched:
        attempted = [c.id for c in verdict.criteria if c.status is not Status.NOT_ATTEMPTED]
        return T("not untouched: {criteria}", criteria=", ".join(attempted)) if attempted else None
    unknown = set(claim.loses) - {c.id for c in verdict.criteria}
    if unknown:
        return T("no such criterion: {criteria}", criteria=", ".join(sorted(unknown)))
    wrong = [f"{c.id} {c.points:g}/{c.max_points:g}" for c in verdict.criteria if not _as_claimed(c, claim.loses)]
    if wrong:
        return T("other points than claimed: {criteria}", criteria=", ".join(wrong))
    if not claim.loses and not all(item.agrees for item in verdict.certification):
        return T("loses nothing, but the network is not certified")
    alarms = sorted({h.id for c in verdict.criteria for h in c.hints if h.severity != "tip"})
    if not claim.loses and alarms:
        return T("loses nothing, but shows misconceptions: {alarms}", alarms=", ".join(alarms))
    return None


def _as_claimed(criterion: CriterionVerdict, loses: Mapping[str, float | None]) -> bool:
    if criterion.id not in loses:
        return criterion.points >= criterion.max_points
    share = loses[criterion.id]
    if share is None:
        return criterion.points < criterion.max_points
    return abs(criterion.points - share * criterion.max_points) < 0.01
