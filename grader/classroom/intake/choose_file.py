"""Choose the one file of a student that is graded, or find the reason why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from grader.classroom.intake import zip_tree
from grader.classroom.intake.candidates import Candidate, leave_out, not_python_reason
from grader.classroom.intake.file_tree import Item, UnusableFileError
from grader.classroom.intake.records import GradableHandIn, LeftOut
from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import ARCHIVE, is_named_for, suffix
from grader.submission.reader import MAX_NOTEBOOK_BYTES

MAX_ARCHIVE = 100_000_000  # bytes of a student's zip
MAX_IN_ARCHIVE = 2_000  # files in it
_NAMED = 8  # files that a sentence names


class NoFileChosenError(UserError):
    """No file of this student can be graded."""

    def __init__(self, text: Message, where: str = "") -> None:
        super().__init__(text)
        self.where = where


@dataclass
class FileChooser:
    """Chooses the file of one student after another; `left_out` collects the files that are not taken."""

    exercise: str
    unpack_folder: zip_tree.UnpackFolder
    due: datetime | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    _placed: dict[Item, Path] = field(default_factory=dict)  # groups share their files

    def choose(self, candidate: Candidate, student: str) -> GradableHandIn | LeftOut:
        """Return the one file of a student. `student`: the student's key.

        Raises:
            UnusableHandInsError: The disk is full.
        """
        submitted = candidate.hand_in.submitted
        late = candidate.hand_in.late or bool(self.due and submitted and submitted > self.due)
        hand_in = msgspec.structs.replace(candidate.hand_in, student=student, late=late)
        try:
            path, where = self._file(candidate)
        except NoFileChosenError as error:
            hand_in = msgspec.structs.replace(hand_in, file=error.where or hand_in.file)
            return LeftOut(where=hand_in.file, why=error.text, hand_in=hand_in)
        return GradableHandIn(hand_in=msgspec.structs.replace(hand_in, file=where), path=path)

    def _file(self, candidate: Candidate) -> tuple[Path, str]:
        if candidate.problem is not None:
            raise NoFileChosenError(candidate.problem)
        archives = [item for item in candidate.items if suffix(item.name) == ARCHIVE]
        if len(archives) == 1 and not any(item.is_candidate for item in candidate.items):
            self._leave_out(candidate.items, archives[0])
            return self._unpacked(archives[0])
        item = self._chosen(candidate.items)
        return self._place(item, MAX_NOTEBOOK_BYTES), item.where

    def _unpacked(self, item: Item) -> tuple[Path, str]:
        """Look into a student's only zip, but into none within it."""
        file = self._place(item, MAX_ARCHIVE)
        try:
            with zip_tree.open_zip(file, MAX_IN_ARCHIVE) as opened:
                tree = zip_tree.list_zip(opened, item.name, self.unpack_folder, f"{item.where}/")
                self.left_out += tree.left_out
                chosen = self._chosen(tree.items)
                return self._place(chosen, MAX_NOTEBOOK_BYTES), chosen.where
        except UnusableFileError as error:
            raise NoFileChosenError(error.text, item.where) from None

    def _chosen(self, items: Iterable[Item]) -> Item:
        """Return the only candidate, or the only one that is named as the exercise's own file is."""
        items = list(items)
        candidates = [item for item in items if item.is_candidate]
        if not candidates:
            self._leave_out(items)
            raise NoFileChosenError(_none(items))
        named = [item for item in candidates if is_named_for(item.name, self.exercise)]
        chosen = candidates if len(candidates) == 1 else named
        if len(chosen) != 1:
            self._leave_out([item for item in items if not item.is_candidate] + candidates[_NAMED:])
            raise NoFileChosenError(_several(candidates, self.exercise))
        self._leave_out(items, chosen[0])
        return chosen[0]

    def _leave_out(self, items: Iterable[Item], taken: Item | None = None) -> None:
        for item in items:
            if item is taken:
                continue
            if item.is_candidate and taken is not None:
                why = _(
                    "{name}, which is named as the exercise's own file is, was taken.",
                    name=display_name(taken.name),
                )
            else:
                why = not_python_reason()
            self.left_out += leave_out([item], why)

    def _place(self, item: Item, limit: int) -> Path:
        try:
            if item not in self._placed:
                self._placed[item] = item.require_source().local_path(limit)
        except UnusableFileError as error:
            raise NoFileChosenError(error.text, item.where) from None
        return self._placed[item]


def merge_same_students(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """Keep one candidate per student, and return the others as left out.

    The newest counts where the layout says when each was handed in; otherwise none does.
    """
    by_identity: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_identity.setdefault(candidate.hand_in.student, []).append(candidate)
    single: list[Candidate] = []
    left_out: list[LeftOut] = []
    for group in by_identity.values():
        newest = _newest(group)
        places = [candidate.hand_in.file for candidate in group]
        if newest is not None:
            why = _("A newer hand-in of this student was found: {where}.", where=newest.hand_in.file)
            left_out += [LeftOut(where=other.hand_in.file, why=why) for other in group if other is not newest]
            single.append(newest)
        else:
            why = _(
                "There are {count} hand-ins of this student: {places}. Leave only the one that counts.",
                count=len(group),
                places=_listed(places),
            )
            single.append(replace(group[0], problem=why))
    return single, left_out


def _newest(group: list[Candidate]) -> Candidate | None:
    if len(group) == 1:
        return group[0]
    times = [candidate.hand_in.submitted for candidate in group]
    known_times = [time for time in times if time is not None]
    if len(known_times) < len(times) or known_times.count(max(known_times)) > 1:
        return None
    return group[times.index(max(known_times))]


def _none(items: list[Item]) -> Message:
    """Return why there is nothing to choose from: if something could not be read, it may have been that."""
    refused = next((item for item in items if item.refusal is not None), None)
    if refused is not None:
        assert refused.refusal is not None
        return _("{name}: {why}", name=display_name(refused.name), why=refused.refusal)
    archives = [item.name for item in items if suffix(item.name) == ARCHIVE]
    if archives:
        return _(
            "There is no .py or .ipynb file, but there are zips, which are not unpacked: {names}.",
            names=_listed(archives),
        )
    return _("There is no .py or .ipynb file.")


def _several(candidates: list[Item], exercise: str) -> Message:
    return _(
        "There are {count} files, and it is not clear which one is meant: {names}. Leave only one, or call one "
        "of them submission or {exercise}.",
        count=len(candidates),
        names=_listed([item.name for item in candidates]),
        exercise=exercise,
    )


def _listed(names: list[str]) -> str:
    return ", ".join(map(display_name, names[:_NAMED])) + (" …" if len(names) > _NAMED else "")
