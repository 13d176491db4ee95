"""Find submissions that share unusual amounts of code. Never a mark: a page for a person to judge.

Two submissions are as alike as the share of their code that both have: of the fingerprints of the two that are
not the template's, those that are in both (Dice's coefficient; 1 is the same code under other names, comments
and layout, in another order of the functions). A short exercise is solved alike by nature, so what counts is
measured by the class: a pair is shown when it is at least half of the way from the usual pair, the median, to
the same code; a byte-identical file always is.

Measured on the references' right variants, which were written apart: of all six exercises the two most alike have
0.12, and the median of an exercise is 0.00 to 0.05; so pairs would be shown from 0.50 to 0.53 on. A copy of the
digits with all names, comments and docstrings changed has 1.0; reformatted, its functions in another order 0.71;
type hints everywhere 0.68; every second function taken from somebody else 0.65, two of three 0.42. Whoever writes
much of it anew is not found, and is not meant to be.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, zip_longest
from statistics import median

from grader.classroom.similarity.fingerprints import (
    LENGTH,
    CodeLine,
    Fingerprints,
    NormalisedCode,
    find_fingerprints,
    normalise,
)
from grader.protocol.similarity import Group, Line, Pair, Row, SharedBlock, Similarity
from grader.protocol.submission import Submission
from grader.protocol.verdict import Record

__all__ = ["Group", "Line", "Pair", "Row", "SharedBlock", "Similarity", "find_similar"]

LEAST_PAIRS = 10  # fewer say nothing about what is usual
MIN_FINGERPRINTS = 100  # own fingerprints, about five lines: whoever wrote less is not compared
MAX_PAIRS_WITH_CODE = 40  # pairs of a group whose code is shown
_GAP = 6  # lines between two shared blocks that are shown as one
_TRIED = 20  # places of the same fingerprint that are tried for the longest run


class _Compared(Record, frozen=True):
    """A submission that is compared; `keys` are its fingerprints without their places."""

    code: NormalisedCode
    fingerprints: Fingerprints
    keys: frozenset[int]


def find_similar(sources: Mapping[str, Submission], stub: Submission | None) -> Similarity:
    """Compare each submission with each other; the stub's own code does not count.

    The same submissions give the same result, in whatever order they come.
    """
    template = (
        frozenset(find_fingerprints(normalise(stub), frozenset()).where) if stub is not None else frozenset[int]()
    )
    everybody = {student: _prepare(sources[student], template) for student in sorted(sources)}
    compared = {
        student: prepared for student, prepared in everybody.items() if len(prepared.keys) >= MIN_FINGERPRINTS
    }
    same_file: dict[str, list[str]] = {}
    for student in compared:
        same_file.setdefault(sources[student].sha256, []).append(student)
    same_files = {students[0]: tuple(students) for students in same_file.values()}
    strengths = {
        pair: _similarity_of(compared[pair[0]], compared[pair[1]]) for pair in combinations(same_files, 2)
    }
    usual = median(strengths.values()) if len(strengths) >= LEAST_PAIRS else None
    threshold = (1 + (usual or 0.0)) / 2
    links = sorted(
        (pair for pair, s in strengths.items() if s >= threshold), key=lambda pair: (-strengths[pair], pair)
    )
    return Similarity(
        groups=_groups(links, strengths, compared, same_files),
        compared=len(compared),
        usual=usual,
        threshold=threshold,
        too_short=tuple(student for student in everybody if student not in compared),
        cut=tuple(student for student, prepared in everybody.items() if prepared.code.cut),
    )


def _prepare(submission: Submission, template: frozenset[int]) -> _Compared:
    code = normalise(submission)
    fingerprints = find_fingerprints(code, template)
    return _Compared(code=code, fingerprints=fingerprints, keys=frozenset(fingerprints.where))


def _similarity_of(left: _Compared, right: _Compared) -> float:
    return 2 * len(left.keys & right.keys) / (len(left.keys) + len(right.keys))


def _groups(
    links: Sequence[tuple[str, str]],
    strengths: Mapping[tuple[str, str], float],
    compared: Mapping[str, _Compared],
    same_files: Mapping[str, tuple[str, ...]],
) -> tuple[Group, ...]:
    """Return the connected students. The links are the strongest first, so the linking ones make a widest tree."""
    joined, tree = _join(same_files, links)
    spread = Counter(
        key for first, students in same_files.items() for key in compared[first].keys for _ in students
    )
    groups = []
    for members in joined:
        copies = tuple(same_files[first] for first in members if len(same_files[first]) > 1)
        if len(members) == 1 and not copies:
            continue
        inside = [pair for pair in links if pair[0] in members]
        with_code = set([pair for pair in inside if pair in tree][:MAX_PAIRS_WITH_CODE])
        pairs = (_pair(pair, strengths[pair], compared, same_files, spread, pair in with_code) for pair in inside)
        everyone = tuple(sorted(student for first in members for student in same_files[first]))
        groups.append(Group(members=everyone, copies=copies, pairs=tuple(pairs)))
    return tuple(sorted(groups, key=lambda group: (-group.strength, -len(group.members), group.members)))


def _join(
    students: Iterable[str], links: Iterable[tuple[str, str]]
) -> tuple[list[frozenset[str]], frozenset[tuple[str, str]]]:
    """Return the connected components, and the links that were needed to connect them."""
    group_of = {student: [student] for student in students}
    tree = []
    for left, right in links:
        if group_of[left] is not group_of[right]:
            tree.append((left, right))
            group_of[left] += group_of[right]
            for student in group_of[right]:
                group_of[student] = group_of[left]
    groups = {id(members): frozenset(members) for members in group_of.values()}
    return list(groups.values()), frozenset(tree)


def _pair(
    students: tuple[str, str],
    strength: float,
    compared: Mapping[str, _Compared],
    same_files: Mapping[str, tuple[str, ...]],
    spread: Counter[int],
    with_code: bool,
) -> Pair:
    left, right = (compared[student] for student in students)
    both = len(left.keys & right.keys)
    members = sum(len(same_files[student]) for student in students)
    return Pair(
        left=students[0],
        right=students[1],
        strength=strength,
        left_share=both / len(left.keys),
        right_share=both / len(right.keys),
        shared_blocks=_shared_blocks(left, right, spread, members) if with_code else (),
    )


class _CommonRun(Record, frozen=True):
    """`length` fingerprints in a row that are the same from `left` and from `right` on."""

    left: int
    right: int
    length: int


def _common_runs(left: Fingerprints, right: Fingerprints) -> list[_CommonRun]:
    """Return the runs that both share, in the order of the left side, each place of it once."""
    runs: list[_CommonRun] = []
    done = 0
    for place in sorted(left.at):
        candidates = right.where.get(left.at[place], [])
        if place < done or not candidates:
            continue
        longest = max(
            (
                _CommonRun(left=place, right=other, length=_length(left, right, place, other))
                for other in candidates[:_TRIED]
            ),
            key=lambda run: run.length,
        )
        runs.append(longest)
        done = place + longest.length
    return runs


def _length(left: Fingerprints, right: Fingerprints, place: int, other: int) -> int:
    length = 1
    while (key := left.at.get(place + length)) is not None and key == right.at.get(other + length):
        length += 1
    return length


def _shared_blocks(
    left: _Compared, right: _Compared, spread: Counter[int], members: int
) -> tuple[SharedBlock, ...]:
    """Return the shared code by lines: runs that follow one another closely on both sides as one block."""
    blocks: list[list[_CommonRun]] = []
    for run in _common_runs(left.fingerprints, right.fingerprints):
        if blocks and _follows(blocks[-1][-1], run, left.code, right.code):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return tuple(_shared_block(block, left, right, spread, members) for block in blocks)


def _shared_block(
    block: Sequence[_CommonRun], left: _Compared, right: _Compared, spread: Counter[int], members: int
) -> SharedBlock:
    places = (place for run in block for place in range(run.left, run.left + run.length))
    elsewhere = min(spread[left.fingerprints.at[place]] for place in places) - members
    lefts = _lines(left.code, [(run.left, run.length) for run in block])
    rights = _lines(right.code, [(run.right, run.length) for run in block])
    return SharedBlock(
        rows=tuple(_rows(lefts, rights, _partners(block, left.code, right.code))), elsewhere=elsewhere
    )


def _follows(before: _CommonRun, run: _CommonRun, left: NormalisedCode, right: NormalisedCode) -> bool:
    left_gap = left.first[run.left] - left.last[before.left + before.length - 2 + LENGTH]
    right_gap = right.first[run.right] - right.last[before.right + before.length - 2 + LENGTH]
    return left_gap <= _GAP and run.right > before.right and right_gap <= _GAP


def _lines(code: NormalisedCode, parts: Sequence[tuple[int, int]]) -> dict[int, Line]:
    """Return all lines from the first to the last place; `same`: half of their characters are in the parts."""
    places = {place for start, length in parts for place in range(start, start + length - 1 + LENGTH)}
    first, last = code.first[min(places)], code.last[max(places)]
    shared = Counter(code.first[place] for place in places)
    whole = Counter(code.first[bisect_left(code.first, first) : bisect_right(code.first, last)])
    return {n: _line(code.lines[n], 0 < whole[n] <= 2 * shared[n]) for n in range(first, last + 1)}


def _line(line: CodeLine, same: bool) -> Line:
    return Line(cell=line.cell, number=line.number, text=line.text, same=same)


def _partners(
    block: Sequence[_CommonRun], left: NormalisedCode, right: NormalisedCode
) -> Iterator[tuple[int, int]]:
    """Give the lines that belong together, downwards on both sides: those that share the most characters."""
    places = ((run, n) for run in block for n in range(run.length - 1 + LENGTH))
    shared = Counter((left.first[run.left + n], right.first[run.right + n]) for run, n in places)
    best: dict[int, tuple[int, int]] = {}
    for (line, other), count in shared.items():
        best[line] = max(best.get(line, (0, 0)), (count, -other))
    above = -1
    for line, (_, other) in sorted(best.items()):
        if -other > above:
            above = -other
            yield line, above


def _rows(lefts: dict[int, Line], rights: dict[int, Line], partners: Iterator[tuple[int, int]]) -> Iterator[Row]:
    """Give partners beside one another, and in between what stands there on either side."""
    left, right = min(lefts), min(rights)
    for line, other in (*partners, (max(lefts) + 1, max(rights) + 1)):
        between = zip_longest(range(left, line), range(right, other), fillvalue=-1)
        for place, opposite in (*between, (line, other)):
            if place in lefts or opposite in rights:
                yield Row(left=lefts.get(place), right=rights.get(opposite))
        left, right = line + 1, other + 1
