"""One submission as the search for likeness sees it: names, comments, docstrings and layout taken out.

copydetect makes the fingerprints: hashes of all runs of 25 normalised characters. Its own normaliser is not used:
it keeps docstrings, so that removing them would hide a copy, and loses count of lines after blank lines at the
top and after classes. Nor does it sample the fingerprints (winnowing), or leave a template's out: the sample
differs from process to process, as Python's hashes do, and with a template it drops whatever occurs twice.
"""

from collections.abc import Iterator
from typing import NamedTuple

from grader.protocol.submission import Submission

LENGTH = 25  # normalised characters of a fingerprint: copydetect's own default
MAX_CODE = 100_000  # characters of a submission that are compared, about 3,000 lines
# Of a line, what is read: an open string of the wrong kind costs the lexer time by the square of its length.
_LONGEST_READ = 5_000
_LONGEST_LINE = 300  # characters of a line that is shown


class CodeLine(NamedTuple):
    """A line as the student wrote it. `number` counts from 1 in the file, or in the code cell."""

    cell: int | None
    number: int
    text: str


class Code(NamedTuple):
    """`text` is the normalised code; its character n begins on `lines[first[n]]` and ends on `lines[last[n]]`."""

    text: str
    first: list[int]
    last: list[int]
    lines: list[CodeLine]
    cut: bool  # the end was not read


class Prints(NamedTuple):
    """The fingerprints of one submission that are not the template's."""

    at: dict[int, int]  # position in `Code.text`: hash
    where: dict[int, list[int]]  # hash: positions


def normalised(submission: Submission) -> Code:
    """Return the code of all cells as one text, with the lines that it came from. Nothing is run or parsed."""
    lines: list[CodeLine] = []
    sources: list[str] = []
    left, cut = MAX_CODE, False
    for unit in submission.units:
        source = "\n".join(line[:_LONGEST_READ] for line in unit.source.split("\n"))[:left]
        cut = cut or len(source) < len(unit.source)
        left -= len(source)
        sources.append(source)
        originals = unit.original.split("\n")[: source.count("\n") + 1]
        lines += [CodeLine(unit.cell, n, text[:_LONGEST_LINE]) for n, text in enumerate(originals, 1)]
    text, first, last = [], [], []
    for kept, line, end in _kept("\n".join(sources)):
        text.append(kept)
        first += [line] * len(kept)
        last += [end] * len(kept)
    return Code("".join(text), first, last, lines, cut)


def _kept(code: str) -> Iterator[tuple[str, int, int]]:
    """Give what is left of each token, with the numbers of its first and last line, from 0."""
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


def prints(code: Code, template: frozenset[int]) -> Prints:
    """Return the fingerprints without those of the template."""
    from copydetect.utils import get_document_fingerprints

    if len(code.text) < LENGTH:
        return Prints({}, {})
    _, found = get_document_fingerprints(code.text, LENGTH, 1)
    where = {int(key): [int(n) for n in places] for key, places in found.items() if int(key) not in template}
    return Prints({place: key for key, places in where.items() for place in places}, where)
