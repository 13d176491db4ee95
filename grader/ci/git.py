"""Read the objects of a git repository that strangers write to: never its work tree, its hooks or its filters."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name

SECONDS = 60.0  # for one question to git
# A small repository may hold any number of files: folders that stand in it many times are one object.
MAX_OUTPUT_BYTES = 64 << 20  # of git's answer to one question
MAX_BLOB_BYTES = 256 << 20  # of the files that are read at once
MAX_ERROR_BYTES = 1 << 16
MAX_GIT_MIB = 1024  # of git's own memory, on Linux: to compare two commits, it lists all that differs
MAX_FILES = 200_000  # of one commit
MAX_CHANGES = 50_000
MAX_MERGE_BASES = 16
FILE, PROGRAM, LINK, SUBMODULE = "100644", "100755", "120000", "160000"

# What finds programs and the user's own settings, which say whose repositories are trusted. No variable of git's.
_INHERITED_VARIABLES = frozenset(
    ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT", "PROGRAMDATA", "USERPROFILE", "TEMP", "TMP", "TMPDIR")
)
_VARIABLES = {
    "LC_ALL": "C",  # its complaints are told apart by their words
    "GIT_ALLOW_PROTOCOL": "none",  # nothing is fetched, whatever the repository's settings say
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "diff.external=",
    "diff.renameLimit=1000",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",  # a folder that a student made to look like one is none
)
_GLOBAL = ("--no-pager", *(word for setting in _SETTINGS for word in ("-c", setting)))


class GitError(UserError):
    """Git cannot say what was asked. `text` says why, and what to do."""


class _Answer(NamedTuple):
    """What git wrote. `code`: how it ended; None where it was ended, because it wrote more than is read."""

    code: int | None
    output: bytes
    errors: bytes


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a commit. `mode` as git writes it; `blob`: hash of its contents."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        """Return whether it is an ordinary file, not a link or a submodule."""
        return self.mode in (FILE, PROGRAM)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs. `path` is where it is now, or was before it was deleted; `old`: before a rename."""

    status: str  # A, M, D, R (renamed), T (became something else: a link, a submodule)
    path: str
    entry: TreeEntry  # as it is now; of a deleted one, all zeros
    old: str = ""


class Repository:
    """The repository around a folder. Paths are `str` whose bytes beyond UTF-8 are lone surrogates.

    Every method raises `GitError` where git fails, but for what its own words say.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise GitError(_("git is not installed here. Install it, or name the files to grade."))
        self._program, self.folder = program, folder
        self._environment = {k: v for k, v in os.environ.items() if k in _INHERITED_VARIABLES} | _VARIABLES
        self._text("rev-parse", "--git-dir")  # or there is none

    def commit(self, name: str) -> str | None:
        """Return the hash of the commit of that name or hash; None where this clone has none."""
        if not name or "\0" in name:
            return None
        done = self._run(("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"))
        return done.output.decode().strip() if done.code == 0 else None

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents as the commit itself names them, in a shallow clone too."""
        header = self._bytes("cat-file", "commit", commit).partition(b"\n\n")[0]
        return tuple(line[7:].decode() for line in header.split(b"\n") if line.startswith(b"parent "))

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """Return the best common ancestors; several after criss-cross merges, none where histories are apart."""
        done = self._run(("merge-base", "--all", one, other))
        if done.code not in (0, 1):
            raise _failure(done)
        bases = tuple(done.output.decode().split())
        if len(bases) > MAX_MERGE_BASES:
            raise GitError(
                _(
                    "This change and its base have {count} last commits in common; at most {most} are compared. "
                    "Rebase the change.",
                    count=len(bases),
                    most=MAX_MERGE_BASES,
                )
            )
        return bases

    def shallow(self) -> frozenset[str]:
        """Return the commits at which this clone's history was cut off."""
        path = self.folder / self._text("rev-parse", "--git-path", "shallow")
        try:
            return frozenset(path.read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    def not_in(self, bases: Iterable[str], *tips: str) -> frozenset[str]:
        """Return the commits that lead to the tips, without those that lead to the bases."""
        return frozenset(self._text("rev-list", *tips, *(f"^{base}" for base in bases)).split())

    def top(self) -> Path:
        """Return the folder that the work tree begins in."""
        return Path(os.fsdecode(self._bytes("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    def files(self, commit: str) -> Mapping[str, TreeEntry]:
        """Return everything that a commit holds, by path."""
        entries = {}
        for record in self._records("ls-tree", "-r", "-z", "--full-tree", commit):
            facts, _tab, path = record.partition(b"\t")
            mode, _kind, blob = facts.decode().split()
            entries[_path(path)] = TreeEntry(sys.intern(mode), blob)
            if len(entries) > MAX_FILES:
                raise _too_many_files()
        return entries

    def changes(self, old: str, new: str) -> tuple[FileChange, ...]:
        """Return the files that differ between two commits, renames recognised."""
        plain = ("--raw", "-r", "-z", "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv")
        # A .gitmodules of the change could ask to leave submodules out, and is obeyed without the last of these.
        records = self._records("diff-tree", *plain, "--find-renames", "--ignore-submodules=none", old, new)
        changes = tuple(islice(_changes(records), MAX_CHANGES + 1))
        if len(changes) > MAX_CHANGES:
            raise _too_many_files()
        return changes

    def sizes(self, blobs: Iterable[str]) -> Mapping[str, int]:
        """Return how many bytes each blob has; those that this clone lacks are left out."""
        question = "".join(f"{blob}\n" for blob in blobs).encode()
        lines = self._bytes("cat-file", "--batch-check", stdin=question).decode().splitlines()
        return {words[0]: int(words[2]) for words in map(str.split, lines) if words[-1] != "missing"}

    def blobs(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the contents of blobs, without filters. Whoever asks has looked at their sizes."""
        hashes = tuple(dict.fromkeys(blobs))
        if not hashes:
            return
        question = "".join(f"{blob}\n" for blob in hashes).encode()
        data = self._bytes("cat-file", "--batch", stdin=question, most_bytes=MAX_BLOB_BYTES)
        at = 0
        for blob in hashes:
            end = data.index(b"\n", at)
            words = data[at:end].split()
            if words[-1] == b"missing":
                raise GitError(describe_missing_contents())
            size = int(words[2])
            yield blob, data[end + 1 : end + 1 + size]
            at = end + 2 + size

    def _records(self, *arguments: str) -> Iterator[bytes]:
        """Yield what git wrote between zero bytes, without a copy of all of it."""
        output = self._bytes(*arguments)
        start = 0
        while (end := output.find(b"\0", start)) >= 0:
            yield output[start:end]
            start = end + 1

    def _text(self, *arguments: str) -> str:
        return self._bytes(*arguments).decode(errors="surrogateescape").strip()

    def _bytes(self, *arguments: str, stdin: bytes = b"", most_bytes: int = MAX_OUTPUT_BYTES) -> bytes:
        done = self._run(arguments, stdin, most_bytes)
        if done.code is None:
            raise _too_many_files()
        if done.code != 0:
            raise _failure(done)
        return done.output

    def _run(self, arguments: tuple[str, ...], stdin: bytes = b"", most_bytes: int = MAX_OUTPUT_BYTES) -> _Answer:
        """Ask git. It is ended when its time is over, and when it writes more than `most_bytes`."""
        try:
            with TemporaryFile() as question:
                question.write(stdin)
                question.seek(0)
                process = subprocess.Popen(
                    [self._program, *_GLOBAL, *arguments],
                    cwd=self.folder,
                    env=self._environment,
                    stdin=question,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
        except OSError as error:
            raise GitError(
                _("git cannot be started ({reason}).", reason=error.strerror or type(error).__name__)
            ) from error
        with process, _Deadline(process) as deadline:
            _limit_memory(process.pid)
            answer = _read_answer(process, most_bytes)
        if deadline.is_over:
            raise GitError(
                _(
                    "git {command} took longer than {seconds:.0f} s and was ended. Try again.",
                    command=arguments[0],
                    seconds=SECONDS,
                )
            )
        return answer


class _Deadline:
    """Ends a process when its time is over, or when something goes wrong with reading what it writes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.is_over = False
        self._process = process
        self._timer = threading.Timer(SECONDS, self._end)

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._process.poll() is None:
            self._process.kill()

    def _end(self) -> None:
        self.is_over = True
        self._process.kill()


def _limit_memory(pid: int) -> None:
    """Let git take no more memory than `MAX_GIT_MIB`, after which it gives up. Linux only."""
    try:
        from resource import RLIMIT_DATA, prlimit
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):  # it has ended already, or has a lower limit
        prlimit(pid, RLIMIT_DATA, (MAX_GIT_MIB << 20, MAX_GIT_MIB << 20))


def _read_answer(process: subprocess.Popen[bytes], most_bytes: int) -> _Answer:
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[bytes] = []
    reader = threading.Thread(target=_read_errors, args=(process.stderr, errors))
    reader.start()
    output = process.stdout.read(most_bytes)
    is_too_large = bool(process.stdout.read(1))
    if is_too_large:
        process.kill()
    code = process.wait()
    reader.join()
    return _Answer(None if is_too_large else code, output, b"".join(errors))


def _read_errors(stream: IO[bytes], errors: list[bytes]) -> None:
    """Read all that git complains of, and keep the beginning."""
    errors.append(stream.read(MAX_ERROR_BYTES))
    while stream.read(1 << 16):
        pass


def _too_many_files() -> GitError:
    return GitError(
        _(
            "This repository, or the change, holds more than is read: {files} files of a commit, {changes} files "
            "that differ. Take out what does not belong there, such as packages and data.",
            files=MAX_FILES,
            changes=MAX_CHANGES,
        )
    )


def decode_for_display(path: str) -> str:
    """Return a path of a repository as valid Unicode."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _changes(records: Iterator[bytes]) -> Iterator[FileChange]:
    """Read what `diff-tree --raw -z` wrote: facts, then the path, of a rename both."""
    for record in records:
        _old_mode, mode, _old_blob, blob, status = record.decode().split()
        path = _path(next(records))
        if status.startswith("R"):
            yield FileChange("R", _path(next(records)), TreeEntry(mode, blob), path)
        else:
            yield FileChange(status[0], path, TreeEntry(mode, blob))


def _failure(answer: _Answer) -> GitError:
    message = answer.errors.decode(errors="replace")
    if "out of memory" in message.lower():
        return _too_many_files()
    if "dubious ownership" in message:
        return GitError(
            _(
                "git does not read this repository, because it belongs to another user. If you trust it: git "
                "config --global --add safe.directory FOLDER"
            )
        )
    if "not a git repository" in message:
        return GitError(
            _("There is no git repository here. Start in the folder of one, or name the files to grade.")
        )
    if "missing blob" in message or "unable to read" in message or "could not fetch" in message:
        return GitError(describe_missing_contents())
    line = next((line for line in message.splitlines() if line.strip()), "?")
    return GitError(_("git failed: {error}", error=display_name(line)))


def describe_missing_contents() -> Message:
    """Return the sentence about a clone that left contents out."""
    return _(
        "This clone lacks some of its contents: it was made with a filter (as a partial clone), or is damaged. "
        "Clone it again, without --filter."
    )
