"""Cells that check a notebook are no part of what it does."""

import pytest

from grader.protocol.submission import Unit
from grader.submission.check_cells import leave_out_checks

IMPORT = "from grader import check"
FUNCTION = "def scale(x):\n    return x"


def kept(*cells: str) -> list[str]:
    units = [Unit(text, text, number) for number, text in enumerate(cells, 1)]
    return [unit.source for unit in leave_out_checks(units)]


def test_cells_that_only_check_are_left_out() -> None:
    checks = ('check("digits")', "check('digits', 'scale', lang='de')", f'{IMPORT}\ncheck("digits")  # all of it')
    assert kept(IMPORT, FUNCTION, *checks) == [FUNCTION]
    assert kept("import numpy\n" + IMPORT, FUNCTION, *checks) == ["import numpy\n" + IMPORT, FUNCTION]


@pytest.mark.parametrize(
    "cells",
    [
        ("def check(name):\n    global x", 'check("digits")'),
        (IMPORT, "check = print", 'check("digits")'),
        (IMPORT, "check(scale(3))"),
        (IMPORT, 'result = check("digits")'),
        ('check("digits")',),
        (IMPORT, "def (check", 'check("digits")'),
    ],
)
def test_what_may_be_something_else_stays(cells: tuple[str, ...]) -> None:
    assert kept(*cells)[-1] == cells[-1]
