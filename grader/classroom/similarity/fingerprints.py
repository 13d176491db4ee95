"""One submission as the search for similar code sees it: without names, comments, docstrings and layout.

The fingerprints are the hashes of all runs of 25 normalised characters (k-grams), by a rolling hash (Karp and
Rabin, "Efficient randomized pattern-matching algorithms", 1987). This is winnowing (Schleimer, Wilkerson and
Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003) with a window of one, so nothing is
left out: exercises are short enough for it, every shared run of 25 characters is found, and each place is needed
to show which lines are shared.
"""

from collections.abc import Iterator
from typing import NamedTuple

from grader.protocol.submission import Submission

LENGTH = 25  # normalised characters of a fingerprint (k), which is also copydetect's default
_MODULUS = (
    1 << 61
) - 1  # a prime: among five million different k-grams, two share a hash with a probability of 5e-6
_BASE = 0x110000 + 7  # more than there are characters
MAX_CODE = 100_000  # characters of a submission that are compared, about 3,000 lines
# Of a line, what is read: an open string of the wrong kind costs the lexer time by the square of its length.
_MAX_LINE_READ = 5_000
_MAX_LINE_SHOWN = 300  # characters of a line that is shown


class CodeLine(NamedTuple):
    """A line as the student wrote it. `number` counts from 1 in the file, or in the code cell."""

    cell: int | None
    number: int
    text: str


class NormalisedCode(NamedTuple):
    """`text` is the normalised code; its character n begins on `lines[first[n]]` and ends on `lines[last[n]]`."""

    text: str
    first: list[int]
    last: list[int]
    lines: list[CodeLine]
    cut: bool  # the end was not read


class Fingerprints(NamedTuple):
    """The fingerprints of one submission that are not the template's."""

    at: dict[int, int]  # position in `NormalisedCode.text`: hash
    where: dict[int, list[int]]  # hash: positions


def normalise(submission: Submission) -> NormalisedCode:
    """Return the code of all cells as one text, with the lines that it came from. Nothing is run or parsed."""
    lines: list[CodeLine] = []
    sources: list[str] = []
    left, cut = MAX_CODE, False
    for unit in submission.units:
        source = "\n".join(line[:_MAX_LINE_READ] for line in unit.source.split("\n"))[:left]
        cut = cut or len(source) < len(unit.source)
        left -= len(source)
        sources.append(source)
        originals = unit.original.split("\n")[: source.count("\n") + 1]
        lines += [CodeLine(unit.cell, n, text[:_MAX_LINE_SHOWN]) for n, text in enumerate(originals, 1)]
    text, first, last = [], [], []
    for piece, line, end in _normalise_tokens("\n".join(sources)):
        text.append(piece)
        first += [line] * len(piece)
        last += [end] * len(piece)
    return NormalisedCode("".join(text), first, last, lines, cut)


def _normalise_tokens(code: str) -> Iterator[tuple[str, int, int]]:
    """Give the normalised text of each token, with the numbers of its first and last line, from 0."""
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Literal, Name, Text

    line = 0
    # The lexer never fails: what is no Python comes back as it is.
    for _, kind, value in PythonLexer().get_tokens_unprocessed(code):
        end = line + value.count("\n")
        if kind in Text or kind in Comment or value == ";":
            pass
        elif kind in Literal.String:
            # A string is several tokens: its quotes, its parts, what is filled in. The quotes stand for all of it.
            # A docstring is one token, quotes and all, and nothing is left of it.
            if kind in Literal.String.Affix or not value.strip("\"'"):
                yield value[:1].replace("'", '"'), line, end
        elif (
            kind in (Name, Name.Attribute) or kind in Name.Function or kind in Name.Class or kind in Name.Variable
        ):
            yield "V", line, end
        else:
            yield value, line, end
        line = end


def find_fingerprints(code: NormalisedCode, template: frozenset[int]) -> Fingerprints:
    """Return the fingerprints without those of the template."""
    at = {place: key for place, key in enumerate(kgram_hashes(code.text)) if key not in template}
    where: dict[int, list[int]] = {}
    for place, key in at.items():
        where.setdefault(key, []).append(place)
    return Fingerprints(at, where)


def kgram_hashes(text: str) -> Iterator[int]:
    """Give the hash of each run of `LENGTH` characters, from the first on; the same in every process."""
    oldest = pow(_BASE, LENGTH, _MODULUS)
    key = 0
    for place, character in enumerate(text):
        key = (key * _BASE + ord(character)) % _MODULUS
        if place >= LENGTH:
            key = (key - ord(text[place - LENGTH]) * oldest) % _MODULUS
        if place >= LENGTH - 1:
            yield key
