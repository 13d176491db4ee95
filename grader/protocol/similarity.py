"""What the search for alike submissions found: plain records, for the page that shows them."""

from grader.protocol.verdict import Record


class Line(Record, frozen=True):
    """A line of a submission as it was written. `same`: most of its code stands on the other side too."""

    cell: int | None  # number of the code cell, from 1; None in a .py file
    number: int  # from 1, in the file or the cell
    text: str  # at most 300 characters
    same: bool


class Row(Record, frozen=True):
    """Lines that belong together; on one side there may be none."""

    left: Line | None
    right: Line | None


class SharedBlock(Record, frozen=True):
    """Code that two submissions share, side by side. `elsewhere`: other submissions that have all of it too."""

    rows: tuple[Row, ...]
    elsewhere: int


class Pair(Record, frozen=True):
    """Two students. `strength` from 0 to 1; the shares: how much of the own code the other has too.

    `stretches` is empty for a pair whose code is not shown.
    """

    left: str
    right: str
    strength: float
    left_share: float
    right_share: float
    stretches: tuple[SharedBlock, ...] = ()


class Group(Record, frozen=True):
    """Students who are linked by pairs. Of those with the same file, byte for byte, one stands in the pairs."""

    members: tuple[str, ...]
    copies: tuple[tuple[str, ...], ...]  # who handed in the same file; the first of each is the one in pairs
    pairs: tuple[Pair, ...]  # strongest first; of these, the ones that link the group have their code shown

    @property
    def strength(self) -> float:
        """Return that of the strongest pair."""
        return 1.0 if self.copies else self.pairs[0].strength


class Similarity(Record, frozen=True):
    """What was found, strongest group first, and what it was measured by."""

    groups: tuple[Group, ...]
    compared: int  # submissions
    usual: float | None  # strength of the median pair; None where there are too few to tell
    threshold: float
    too_short: tuple[str, ...]  # students with too little code of their own to compare
    cut: tuple[str, ...]  # students whose code was compared only in part, for its length
