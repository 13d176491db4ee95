"""Gradescope's export: `submission_123/` for each hand-in, and `submission_metadata.yml` about whose they are.

The metadata is YAML that Ruby wrote, so its keys look like `:submitters:`. It also holds every output of every
autograder, which is skipped without being built up: of 500 students that can be many megabytes. Several
submitters are a group; each of them gets a hand-in of the same file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Tree, UnusableFileError
from grader.classroom.intake.layouts import timestamps
from grader.classroom.intake.records import LeftOut, UnusableHandInsError
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name

METADATA = "submission_metadata.yml"
MAX_METADATA = 100_000_000  # bytes
MAX_NESTED = 50
_DEEPEST = 4  # submission_1, :submitters, the number of one of them, :name
# The one written in C is ten times as fast. It is only asked for events: building nested values, it recurses until
# the process dies.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass
class GradescopeEntry:
    """What the metadata says about one folder."""

    submitters: list[dict[str, str]] = field(default_factory=list)  # name, sid, email
    created_at: str = ""


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each submitter of each hand-in."""
    submissions = _metadata(tree)
    shared = _shared_sids(submissions.values())
    items = tree.items_by_top_folder()
    candidates: list[Candidate] = []
    for folder in sorted(set(tree.top_folders) | set(submissions)):
        about = submissions.get(folder, GradescopeEntry())
        problem = None
        if folder not in tree.top_folders:
            problem = _("{file} names this hand-in, but its folder is missing.", file=METADATA)
        elif not about.submitters:
            problem = _("{file} does not say whose hand-in this is.", file=METADATA)
        for submitter in about.submitters or [{}]:
            sid, email, name = (submitter.get(key, "") for key in ("sid", "email", "name"))
            candidates.append(
                Candidate(
                    HandIn(
                        student=normalise_name(_identity(folder, submitter, shared)),
                        name=display_name(name or sid or email or folder),
                        file=display_name(folder),
                        email=display_name(email),
                        platform_id=display_name(sid),
                        submitted=timestamps.parse_time(about.created_at),
                    ),
                    items.get(folder, ()),
                    problem=problem,
                )
            )
    beside = [item for item in tree.items if len(item.parts) == 1 and item.name != METADATA]
    left_out = (*leave_out(beside, _("It is in no hand-in's folder.")), *_timeless(submissions))
    return ClassContents(tuple(candidates), left_out)


def _shared_sids(submissions: Iterable[GradescopeEntry]) -> set[str]:
    """Return the student numbers that several people have: typed in by hand, they may be wrong."""
    people = {(s.get("sid", ""), s.get("email", "")) for about in submissions for s in about.submitters}
    count = Counter(sid for sid, _ in people)
    return {sid for sid in count if count[sid] > 1}


def _identity(folder: str, submitter: dict[str, str], shared: set[str]) -> str:
    sid, email, name = (submitter.get(key, "") for key in ("sid", "email", "name"))
    if sid and sid not in shared:
        return sid
    return f"{sid} {email}".strip() or f"{folder} {name}".strip()


def _timeless(submissions: dict[str, GradescopeEntry]) -> list[LeftOut]:
    why = _("{file} does not say when this was handed in, so it is not known whether it was late.", file=METADATA)
    return [
        LeftOut(where=display_name(folder), why=why)
        for folder, about in sorted(submissions.items())
        if timestamps.parse_time(about.created_at) is None
    ]


def _metadata(tree: Tree) -> dict[str, GradescopeEntry]:
    item = next(item for item in tree.items if item.parts == (METADATA,))
    try:
        text = item.require_source().read(MAX_METADATA).decode("utf-8-sig")
        return parse_metadata(text)
    except UnusableFileError as error:
        why = error.text
    except (UnicodeDecodeError, yaml.YAMLError, ValueError):
        why = _("It is not the YAML that Gradescope writes.")
    raise UnusableHandInsError(
        _("{file} cannot be read. {why} Without it nobody knows whose hand-ins these are.", file=METADATA, why=why)
    )


def parse_metadata(text: str) -> dict[str, GradescopeEntry]:
    """Read the metadata. Raises `yaml.YAMLError` and `ValueError` for what is none."""
    entries: dict[str, GradescopeEntry] = {}
    for path, value in _scalars(yaml.parse(text, Loader=_LOADER)):
        folder, *inner = path
        if not isinstance(folder, str):
            raise ValueError("a list")  # noqa: TRY004 - of the text, not of a type
        if not inner and value is None and folder in entries:
            raise ValueError("the same hand-in twice")
        about = entries.setdefault(folder, GradescopeEntry())
        if value is None:
            continue
        if inner == [":created_at"]:
            about.created_at = value
        if len(inner) == 3 and inner[0] == ":submitters" and isinstance(inner[1], int):
            about.submitters += [{} for _ in range(inner[1] + 1 - len(about.submitters))]
            about.submitters[inner[1]][str(inner[2]).removeprefix(":")] = value
    if not entries:
        raise ValueError("no mapping")
    return entries


@dataclass
class _Level:
    """A mapping or a list that has begun and not ended."""

    is_mapping: bool
    key: str | None = None  # of a mapping: the one whose value comes next
    number: int = -1  # of a list


def _scalars(events: Iterator[Any]) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    """Yield each single value with its keys and numbers from the outside in; a mapping's key comes with None.

    What lies deeper than anything that is asked for is passed over.
    """
    levels: list[_Level] = []
    named: dict[str, str] = {}  # a value may be given a name, and later be written as that
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            levels.pop()
            _done(levels)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(levels) >= MAX_NESTED or not _open(levels):
                raise ValueError("nested too deeply, or a key that is no word")
            levels.append(_Level(isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.NodeEvent) and levels:
            value = named.get(event.anchor, "") if isinstance(event, yaml.AliasEvent) else _value(event)
            if event.anchor:
                named[event.anchor] = value
            is_key = levels[-1].is_mapping and levels[-1].key is None
            if is_key:
                levels[-1].key = value
            else:
                _open(levels)
            if len(levels) <= _DEEPEST:
                yield _path(levels), None if is_key else value
            if not is_key:
                _done(levels)


def _value(event: Any) -> str:
    text = str(event.value)
    return "" if not event.style and text in _EMPTY else text  # without quotes


def _open(levels: list[_Level]) -> bool:
    """Go on to the next value of the innermost level; False where a mapping's key ought to come."""
    if levels and not levels[-1].is_mapping:
        levels[-1].number += 1
    return not levels or not levels[-1].is_mapping or levels[-1].key is not None


def _done(levels: list[_Level]) -> None:
    if levels and levels[-1].is_mapping:
        levels[-1].key = None


def _path(levels: list[_Level]) -> tuple[str | int, ...]:
    return tuple(level.number if not level.is_mapping else level.key or "" for level in levels)
