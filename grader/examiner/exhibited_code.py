"""Show a report the code of a submission, and where in it is what each criterion is about.

The code is as long as whoever wrote it likes: lines and characters have limits, and the rest is counted.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from grader.core.sanitize import clip
from grader.core.syntax_trees import DEFINITIONS, bound_names, is_docstring, parse_or_none
from grader.protocol.submission import MAX_EXCERPT, Submission
from grader.protocol.verdict import CodePlace, CodeUnit, Exhibits
from grader.rubric.model import Criterion

MAX_LINES = 2000
MAX_CHARACTERS = 120_000  # of all lines together
MAX_PLACES = 3  # of one criterion


def exhibit_code(exhibits: Exhibits, submission: Submission, criteria: Sequence[Criterion]) -> Exhibits:
    """Return the exhibits with the code of the submission, and with the places of what the criteria are about."""
    units, left_out = _shorten_code(submission)
    return msgspec.structs.replace(
        exhibits,
        code=units,
        places=tuple(_find_places(submission, units, criteria)),
        left_out=msgspec.structs.replace(exhibits.left_out, code_lines=left_out),
    )


def _shorten_code(submission: Submission) -> tuple[tuple[CodeUnit, ...], int]:
    """Return the code as far as it is shown, and how many lines are not."""
    units: list[CodeUnit] = []
    lines_left, characters_left = MAX_LINES, MAX_CHARACTERS
    for unit in submission.units:
        lines: list[str] = []
        for line in unit.original.split("\n")[:lines_left]:
            lines.append(clip(line, MAX_EXCERPT))
            characters_left -= len(lines[-1])
            if characters_left < 0:
                lines_left = 0
                break
        lines_left = max(0, lines_left - len(lines))
        if lines:
            units.append(CodeUnit(cell=unit.cell, lines=tuple(lines)))
    total = sum(unit.original.count("\n") + 1 for unit in submission.units)
    return tuple(units), total - sum(len(unit.lines) for unit in units)


def _find_places(
    submission: Submission, units: Sequence[CodeUnit], criteria: Sequence[Criterion]
) -> Iterator[CodePlace]:
    """Yield the first places of each criterion, in the order of the code; none beyond what is shown."""
    definitions = _find_definitions(submission)
    lengths = {unit.cell: len(unit.lines) for unit in units}
    for criterion in criteria:
        places = [definitions[name] for name in criterion.check.judged_names() if name in definitions]
        ordered = sorted(
            (p for p in places if p.last <= lengths.get(p.cell, 0)), key=lambda p: (p.cell or 0, p.first)
        )
        for place in ordered[:MAX_PLACES]:
            yield msgspec.structs.replace(place, criterion=criterion.id)


def _find_definitions(submission: Submission) -> Mapping[str, CodePlace]:
    """Return where each name is bound at the top level, of no criterion yet: of several, the last place counts."""
    definitions: dict[str, CodePlace] = {}
    for unit in submission.units:
        tree = parse_or_none(unit.source)
        for statement in tree.body if tree is not None else ():
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            decorators = statement.decorator_list if isinstance(statement, DEFINITIONS) else ()
            place = CodePlace(
                criterion="",
                cell=unit.cell,
                first=min((d.lineno for d in decorators), default=statement.lineno),
                last=statement.end_lineno or statement.lineno,
                docstring=_find_docstring(statement),
            )
            definitions |= dict.fromkeys(bound_names(statement), place)
    return definitions


def _find_docstring(statement: ast.stmt) -> tuple[int, int] | None:
    """Return the first and the last line of the docstring of a definition that has more than that."""
    body = statement.body if isinstance(statement, DEFINITIONS) else []
    if len(body) < 2 or not is_docstring(body[0]) or body[0].lineno == statement.lineno:
        return None
    return body[0].lineno, body[0].end_lineno or body[0].lineno
