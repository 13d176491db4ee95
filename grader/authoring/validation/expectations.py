"""What the course's own solutions claim: the reference all points, the stub none, each variant what it says.

A variant says so in comments at its top:

    # loses: head_and_loss=0.5, accuracy     (or: nothing)
    # why: one sentence
    # from: reference                        (optional: this file only redefines what differs)
"""

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.i18n import Words, _
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import CriterionVerdict, Status, Verdict
from grader.submission.reader import read

_HEADER = re.compile(r"^#\s*(loses|why|from):\s*(.+?)\s*$", re.MULTILINE)
EMPTY = "# nothing\n"


class ExpectationError(UserError):
    """Solutions that are missing, or a variant that does not say what it must lose. `text` says which."""


@dataclass(frozen=True)
class Expectation:
    """What a submission of the course's own must lose: criteria, and the share that each keeps (None: not all)."""

    name: str
    submission: Submission
    loses: Mapping[str, float | None]
    untouched: bool = False  # a stub: every criterion has to be `not_attempted`
    empty: bool = False  # a file without any code: no criterion may give points
    from_reference: bool = False  # the reference with some names defined anew


def read_expectations(course: Course, exercise: str) -> tuple[Expectation, ...]:
    """Return what there is to prove of an exercise.

    Raises `ExpectationError` where a reference, a stub, or all variants are missing, and for a variant without its
    header; `UnreadableSubmission` for a file that is no submission.
    """
    stubs = course.folder / "exercises" / exercise
    reference = course.folder / "reference" / exercise
    _require(reference / "submission.py", exercise)
    _require(stubs / "submission.py", exercise)
    variants = sorted((reference / "variants").glob("*.*"))
    if not variants:
        raise ExpectationError(
            _(
                "{exercise} has no variants: there is no file in {folder}. Write right solutions in other styles "
                "and wrong ones.",
                exercise=exercise,
                folder=str(reference / "variants"),
            )
        )
    claims = [Expectation(f"reference{p.suffix}", read(p), {}) for p in _files(reference)]
    claims += [Expectation(f"stub{p.suffix}", read(p), {}, untouched=True) for p in _files(stubs)]
    claims += [Expectation("empty.py", script(EMPTY, "empty.py"), {}, empty=True)]
    claims += [_variant(p, reference / "submission.py") for p in variants]
    return tuple(claims)


def _require(file: Path, exercise: str) -> None:
    if not file.is_file():
        raise ExpectationError(
            _(
                "{exercise} has no {file}: a rubric is proven on a reference solution, a stub, and variants.",
                exercise=exercise,
                file=str(file),
            )
        )


def _files(folder: Path) -> list[Path]:
    """Return the script, and the notebook where there is one."""
    return [p for suffix in (".py", ".ipynb") if (p := folder / f"submission{suffix}").is_file()]


def script(text: str, name: str) -> Submission:
    """Return a submission of one file that is not on disk."""
    return Submission(name, hashlib.sha256(text.encode()).hexdigest(), "script", (Unit(text, text),))


def _variant(path: Path, reference: Path) -> Expectation:
    submission = read(path)
    header = dict(_HEADER.findall(submission.units[0].original))
    if "loses" not in header or "why" not in header:
        raise ExpectationError(_("{file} has to begin with '# loses: ...' and '# why: ...'", file=path.name))
    from_reference = header.get("from") == "reference"
    if from_reference:
        submission = _joined(reference, path)
    loses: dict[str, float | None] = {}
    for part in header["loses"].split(","):
        name, _unused, keeps = part.strip().partition("=")
        if name != "nothing":
            loses[name] = _share(keeps, path) if keeps else None
    return Expectation(path.name, submission, loses, from_reference=from_reference)


def _share(text: str, path: Path) -> float:
    try:
        return float(text)
    except ValueError:
        raise ExpectationError(
            _(
                "{file}: what a criterion keeps is a share such as 0.5; received {received!r}",
                file=path.name,
                received=text,
            )
        ) from None


def _joined(reference: Path, path: Path) -> Submission:
    with tempfile.TemporaryDirectory() as folder:
        joined = Path(folder) / path.name
        joined.write_text(f"{reference.read_text('utf-8')}\n\n{path.read_text('utf-8')}", "utf-8")
        return read(joined)


def complaint_about(claim: Expectation, verdict: Verdict) -> Words | None:
    """Return what is not as the claim says, or None."""
    if claim.untouched or claim.empty:
        return _about_nothing(claim, verdict)
    unknown = set(claim.loses) - {c.id for c in verdict.criteria}
    if unknown:
        return _("no such criterion: {criteria}", criteria=", ".join(sorted(unknown)))
    wrong = [f"{c.id} {c.points:g}/{c.max_points:g}" for c in verdict.criteria if not _as_claimed(c, claim.loses)]
    if wrong:
        return _("other points than claimed: {criteria}", criteria=", ".join(wrong))
    if not claim.loses and not all(item.agrees for item in verdict.certification):
        return _("loses nothing, but the network is not certified")
    alarms = sorted({h.id for c in verdict.criteria for h in c.hints if h.severity != "tip"})
    if not claim.loses and alarms:
        return _("loses nothing, but shows misconceptions: {alarms}", alarms=", ".join(alarms))
    return None


def _about_nothing(claim: Expectation, verdict: Verdict) -> Words | None:
    """Return what is wrong with the verdict on a stub or an empty file."""
    gifts = ", ".join(c.id for c in verdict.criteria if c.points > 0)
    if gifts:
        return _("gives points for nothing, so it checks nothing: {criteria}", criteria=gifts)
    attempted = [c.id for c in verdict.criteria if c.status is not Status.NOT_ATTEMPTED]
    if claim.untouched and attempted:
        return _("not untouched: {criteria}", criteria=", ".join(attempted))
    return None


def _as_claimed(criterion: CriterionVerdict, loses: Mapping[str, float | None]) -> bool:
    if criterion.id not in loses:
        return criterion.points >= criterion.max_points
    share = loses[criterion.id]
    if share is None:
        return criterion.points < criterion.max_points
    return abs(criterion.points - share * criterion.max_points) < 0.01
