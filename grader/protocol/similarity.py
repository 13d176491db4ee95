"""Similar submissions, as plain records for the page that shows them."""

from grader.protocol.verdict import Record


class Line(Record, frozen=True):
    """A line of a submission as it was written."""

    cell: int | None  # number of the code cell, from 1; None in a .py file
    number: int  # from 1, in the file or the cell
    text: str  # at most 300 characters
    same: bool  # at least half of its code is on the other side too


class Row(Record, frozen=True):
    """Two lines to be shown beside one another; one of them may be missing."""

    left: Line | None
    right: Line | None


class SharedBlock(Record, frozen=True):
    """Code that two submissions share, side by side."""

    rows: tuple[Row, ...]
    elsewhere: int  # number of other submissions that have all of it too


class Pair(Record, frozen=True):
    """Two students with similar submissions.

    `shared_blocks` is empty for a pair whose code is not shown.
    """

    left: str  # key of the student
    right: str
    strength: float  # 0 to 1: Dice's coefficient of their fingerprints
    left_share: float  # of the left student's own code, what the right one has too
    right_share: float
    shared_blocks: tuple[SharedBlock, ...] = ()


class Group(Record, frozen=True):
    """Students who are linked by pairs. Of those with byte-identical files, the first is in the pairs."""

    members: tuple[str, ...]
    copies: tuple[tuple[str, ...], ...]  # who handed in the same file; the first of each is the one in pairs
    pairs: tuple[Pair, ...]  # strongest first; of these, the ones that link the group have their code shown

    @property
    def strength(self) -> float:
        """Return the strength of the strongest pair."""
        return 1.0 if self.copies else self.pairs[0].strength


class Similarity(Record, frozen=True):
    """The groups of similar submissions, strongest first, and the threshold that they were found with."""

    groups: tuple[Group, ...]
    compared: int  # submissions
    usual: float | None  # strength of the median pair; None where there are too few to tell
    threshold: float
    too_short: tuple[str, ...]  # students with too little code of their own to compare
    cut: tuple[str, ...]  # students whose code was compared only in part, for its length
