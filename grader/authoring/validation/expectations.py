"""The points that the course's own submissions are expected to get: the reference all, the stub none.

A variant of the reference is a right solution in another style, or a wrong one.

It says in comments at its top what it loses:

    # loses: head_and_loss=0.5, accuracy     (or: nothing)
    # usually loses: r2                      (with the practice secret, and with most others; may be left out)
    # may lose: probabilities                (where it depends on the data; may be left out)
    # why: one sentence
    # from: reference                        (optional: this file only redefines what differs)
"""

import hashlib
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.i18n import Words, _
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import CriterionVerdict, Status, Verdict
from grader.submission.reader import read

_HEADER = re.compile(r"^#\s*(loses|usually loses|may lose|why|from):\s*(.+?)\s*$", re.MULTILINE)
EMPTY = "# nothing\n"


class ExpectationError(UserError):
    """A submission is missing, or a variant does not say what it must lose. `text` says which."""


@dataclass(frozen=True)
class Expectation:
    """The points that one of the course's own submissions has to lose."""

    name: str
    submission: Submission
    loses: Mapping[str, float | None]  # by criterion: the share of its points that is kept; None: any but all
    usually_loses: frozenset[str] = frozenset()  # criteria that a few secrets let it keep by luck
    may_lose: frozenset[str] = frozenset()  # criteria whose points depend on the data that the secret gives
    is_stub: bool = False  # every criterion has to be `not_attempted`
    is_empty: bool = False  # a file without any code: no criterion may give points
    from_reference: bool = False  # the reference with some names defined anew


def read_expectations(course: Course, exercise: str) -> tuple[Expectation, ...]:
    """Read an exercise's own submissions with what each has to lose, that of the reference first.

    Raises:
        ExpectationError: The reference, the stub or all variants are missing, or a variant lacks its header.
        UnreadableSubmission: A file is no submission.
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
    expectations = [Expectation(f"reference{p.suffix}", read(p), {}) for p in _files(reference)]
    expectations += [Expectation(f"stub{p.suffix}", read(p), {}, is_stub=True) for p in _files(stubs)]
    expectations += [Expectation("empty.py", make_script(EMPTY, "empty.py"), {}, is_empty=True)]
    expectations += [_variant(p, reference / "submission.py") for p in variants]
    return tuple(expectations)


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


def make_script(text: str, name: str) -> Submission:
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
    usually_loses, may_lose = (
        frozenset(name.strip() for name in header.get(kind, "").split(",") if name.strip())
        for kind in ("usually loses", "may lose")
    )
    return Expectation(path.name, submission, loses, usually_loses, may_lose, from_reference=from_reference)


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


def find_complaint(
    expectation: Expectation,
    verdict: Verdict,
    by_hand: Collection[str] = frozenset(),
    *,
    is_one_of_many: bool = False,
) -> Words | None:
    """Return what is not as expected in the verdict on a submission of the course's own, or None.

    `by_hand`: the criteria that a person judges. They have to be not graded, unless they are lost.
    `is_one_of_many`: many secrets are tried, and what is usually lost may be kept with this one.
    """
    if expectation.is_stub or expectation.is_empty:
        return _find_points_for_nothing(expectation, verdict)
    named = set(expectation.loses) | expectation.usually_loses | expectation.may_lose
    unknown = named - {c.id for c in verdict.criteria}
    if unknown:
        return _("no such criterion: {criteria}", criteria=", ".join(sorted(unknown)))
    # Where evidence contradicts itself, it is right that nothing about the network is decided.
    is_consistent = all(item.agrees for item in verdict.certification)
    undecided = [
        f"{c.id} ({c.message})" for c in verdict.criteria if c.status is Status.NOT_GRADED and c.id not in by_hand
    ]
    if undecided and is_consistent:
        return _("the grader could not decide: {criteria}", criteria=", ".join(undecided))
    loses = {**expectation.loses, **dict.fromkeys(expectation.usually_loses)}
    free = expectation.may_lose | (expectation.usually_loses if is_one_of_many else frozenset())
    judged = [c for c in verdict.criteria if c.id not in free]
    wrong = [
        _describe_points(c)
        for c in judged
        if not (_is_waiting_as_expected(c, loses) if c.id in by_hand else _is_as_expected(c, loses))
    ]
    if wrong:
        return _("other points than expected: {criteria}", criteria=", ".join(wrong))
    if not loses and not is_consistent:
        return _("loses nothing, but the network is not certified")
    alarms = sorted({h.id for c in verdict.criteria for h in c.hints if h.severity != "tip"})
    if not loses and alarms:
        return _("loses nothing, but shows misconceptions: {alarms}", alarms=", ".join(alarms))
    return None


def list_kept(expectation: Expectation, verdict: Verdict) -> tuple[str, ...]:
    """Return the criteria that a submission usually loses and got all points for."""
    usual = [c for c in verdict.criteria if c.id in expectation.usually_loses]
    return tuple(c.id for c in usual if c.points >= c.max_points)


def _describe_points(criterion: CriterionVerdict) -> str:
    """Return what a criterion got, and why where that is not all."""
    points = f"{criterion.id} {criterion.points:g}/{criterion.max_points:g}"
    return points if criterion.points >= criterion.max_points else f"{points} ({criterion.message})"


def _find_points_for_nothing(expectation: Expectation, verdict: Verdict) -> Words | None:
    """Return what is wrong with the verdict on a stub or an empty file."""
    gifts = ", ".join(c.id for c in verdict.criteria if c.points > 0)
    if gifts:
        return _("gives points for nothing, so it checks nothing: {criteria}", criteria=gifts)
    attempted = [c.id for c in verdict.criteria if c.status is not Status.NOT_ATTEMPTED]
    if expectation.is_stub and attempted:
        return _("not recognised as not attempted: {criteria}", criteria=", ".join(attempted))
    return None


def _is_waiting_as_expected(criterion: CriterionVerdict, loses: Mapping[str, float | None]) -> bool:
    """Return whether a criterion waits for a person where there is something to judge, and only there."""
    return (criterion.status is Status.NOT_GRADED) is (criterion.id not in loses)


def _is_as_expected(criterion: CriterionVerdict, loses: Mapping[str, float | None]) -> bool:
    if criterion.id not in loses:
        return criterion.points >= criterion.max_points
    share = loses[criterion.id]
    if share is None:
        return criterion.points < criterion.max_points
    return abs(criterion.points - share * criterion.max_points) < 0.01
