"""What a stranger's program must get, and what differs in the verdict that it gets."""

import re
from pathlib import Path

import msgspec

from grader.protocol.verdict import CriterionVerdict, Status, Verdict

HERE = Path(__file__).parent
LOST = frozenset({Status.FAILED, Status.PARTIAL, Status.SKIPPED})
KEPT = frozenset({Status.PASSED, Status.NOT_ATTEMPTED})
ALWAYS_TRUE = frozenset({"input-dim"})  # hints on style that are right wherever they come


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The verdict that one program must get, and why.

    Criteria in `must_lose` lose points, those in `may_lose` may, all others must not. The two regular expressions
    are looked for in all that is said, whatever the case of letters.
    """

    exercise: str
    note: str
    must_lose: tuple[str, ...]
    may_lose: tuple[str, ...]
    message_must_match: str = ""
    message_must_not_match: str = ""


def read_cases() -> dict[str, Case]:
    """Read what each program must get, by its name."""
    return msgspec.json.decode((HERE / "expect.json").read_bytes(), type=dict[str, Case])


def find_program(name: str, case: Case) -> Path:
    """Return the file of a program."""
    return next(path for path in (HERE / case.exercise).iterdir() if path.stem == name)


def find_differences(case: Case, verdict: Verdict) -> list[str]:
    """Return a sentence for each thing in a verdict that is not as it must be."""
    differences = [difference for c in verdict.criteria if (difference := _find_wrong_status(case, c))]
    if unknown := {*case.must_lose, *case.may_lose} - {c.id for c in verdict.criteria}:
        differences.append(f"no criteria {sorted(unknown)}")
    words = join_words(verdict)
    if case.message_must_match and not re.search(case.message_must_match, words, re.IGNORECASE | re.DOTALL):
        differences.append(f"no message says /{case.message_must_match}/")
    if case.message_must_not_match:
        misleading = re.search(case.message_must_not_match, words, re.IGNORECASE)
        differences += [f"a message says {misleading[0]!r}"] if misleading else []
    if verdict.certified is False:
        differences.append("shown as not certified")
    return differences


def _find_wrong_status(case: Case, criterion: CriterionVerdict) -> str | None:
    if criterion.id in case.may_lose and criterion.id not in case.must_lose:
        return None
    if criterion.id in case.must_lose:
        return None if criterion.status in LOST else f"{criterion.id} must lose, is {criterion.status}"
    is_consequence = criterion.status is Status.SKIPPED and bool(case.must_lose)
    if criterion.status in KEPT or is_consequence:
        return None
    return f"{criterion.id} must not lose, is {criterion.status}"


def join_words(verdict: Verdict) -> str:
    """Return all that a verdict says, without what it says to those who did not begin."""
    said = [notice.text for notice in verdict.notices]
    for criterion in verdict.criteria:
        if criterion.status is not Status.NOT_ATTEMPTED:
            said += [criterion.message, criterion.received or ""]
            said += [hint.text for hint in criterion.hints if hint.id not in ALWAYS_TRUE]
    return "\n".join(said)
