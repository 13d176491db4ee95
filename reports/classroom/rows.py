"""Build the rows of the dashboard's table, and links to reports.

Strings of submissions are made safe where they enter a line, and only those that are shown: the verdicts of
thousands of students hold far more.
"""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import one_line, visible
from grader.protocol.gradebook import GradebookEntry, RuleKind
from grader.protocol.verdict import Status
from reports.classroom.pictures import LETTERS, strip_classes
from reports.classroom.summary import ClassSummary, lacks_isolation
from reports.common.numbers import Numbers
from reports.submission.adjustments import shorten_name

# What the table shows of a hand-in besides its mark; the page filters by the names.
FLAGS: dict[str, Message] = {
    "late": _("late"),
    "adjusted": _("adjusted"),
    "rules": _("by the rules"),
    "uncertified": _("not certified"),
    "unwalled": _("wall missing"),
    "slow": _("long run"),
    "large": _("much memory"),
}
UNDECIDED = "undecided"
# Letters with a stroke through them have no accent that could be taken away.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def lost_token(place: int) -> str:
    """Return what the table is filtered by to see who did not pass the criterion at a place."""
    return f"x{place}"


def filter_style(criteria: int) -> str:
    """Return the rules that hide the others once the link to those who lost a criterion was followed.

    They depend on nothing but the number of criteria, and need no script.
    """
    return "".join(
        f'.all:has(#lost-{token}:target) tbody tr:not([data-f~="{token}"]){{display:none}}\n'
        for token in map(lost_token, range(criteria))
    )


class StudentLink(msgspec.Struct, frozen=True):
    """A student's name that links to the report; `href` is empty where there is none."""

    name: str
    student: str  # tells people of the same name apart; empty where the name says the same
    href: str
    remark: str = ""  # shown behind the name


class TableRow(msgspec.Struct, frozen=True):
    """One row of the table. It is sorted by `keys`, and filtered by `tokens`."""

    person: StudentLink
    mark: str
    provisional: bool  # there are points, but nobody has decided everything yet
    status: Status
    passed: str
    strip: str
    flags: str
    seconds: str
    keys: str
    tokens: str


def link_to_student(entry: GradebookEntry, remark: str = "", criterion: str = "") -> StudentLink:
    """Return a student's name with the link to the report, or to one criterion in it."""
    href = safe_address(entry.report)
    if href and criterion:
        href += "#" + quote(f"criterion-{criterion}", safe="", errors="replace")
    name, student = shorten_name(entry.name), shorten_name(entry.student)
    return StudentLink(name or student or "–", student if name not in {"", student} else "", href, remark)


def safe_address(path: str) -> str:
    """Return the address of a file below the dashboard's folder; nothing for a path to anywhere else."""
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", path) or not all(map(_harmless, path.split("/"))):
        return ""
    return quote(path)


def _harmless(part: str) -> bool:
    return part not in {"", ".", ".."} and "\\" not in part and visible(part) == one_line(part) == part


def name_sort_key(entry: GradebookEntry) -> tuple[list[str | int], str]:
    """Return the key that entries are sorted by: ä with a, as in a German dictionary, and numbers as numbers.

    Once somebody sorts in the browser, its own rules for the page's language hold.
    """
    return sort_name(link_to_student(entry).name), entry.student


def sort_name(name: str) -> list[str | int]:
    """Return the key that names are sorted by."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(c for c in plain if not unicodedata.combining(c)).translate(_STROKES)
    parts: list[str | int] = list(re.split(r"([0-9]+)", folded))
    parts[1::2] = [int(number) for number in parts[1::2]]
    return parts


def is_ruled(entry: GradebookEntry) -> bool:
    """Return whether a rule of the course decided something about this student: somebody may ask why.

    Rounding and times that are not known are often the same for the whole class.
    """
    return any(rule.rule not in {RuleKind.ROUNDING, RuleKind.UNKNOWN_TIME} for rule in entry.rules)


class RowMaker:
    """Builds the rows of the table in one language."""

    def __init__(
        self, summary: ClassSummary, misconceptions: Mapping[str, str], causes: Mapping[str, str], language: str
    ) -> None:
        """Prepare rows that can be filtered by hints and by the criteria that tell the cause of others.

        Args:
            summary: of the class.
            misconceptions: what the table is filtered by, for each hint that it can be filtered by.
            causes: the same for each criterion that tells the cause of others.
            language: of the page.
        """
        self.translate, self.number = Translator(language), Numbers(language)
        self.order = {criterion.id: place for place, criterion in enumerate(summary.criteria)}
        self.misconceptions, self.causes = misconceptions, causes
        self.slow = {o.entry.student for o in summary.seconds.outliers} if summary.seconds else set()
        self.large = {o.entry.student for o in summary.memory.outliers} if summary.memory else set()

    def __call__(self, entry: GradebookEntry) -> TableRow:
        """Return the row of one student."""
        verdict, final = entry.verdict, entry.mark is not None
        criteria = verdict.criteria if verdict is not None else ()
        passed = sum(criterion.status is Status.PASSED for criterion in criteria)
        seconds = verdict.resources.wall_seconds if verdict is not None else None
        flags = self.flags(entry)
        causes = dict.fromkeys(self.causes[c.same_cause_as] for c in criteria if c.same_cause_as in self.causes)
        lost = [lost_token(self.order[c.id]) for c in criteria if c.status is not Status.PASSED]
        undecided = [] if final else [UNDECIDED]
        tokens = [LETTERS[entry.status], *flags, *undecided, *self.hints(entry), *causes, *lost]
        share = passed / len(criteria) if criteria else None
        keys = (entry.points, list(Status).index(entry.status), share, len(flags), seconds)
        return TableRow(
            person=link_to_student(entry),
            mark="–" if entry.points is None else self.number.points(entry.points),
            provisional=entry.points is not None and not final,
            status=entry.status,
            passed=f"{passed}/{len(criteria)}" if criteria else "–",
            strip=strip_classes(criteria, self.order),
            flags=", ".join(self.translate(FLAGS[flag]) for flag in flags),
            seconds="–" if seconds is None else self.number.seconds(seconds),
            keys=" ".join("-" if key is None else f"{key:.7g}" for key in keys),
            tokens=" ".join(tokens),
        )

    def flags(self, entry: GradebookEntry) -> list[str]:
        """Return the flags of a hand-in that hold."""
        verdict = entry.verdict
        holds = {
            "late": entry.late,
            "adjusted": bool(entry.adjustments),
            "rules": is_ruled(entry),
            "uncertified": verdict is not None and verdict.certified is False,
            "unwalled": verdict is not None and lacks_isolation(verdict),
            "slow": entry.student in self.slow,
            "large": entry.student in self.large,
        }
        return [flag for flag in FLAGS if holds[flag]]

    def hints(self, entry: GradebookEntry) -> list[str]:
        """Return the filters for the misconceptions that a hand-in shows."""
        criteria = entry.verdict.criteria if entry.verdict is not None else ()
        hint_ids = dict.fromkeys(hint.id for criterion in criteria for hint in criterion.hints)
        return [self.misconceptions[name] for name in hint_ids if name in self.misconceptions]
