"""From what may be a student's hand-in to the one file that is graded, or to why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.intake import zip_tree
from grader.classroom.intake.candidates import Candidate, not_python, tell
from grader.classroom.intake.file_tree import Item, RefusedError
from grader.classroom.intake.records import HandIn, LeftOut
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import ARCHIVE, is_named_for, suffix
from grader.submission.reader import MAX_NOTEBOOK_BYTES

MAX_ARCHIVE = 100_000_000  # bytes of a student's zip
MAX_IN_ARCHIVE = 2_000  # files in it
_NAMED = 8  # files that a sentence names


class UnsettledError(Exception):
    """No file of this student can be graded."""

    def __init__(self, why: Message, where: str = "") -> None:
        super().__init__(why.msgid)
        self.why, self.where = why, where


@dataclass
class FileChooser:
    """Settles claims one after another; `told` collects the files that are not taken."""

    exercise: str
    workplace: zip_tree.Workplace
    due: datetime | None = None
    told: list[LeftOut] = field(default_factory=list)
    _placed: dict[Item, Path] = field(default_factory=dict)  # groups share their files

    def settle(self, claim: Candidate, student: str) -> HandIn | LeftOut:
        """Return the one file of this student. Raises `UnusableHandInsError` where the disk is full."""
        try:
            file, where = self._file(claim)
        except UnsettledError as error:
            return LeftOut(
                where=error.where or claim.where,
                why=error.why,
                student=student,
                name=claim.name,
                email=claim.email,
                platform_id=claim.platform_id,
            )
        late = claim.late or bool(self.due and claim.submitted and claim.submitted > self.due)
        return HandIn(
            student=student,
            name=claim.name,
            file=file,
            where=where,
            email=claim.email,
            platform_id=claim.platform_id,
            submitted=claim.submitted,
            late=late,
        )

    def _file(self, claim: Candidate) -> tuple[Path, str]:
        if claim.problem is not None:
            raise UnsettledError(claim.problem)
        archives = [item for item in claim.items if suffix(item.name) == ARCHIVE]
        if len(archives) == 1 and not any(item.is_candidate for item in claim.items):
            self._tell(claim.items, archives[0])
            return self._unpacked(archives[0])
        item = self._chosen(claim.items)
        return self._place(item, MAX_NOTEBOOK_BYTES), item.where

    def _unpacked(self, item: Item) -> tuple[Path, str]:
        """Look into a student's only zip, but into none within it."""
        file = self._place(item, MAX_ARCHIVE)
        try:
            with zip_tree.open_zip(file, MAX_IN_ARCHIVE) as opened:
                tree = zip_tree.grow(opened, item.name, self.workplace, f"{item.where}/")
                self.told += tree.told
                chosen = self._chosen(tree.items)
                return self._place(chosen, MAX_NOTEBOOK_BYTES), chosen.where
        except RefusedError as error:
            raise UnsettledError(error.text, item.where) from None

    def _chosen(self, items: Iterable[Item]) -> Item:
        """Return the only candidate, or the only one that is named as the exercise's own file is."""
        items = list(items)
        candidates = [item for item in items if item.is_candidate]
        if not candidates:
            self._tell(items)
            raise UnsettledError(_none(items))
        named = [item for item in candidates if is_named_for(item.name, self.exercise)]
        chosen = candidates if len(candidates) == 1 else named
        if len(chosen) != 1:
            self._tell([item for item in items if not item.is_candidate] + candidates[_NAMED:])
            raise UnsettledError(_several(candidates, self.exercise))
        self._tell(items, chosen[0])
        return chosen[0]

    def _tell(self, items: Iterable[Item], taken: Item | None = None) -> None:
        for item in items:
            if item is taken:
                continue
            if item.is_candidate and taken is not None:
                why = _(
                    "{name}, which is named as the exercise's own file is, was taken.",
                    name=display_name(taken.name),
                )
            else:
                why = not_python()
            self.told += tell([item], why)

    def _place(self, item: Item, limit: int) -> Path:
        try:
            if item not in self._placed:
                self._placed[item] = item.usable().place(limit)
        except RefusedError as error:
            raise UnsettledError(error.text, item.where) from None
        return self._placed[item]


def united(claims: Iterable[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """Make one claim of those that are of the same student, and tell of the others.

    The newest counts where the layout says when each was handed in; otherwise none does.
    """
    by_identity: dict[str, list[Candidate]] = {}
    for claim in claims:
        by_identity.setdefault(claim.identity, []).append(claim)
    single: list[Candidate] = []
    told: list[LeftOut] = []
    for group in by_identity.values():
        newest = _newest(group)
        if newest is not None:
            why = _("A newer hand-in of this student was found: {where}.", where=newest.where)
            told += [LeftOut(where=claim.where, why=why) for claim in group if claim is not newest]
            single.append(newest)
        else:
            places = _listed([claim.where for claim in group])
            why = _(
                "There are {count} hand-ins of this student: {places}. Leave only the one that counts.",
                count=len(group),
                places=places,
            )
            single.append(replace(group[0], problem=why))
    return single, told


def _newest(group: list[Candidate]) -> Candidate | None:
    if len(group) == 1:
        return group[0]
    group = sorted(group, key=lambda claim: claim.submitted or datetime.min.replace(tzinfo=UTC))
    known = all(claim.submitted is not None for claim in group)
    return group[-1] if known and group[-1].submitted != group[-2].submitted else None


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
        "There are {count} files, and which one is meant cannot be told: {names}. Leave only one, or call one "
        "of them submission or {exercise}.",
        count=len(candidates),
        names=_listed([item.name for item in candidates]),
        exercise=exercise,
    )


def _listed(names: list[str]) -> str:
    return ", ".join(map(display_name, names[:_NAMED])) + (" …" if len(names) > _NAMED else "")
