"""The page about similar submissions, as one HTML file: their code side by side, for a person to judge."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from grader import __version__
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.similarity import Group, Line, Pair, Row, SharedBlock, Similarity
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates

MAX_NAMES = 60  # of one list
MAX_PAIRS = 100  # of one group, without their code
MAX_BLOCKS = 30  # of one pair
MAX_ROWS = 120  # of one block
_MAX_NAME = 80

NameOf = Callable[[str], str]


class _Names(NamedTuple):
    listed: tuple[str, ...]
    more: int


class _Block(NamedTuple):
    rows: tuple[Row, ...]
    more: int  # rows that are not shown
    left: tuple[Line, Line]  # its first and last line on this side
    right: tuple[Line, Line]
    elsewhere: int


class _Pair(NamedTuple):
    left: str
    right: str
    pair: Pair
    shared_blocks: tuple[_Block, ...]
    more: int  # blocks that are not shown


class _Group(NamedTuple):
    number: int
    members: _Names
    strength: float
    copies: tuple[_Names, ...]
    pairs_with_code: tuple[_Pair, ...]
    others: tuple[_Pair, ...]  # without
    more: int  # pairs that are not listed


def render(title: str, similarity: Similarity, names: Mapping[str, str], language: str) -> str:
    """Return the page. `title`: of the exercise; `names`: of the students, by the keys that `found` has.

    Code is shown as it was written: where `names` are pseudonyms, a comment may still hold a real one.

    Pure: the same records give the same text. Raises `ValueError` for a language without a catalogue.
    """
    style = "".join((TEMPLATES / file).read_text(encoding="utf-8") for file in ("style.css", "similarity.css"))
    name = _naming(similarity, names)
    return (
        load_templates(language)
        .get_template("similarity.html")
        .render(
            language=language,
            title=_label(title),
            found=similarity,
            groups=tuple(_group(number, group, name) for number, group in enumerate(similarity.groups, 1)),
            too_short=_names(similarity.too_short, name),
            cut=_names(similarity.cut, name),
            number=Numbers(language),
            version=__version__,
            style=Markup(style),  # noqa: S704 - our own files, and no value ever goes into them
            policy=content_security_policy(style),
        )
    )


def _naming(similarity: Similarity, names: Mapping[str, str]) -> NameOf:
    """Return what names a student: two of the same name have their key behind it."""
    students = {student for group in similarity.groups for student in group.members} | {
        *similarity.too_short,
        *similarity.cut,
    }
    labels = {student: _label(names.get(student) or student) for student in students}
    count = Counter(labels.values())
    unique = {
        student: label if count[label] == 1 else f"{label} ({_label(student)})"
        for student, label in labels.items()
    }
    return unique.__getitem__


def _label(text: str) -> str:
    return clip(one_line(visible(text)).strip(), _MAX_NAME)


def _names(students: Sequence[str], name: NameOf) -> _Names:
    names = tuple(map(name, students[:MAX_NAMES]))
    return _Names(names, len(students) - len(names))


def _group(number: int, group: Group, name: NameOf) -> _Group:
    pairs_with_code = tuple(_pair(pair, name) for pair in group.pairs if pair.shared_blocks)
    without = [pair for pair in group.pairs if not pair.shared_blocks]
    others = tuple(_pair(pair, name) for pair in without[:MAX_PAIRS])
    copies = tuple(_names(students, name) for students in group.copies)
    more = len(without) - len(others)
    return _Group(number, _names(group.members, name), group.strength, copies, pairs_with_code, others, more)


def _pair(pair: Pair, name: NameOf) -> _Pair:
    left, right = name(pair.left), name(pair.right)
    blocks = tuple(map(_to_block, pair.shared_blocks[:MAX_BLOCKS]))
    return _Pair(left, right, pair, blocks, len(pair.shared_blocks) - len(blocks))


def _to_block(block: SharedBlock) -> _Block:
    rows = tuple(Row(left=_line(row.left), right=_line(row.right)) for row in block.rows[:MAX_ROWS])
    left = [row.left for row in block.rows if row.left is not None]
    right = [row.right for row in block.rows if row.right is not None]
    more = len(block.rows) - len(rows)
    return _Block(rows, more, (left[0], left[-1]), (right[0], right[-1]), block.elsewhere)


def _line(line: Line | None) -> Line | None:
    if line is None:
        return None
    return Line(cell=line.cell, number=line.number, text=visible(line.text), same=line.same)
