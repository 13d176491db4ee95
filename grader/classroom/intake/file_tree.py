"""The files of a folder or an archive as a tree, listed without reading any of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.classroom.intake.records import LeftOut, UnusableHandInsError
from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import CANDIDATES, ENVIRONMENT, is_installed, is_noise, suffix

MAX_FILES = 200_000
MAX_DEPTH = 30  # folders in folders


class FileSource(Protocol):
    """Gives access to the bytes of a file."""

    def local_path(self, limit: int) -> Path:
        """Return a file of at most `limit` bytes on this machine. Raises `UnusableFileError`."""

    def read(self, limit: int) -> bytes:
        """Return the bytes if there are no more than `limit`. Raises `UnusableFileError`."""


class UnusableFileError(UserError):
    """One file cannot be used. The others still can."""


@dataclass(frozen=True, eq=False)
class Item:
    """One file, or an entry that cannot be used."""

    parts: tuple[str, ...]  # its path within the tree
    where: str  # its path within all that was handed over, for people
    source: FileSource | None = None
    refusal: Message | None = None  # why it cannot be used; then there may be no source

    @property
    def name(self) -> str:
        """Return the last part of its path."""
        return self.parts[-1]

    @property
    def is_candidate(self) -> bool:
        """Say whether this could be somebody's hand-in."""
        return suffix(self.name) in CANDIDATES

    def renamed(self, name: str) -> "Item":
        """Return the same file under the name that its student gave it."""
        return Item((*self.parts[:-1], name), self.where, self.source, self.refusal)

    def require_source(self) -> FileSource:
        """Return where its bytes are. Raises `UnusableFileError`."""
        if self.source is None or self.refusal is not None:
            assert self.refusal is not None
            raise UnusableFileError(self.refusal)
        return self.source


@dataclass(frozen=True)
class Tree:
    """A folder and all that is in it, without what operating systems and editors leave behind."""

    name: str
    items: tuple[Item, ...]  # in order of their paths
    folders: frozenset[tuple[str, ...]] = frozenset()  # empty ones among them
    clones: frozenset[tuple[str, ...]] = frozenset()  # folders with a `.git` in them
    left_out: tuple[LeftOut, ...] = ()  # what has no place in the tree

    @property
    def top_names(self) -> tuple[str, ...]:
        """Return the names of what lies directly in it, sorted."""
        return tuple(sorted({item.parts[0] for item in self.items} | set(self.top_folders)))

    @property
    def top_folders(self) -> tuple[str, ...]:
        """Return the names of the folders directly in it, sorted."""
        return tuple(sorted({f[0] for f in self.folders}))

    def items_by_top_folder(self) -> dict[str, tuple[Item, ...]]:
        """Return what lies in each of the folders directly in it, at any depth."""
        items: dict[str, list[Item]] = {name: [] for name in self.top_folders}
        for item in self.items:
            if len(item.parts) > 1:
                items[item.parts[0]].append(item)
        return {name: tuple(items) for name, items in items.items()}

    def subtree(self, name: str) -> "Tree":
        """Return the tree that a folder directly in this one is."""
        return Tree(
            name,
            tuple(
                Item(i.parts[1:], i.where, i.source, i.refusal)
                for i in self.items
                if len(i.parts) > 1 and i.parts[0] == name
            ),
            frozenset(f[1:] for f in self.folders if len(f) > 1 and f[0] == name),
            frozenset(c[1:] for c in self.clones if len(c) > 1 and c[0] == name),
            self.left_out,
        )


@dataclass(frozen=True)
class TreeEntry:
    """One entry of a folder or an archive, before the tree is built."""

    parts: tuple[str, ...]
    is_folder: bool = False
    source: FileSource | None = None
    refusal: Message | None = None


def build_tree(
    name: str, entries: Iterable[TreeEntry], left_out: Iterable[LeftOut] = (), prefix: str = ""
) -> Tree:
    """Build a tree from its entries. `prefix`: where the tree itself lies, for people, with a slash at its end.

    Raises `UnusableHandInsError` where there is more than anybody hands over.
    """
    items: list[Item] = []
    folders: set[tuple[str, ...]] = set()
    clones: set[tuple[str, ...]] = set()
    entries = list(limit_entries(entries))
    environments = {entry.parts[:-1] for entry in entries if entry.parts[-1] == ENVIRONMENT}
    installed: set[tuple[str, ...]] = set()
    for entry in entries:
        parts = entry.parts
        own_depth = _own_depth(parts, environments)
        # In archives, folders may have no entry of their own.
        above = parts if entry.is_folder or own_depth < len(parts) else parts[:-1]
        folders.update(above[:depth] for depth in range(1, min(own_depth, len(above)) + 1))
        if own_depth == len(parts):
            if not entry.is_folder:
                refusal = entry.refusal or _hidden(parts)
                items.append(Item(parts, prefix + display_name("/".join(parts)), entry.source, refusal))
        elif parts[own_depth] == ".git":
            clones.add(parts[:own_depth])
        elif not is_noise(parts[own_depth]):
            installed.add(parts[: own_depth + 1])
    # Thousands of files that nobody wrote, listed as one.
    why = _("It belongs to a virtual environment: installed packages, nobody's work.")
    items += [Item(parts, prefix + display_name("/".join(parts)), refusal=why) for parts in installed]
    items.sort(key=lambda item: item.parts)
    return Tree(name, tuple(items), frozenset(folders), frozenset(clones), tuple(left_out))


def _own_depth(parts: tuple[str, ...], environments: set[tuple[str, ...]]) -> int:
    """Return how many folders down a path leaves what people made; its length where it never does."""
    return next(
        (
            depth
            for depth, part in enumerate(parts)
            if is_noise(part) or (is_installed(part) and parts[:depth] in environments)
        ),
        len(parts),
    )


def limit_entries(entries: Iterable[TreeEntry]) -> Iterator[TreeEntry]:
    """Pass entries on. Raises `UnusableHandInsError` at the first one too many."""
    for number, entry in enumerate(entries, 1):
        if number > MAX_FILES:
            raise UnusableHandInsError(
                _(
                    "There are more than {most} files. Name the folder or the zip that holds the hand-ins of one "
                    "exercise only.",
                    most=MAX_FILES,
                )
            )
        yield entry


def _hidden(parts: tuple[str, ...]) -> Message | None:
    if any(part.startswith(".") for part in parts):
        return _("Its name begins with a dot, which hides it. Rename it if it is meant.")
    return None
