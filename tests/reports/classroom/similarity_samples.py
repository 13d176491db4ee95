"""What the search for alike submissions found, as it is for real classes, for the tests of its page."""

from functools import cache
from typing import Any

from msgspec import convert, to_builtins

from grader.classroom.similarity.compare import find_similar
from grader.protocol.similarity import Group, Line, Pair, Row, SharedBlock, Similarity
from tests.classroom.similarity.submissions import as_notebook, code, renamed, reordered, right, script, stub

HOSTILE = "</style></svg><script>window.pwned = 1</script><img src=x onerror=window.pwned=1>"
HOSTILE_CODE = HOSTILE + "\u202e\x1b[31m\u200b\ud800{{ 7 * 7 }}"
NAMES = {"copy": "Änne Weiß", "right_subclassed": "Bela Blau", "note": "Çem", "x": "Dana", "y": "Dana"}


@cache
def real() -> Similarity:
    """Return what is found in a class with three groups, one with the same file, and two who wrote too little."""
    same = script(code("right_sparse") + "\nx = 1\n")
    class_ = {**right(), "copy": script(renamed(code())), "note": as_notebook(code()), "x": same, "y": same}
    class_ |= {"late": script(reordered(code("right_logits"))), "empty": script("x = 1\n"), "stub": stub()}
    return find_similar(class_, stub())


def short() -> Similarity:
    """Return the same with the first lines of each block only, for looks that take their time."""
    return convert(_shortened(to_builtins(real())), Similarity)


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(held) for key, held in value.items()}
    return [_shortened(held) for held in value[:8]] if isinstance(value, list | tuple) else value


def hostile() -> Similarity:
    """Return lines and students that try everything that a page must not do."""
    line = Line(cell=None, number=1, text=HOSTILE_CODE, same=True)
    wide = Line(cell=1, number=2, text="x" * 300, same=False)
    block = SharedBlock(rows=(Row(left=line, right=wide), Row(left=wide, right=None)), elsewhere=0)
    pair = Pair(
        left=HOSTILE, right="b" * 255, strength=1.0, left_share=1.0, right_share=1.0, shared_blocks=(block,)
    )
    group = Group(members=(HOSTILE, "b" * 255), copies=((HOSTILE, "c\u202e\n"),), pairs=(pair,))
    group = Group(members=(*group.members, "c\u202e\n"), copies=group.copies, pairs=group.pairs)
    return Similarity(groups=(group,), compared=3, usual=None, threshold=0.5, too_short=("=1+1",), cut=("\ud800",))


def large() -> Similarity:
    """Return more students, pairs, blocks and lines than are shown."""
    lines = [Line(cell=n // 100 + 1, number=n % 100 + 1, text=f"x = {n}", same=n % 3 > 0) for n in range(250)]
    block = SharedBlock(rows=tuple(Row(left=line, right=line) for line in lines), elsewhere=2)
    students = tuple(f"s{n:03}" for n in range(201))
    one = Pair(
        left="s000", right="s001", strength=0.9, left_share=0.8, right_share=1.0, shared_blocks=(block,) * 32
    )
    others = (
        Pair(left="s000", right=student, strength=0.8, left_share=0.8, right_share=0.8) for student in students[2:]
    )
    group = Group(members=students, copies=(), pairs=(one, *others))
    return Similarity(groups=(group,), compared=201, usual=0.1, threshold=0.55, too_short=(), cut=())


def nothing() -> Similarity:
    """Return what is found where no two are alike."""
    return Similarity(groups=(), compared=20, usual=0.04, threshold=0.52, too_short=(), cut=())


def nobody() -> Similarity:
    """Return what is found where nobody handed anything in."""
    return Similarity(groups=(), compared=0, usual=None, threshold=0.5, too_short=(), cut=())
