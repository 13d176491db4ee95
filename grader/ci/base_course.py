"""Write the course of a commit into a folder: ordinary files only, nothing that leads elsewhere."""

from collections.abc import Mapping
from os import fsdecode
from pathlib import Path

from grader.ci.git import GitError, Repository, TreeEntry, decode_for_display
from grader.core.course import Course
from grader.core.i18n import _

FOLDER = "exercises"
MAX_FILES = 20_000
MAX_BYTES = 200_000_000


def find_exercises(files: Mapping[str, TreeEntry]) -> frozenset[str]:
    """Return the exercises that a commit has rubrics for."""
    rubrics = (path.split("/") for path, entry in files.items() if path.endswith("/rubric.py") and entry.is_file)
    names = (parts[1] for parts in rubrics if len(parts) == 3 and parts[0] == FOLDER)
    return frozenset(
        name for name in names if name.isprintable() and decode_for_display(name) == name and _is_plain(name)
    )


def unpack_course(repository: Repository, files: Mapping[str, TreeEntry], folder: Path) -> Course:
    """Write the course that a commit holds into a folder. Raises `GitError`."""
    entries = {
        path: entry
        for path, entry in files.items()
        if path.startswith(f"{FOLDER}/") and entry.is_file and all(map(_is_plain, path.split("/")))
    }
    sizes = repository.sizes(entry.blob for entry in entries.values())
    size = sum(sizes.get(entry.blob, 0) for entry in entries.values())
    if len(entries) > MAX_FILES or size > MAX_BYTES:
        raise GitError(
            _(
                "The folder exercises of the course holds {count} files, {megabytes} MB; at most {most} files of "
                "{limit} MB are read. Keep data elsewhere.",
                count=len(entries),
                megabytes=size // 1_000_000,
                most=MAX_FILES,
                limit=MAX_BYTES // 1_000_000,
            )
        )
    paths: dict[str, list[str]] = {}
    for path, entry in entries.items():
        paths.setdefault(entry.blob, []).append(path)
    for blob, contents in repository.blobs(paths):
        for path in paths[blob]:
            target = folder / decode_for_disk(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(contents)
    return Course(folder)


def decode_for_disk(path: str) -> str:
    """Return a path of a repository as this system's files are called."""
    return fsdecode(path.encode("utf-8", "surrogateescape"))


def _is_plain(name: str) -> bool:
    """Return whether a part of a path stays where it is, and is no compiled file that Python would believe."""
    return name not in ("", ".", "..", "__pycache__") and not any(sign in name for sign in "\\:\0")
