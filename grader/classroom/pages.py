"""The pages of a class: a report per student, the dashboard. Under pseudonyms, where these are asked for."""

import secrets
from collections.abc import Sequence

import msgspec

from grader.classroom.folder import DASHBOARD, SIMILARITY, ClassFolder
from grader.classroom.pseudonyms import anonymous, pseudonym
from grader.classroom.store import HandInRow, Store
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Exhibits, Location, Notice, Verdict
from reports.classroom import dashboard
from reports.submission import html

SALT = "salt of pseudonyms"


class Publisher:
    """Writes what people read about a class. Everything here can be made again from the store."""

    def __init__(self, folder: ClassFolder, store: Store) -> None:
        self.folder, self.store = folder, store
        anonymous_class = folder.settings.anonymous
        self._salt = (
            bytes.fromhex(store.set_default_setting(SALT, secrets.token_hex(32))) if anonymous_class else None
        )

    def student(self, student: str) -> str:
        """Return what a student is called on pages and in file names: the key, or a pseudonym."""
        return student if self._salt is None else pseudonym(student, self._salt)

    def shown(self, student: str, name: str) -> str:
        """Return what to call a student while grading."""
        return name if self._salt is None else pseudonym(student, self._salt)

    def has_report(self, student: str) -> bool:
        """Return whether a student's report is there."""
        return (self.folder.path / self.folder.report(self.student(student))).is_file()

    def report(self, who: GradebookEntry, verdict: Verdict, exhibits: Exhibits) -> None:
        """Write a student's report. Raises `ClassFolderError`."""
        shown = self._shown(msgspec.structs.replace(who, verdict=verdict))
        assert shown.verdict is not None
        page = html.render(shown.verdict, exhibits, shown.adjustments)
        self.folder.write(self.folder.report(self.student(who.student)), page)

    def entries(self) -> tuple[GradebookEntry, ...]:
        """Return the gradebook as it may be shown, with the addresses of the reports."""
        return tuple(map(self._entry, self.store.newest_hand_ins(self.folder.settings.series)))

    def title(self, entries: Sequence[GradebookEntry]) -> str:
        """Return what the exercise is called, as a verdict says it."""
        return next((e.verdict.title for e in entries if e.verdict is not None), self.folder.settings.exercise)

    def dashboard(self) -> None:
        """Write the dashboard, and remove reports that belong to nobody any more. Raises `ClassFolderError`."""
        entries = self.entries()
        settings = self.folder.settings
        similarity = SIMILARITY if (self.folder.path / SIMILARITY).is_file() else ""
        page = dashboard.render(self.title(entries), settings.exercise, entries, settings.language, similarity)
        self.folder.write(DASHBOARD, page)
        self.folder.keep_only({entry.report for entry in entries})

    def _entry(self, stored: HandInRow) -> GradebookEntry:
        report = self.folder.report(self.student(stored.entry.student))
        there = stored.entry.verdict is not None and (self.folder.path / report).is_file()
        return msgspec.structs.replace(self._shown(stored.entry), report=report if there else "")

    def _shown(self, entry: GradebookEntry) -> GradebookEntry:
        if self._salt is not None:
            return anonymous(entry, self._salt)
        if entry.verdict is None:
            return entry
        return msgspec.structs.replace(entry, verdict=named(entry.verdict, entry.file))


def named(verdict: Verdict, file: str) -> Verdict:
    """Return a verdict that calls the file what the student called it: it was graded under a neutral name."""
    name = file.replace("\\", "/").rpartition("/")[2]

    def located(location: Location | None) -> Location | None:
        return None if location is None else msgspec.structs.replace(location, file=name)

    def criterion(of: CriterionVerdict) -> CriterionVerdict:
        return msgspec.structs.replace(of, location=located(of.location))

    def notice(of: Notice) -> Notice:
        return msgspec.structs.replace(of, location=located(of.location))

    return msgspec.structs.replace(
        verdict,
        submission=msgspec.structs.replace(verdict.submission, name=name),
        criteria=tuple(map(criterion, verdict.criteria)),
        notices=tuple(map(notice, verdict.notices)),
    )
