"""The pages of a class: a report per student and the dashboard, under pseudonyms where these are asked for."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from functools import cached_property

import msgspec

from grader.classroom.folder import DASHBOARD, SIMILARITY, ClassFolder
from grader.classroom.mark_changes import ShownMark, list_shown_marks
from grader.classroom.policies.mark_decider import MarkDecider
from grader.classroom.pseudonyms import anonymise, anonymise_code, pseudonym
from grader.classroom.store import HandInRow, Store
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Exhibits, Location, Notice, Verdict
from reports.classroom import dashboard
from reports.classroom.rows import link_to_student, name_sort_key
from reports.submission import html
from reports.submission.class_place import (
    ClassPlace,
    Neighbours,
    ReportLink,
    exchange_neighbours,
    find_neighbours,
    render_neighbours,
)

HEAD_LENGTH = 1 << 16  # characters of a report within which its line about the class stands
SALT = "salt of pseudonyms"  # name of the setting in the store
SHOWN_MARKS = "shown marks of "  # likewise, before the name of the series


class Publisher:
    """Writes what people read about a class. All of it can be made again from the store.

    Everybody who shows a mark gets it from here: the course's policy is applied on the way out of the store.
    """

    def __init__(self, folder: ClassFolder, store: Store) -> None:
        """Read the policy. Raises `PolicyError`."""
        self.folder, self.store = folder, store
        self.marks = MarkDecider(folder, store)
        self._salt: bytes | None = None
        if folder.settings.anonymous:
            self._salt = bytes.fromhex(store.set_default_setting(SALT, secrets.token_hex(32)))

    @property
    def series(self) -> str:
        """Return the name of the class's hand-ins in the store."""
        return self.folder.settings.series

    def public_key(self, student: str) -> str:
        """Return what a student is called in pages and file names: the key, or a pseudonym."""
        return student if self._salt is None else pseudonym(student, self._salt)

    def public_name(self, student: str, name: str) -> str:
        """Return what a student is called on the terminal and in lists: the name, or a pseudonym."""
        return name if self._salt is None else pseudonym(student, self._salt)

    def public_reference(self, student: str) -> str:
        """Return what a report calls its hand-in, for questions about it: eight letters and digits.

        It is always the same, says nothing about who it is, and is made from the pseudonym where there is one.
        """
        named = f"{self.series}\0{self.public_key(student)}".encode("utf-8", "surrogatepass")
        letters = base64.b32encode(hashlib.sha256(named).digest()).decode()[:8]
        return f"{letters[:4]}-{letters[4:]}"

    def has_report(self, student: str) -> bool:
        """Return whether there is a report of a student."""
        return (self.folder.path / self._report_address(student)).is_file()

    def report_time(self, student: str) -> float | None:
        """Return when a student's report was written, as seconds since 1970; None where there is none."""
        try:
            return (self.folder.path / self._report_address(student)).stat().st_mtime
        except OSError:
            return None

    def read_report(self, student: str) -> str:
        """Return the page of a student's report. Raises `OSError`."""
        return (self.folder.path / self._report_address(student)).read_text(encoding="utf-8")

    def write_report(self, entry: GradebookEntry, verdict: Verdict, exhibits: Exhibits) -> None:
        """Write a student's report with this verdict. Raises `ClassFolderError`."""
        private = self.marks.decide(msgspec.structs.replace(entry, verdict=verdict))
        public = self.make_public(private)
        assert public.verdict is not None
        if self._salt is not None:
            exhibits = anonymise_code(exhibits, private, self._salt)
        address = self._report_address(entry.student)
        who = link_to_student(public)
        handed_in = ClassPlace(
            name=who.name,
            student=who.student,
            submitted=public.submitted,
            is_late=public.late,
            dashboard=f"../{DASHBOARD}",
            neighbours=self._expected_neighbours.get(address, Neighbours()),
            reference=self.public_reference(entry.student),
        )
        page = html.render(
            public.verdict, exhibits, public.adjustments, handed_in, rules=public.rules, grade=public.grade
        )
        self.folder.write_file(address, page)

    @cached_property
    def _expected_neighbours(self) -> dict[str, Neighbours]:
        """Return the neighbours of each report, where everybody whose file could be read gets one."""
        rows = self.store.newest_hand_ins(self.series)
        entries = [
            msgspec.structs.replace(self.make_public(row.entry), report=self._report_address(row.entry.student))
            for row in rows
            if row.sha256
        ]
        return _find_neighbours(entries)

    def read_gradebook(self) -> tuple[GradebookEntry, ...]:
        """Return the gradebook as people may see it, with the addresses of the reports."""
        self.marks.refresh()
        return tuple(map(self._to_public_entry, self.read_rows()))

    def read_rows(self) -> list[HandInRow]:
        """Return each student's newest hand-in, with the mark that counts, under the real names."""
        rows = self.store.newest_hand_ins(self.series)
        return [msgspec.structs.replace(row, entry=self.marks.decide(row.entry)) for row in rows]

    def find_title(self, entries: Sequence[GradebookEntry]) -> str:
        """Return the title of the exercise from a verdict, or else the exercise's name."""
        return next((e.verdict.title for e in entries if e.verdict is not None), self.folder.settings.exercise)

    def write_dashboard(self) -> None:
        """Write the dashboard, and remove reports that belong to nobody any more. Raises `ClassFolderError`."""
        entries = self.read_gradebook()
        settings = self.folder.settings
        similarity = SIMILARITY if (self.folder.path / SIMILARITY).is_file() else ""
        title = self.find_title(entries)
        page = dashboard.render(title, settings.exercise, entries, settings.language, similarity)
        self.folder.write_file(DASHBOARD, page)
        self.folder.remove_reports_except({entry.report for entry in entries})
        self._link_neighbours(entries)
        # Unlike msgspec, this writes keys of any characters.
        marks = json.dumps(msgspec.to_builtins(list_shown_marks(entries)))
        self.store.write_setting(f"{SHOWN_MARKS}{self.series}", marks)

    def read_shown_marks(self) -> dict[str, ShownMark]:
        """Return the marks as the dashboard showed them last; {} where no grader of today has written it."""
        value = self.store.read_setting(f"{SHOWN_MARKS}{self.series}")
        try:
            return {} if value is None else msgspec.convert(json.loads(value), dict[str, ShownMark])
        except (ValueError, msgspec.MsgspecError):
            return {}

    def _link_neighbours(self, entries: Sequence[GradebookEntry]) -> None:
        """Let the reports lead to one another as they stand in the dashboard: others may have come or gone."""
        for address, neighbours in _find_neighbours(entries).items():
            part = render_neighbours(neighbours, self.folder.settings.language)
            path = self.folder.path / address
            try:
                with path.open(encoding="utf-8") as file:
                    is_linked = find_neighbours(file.read(HEAD_LENGTH)) in {part, ""}
                if not is_linked:
                    self.folder.write_file(address, exchange_neighbours(path.read_text(encoding="utf-8"), part))
            except (FileNotFoundError, UnicodeDecodeError):  # another run removed it, or a person changed it
                continue

    def _report_address(self, student: str) -> str:
        return self.folder.report_address(self.public_key(student))

    def _to_public_entry(self, row: HandInRow) -> GradebookEntry:
        address = self._report_address(row.entry.student)
        exists = row.entry.verdict is not None and (self.folder.path / address).is_file()
        return msgspec.structs.replace(self.make_public(row.entry), report=address if exists else "")

    def make_public(self, entry: GradebookEntry) -> GradebookEntry:
        """Return an entry as people may see it: under a pseudonym where these were asked for."""
        if self._salt is not None:
            return anonymise(entry, self._salt)
        if entry.verdict is None:
            return entry
        return msgspec.structs.replace(entry, verdict=with_original_file_name(entry.verdict, entry.file))


def _find_neighbours(entries: Sequence[GradebookEntry]) -> dict[str, Neighbours]:
    """Return for the address of each report those before and after it, in the order of the dashboard."""
    links = [
        (entry.report, ReportLink(link_to_student(entry).name, entry.report.rpartition("/")[2]))
        for entry in sorted(entries, key=name_sort_key)
        if entry.report
    ]
    others = [None, *(link for _address, link in links), None]
    return {
        address: Neighbours(before=others[place], after=others[place + 2])
        for place, (address, _link) in enumerate(links)
    }


def with_original_file_name(verdict: Verdict, file: str) -> Verdict:
    """Return a verdict that names the student's own file; it was graded under a name that is the same for all.

    Args:
        verdict: Names the file as it was graded, such as `submission.py`.
        file: Where the student's file lay in what was handed over; its last part is the name.
    """
    name = file.replace("\\", "/").rpartition("/")[2]

    def rename_location(location: Location | None) -> Location | None:
        return None if location is None else msgspec.structs.replace(location, file=name)

    def rename_criterion(criterion: CriterionVerdict) -> CriterionVerdict:
        return msgspec.structs.replace(criterion, location=rename_location(criterion.location))

    def rename_notice(notice: Notice) -> Notice:
        return msgspec.structs.replace(notice, location=rename_location(notice.location))

    return msgspec.structs.replace(
        verdict,
        submission=msgspec.structs.replace(verdict.submission, name=name),
        criteria=tuple(map(rename_criterion, verdict.criteria)),
        notices=tuple(map(rename_notice, verdict.notices)),
    )
