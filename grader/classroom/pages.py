"""The pages of a class: a report per student and the dashboard, under pseudonyms where these are asked for."""

import secrets
from collections.abc import Sequence

import msgspec

from grader.classroom.folder import DASHBOARD, SIMILARITY, ClassFolder
from grader.classroom.pseudonyms import anonymise, pseudonym
from grader.classroom.store import HandInRow, Store
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Exhibits, Location, Notice, Verdict
from reports.classroom import dashboard
from reports.submission import html

SALT = "salt of pseudonyms"  # name of the setting in the store


class Publisher:
    """Writes what people read about a class. All of it can be made again from the store."""

    def __init__(self, folder: ClassFolder, store: Store) -> None:
        self.folder, self.store = folder, store
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

    def has_report(self, student: str) -> bool:
        """Return whether there is a report of a student."""
        return (self.folder.path / self._report_address(student)).is_file()

    def write_report(self, entry: GradebookEntry, verdict: Verdict, exhibits: Exhibits) -> None:
        """Write a student's report with this verdict. Raises `ClassFolderError`."""
        public = self._make_public(msgspec.structs.replace(entry, verdict=verdict))
        assert public.verdict is not None
        page = html.render(public.verdict, exhibits, public.adjustments)
        self.folder.write_file(self._report_address(entry.student), page)

    def read_gradebook(self) -> tuple[GradebookEntry, ...]:
        """Return the gradebook as people may see it, with the addresses of the reports."""
        return tuple(map(self._to_public_entry, self.store.newest_hand_ins(self.series)))

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

    def _report_address(self, student: str) -> str:
        return self.folder.report_address(self.public_key(student))

    def _to_public_entry(self, row: HandInRow) -> GradebookEntry:
        address = self._report_address(row.entry.student)
        exists = row.entry.verdict is not None and (self.folder.path / address).is_file()
        return msgspec.structs.replace(self._make_public(row.entry), report=address if exists else "")

    def _make_public(self, entry: GradebookEntry) -> GradebookEntry:
        if self._salt is not None:
            return anonymise(entry, self._salt)
        if entry.verdict is None:
            return entry
        return msgspec.structs.replace(entry, verdict=with_original_file_name(entry.verdict, entry.file))


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
