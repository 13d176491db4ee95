"""What the cells that were run come to: what was replaced goes, what may have mattered stays."""

import ast

import pytest

from grader.commands.cell_history import ExecutedCell, effective_cells


def is_check(function: ast.expr) -> bool:
    """Whether this is called `check`."""
    return isinstance(function, ast.Name) and function.id == "check"


def kept(*sources: str, failed: tuple[int, ...] = ()) -> dict[int, str]:
    """Return what is left of cells, by their numbers from 1, without the lines that were emptied."""
    cells = [ExecutedCell(n, source, n in failed) for n, source in enumerate(sources, 1)]
    left = effective_cells(cells, is_check)
    for cell in left:
        assert cell.source.count("\n") == sources[cell.number - 1].count("\n")  # lines keep their numbers
    return {cell.number: cell.source.strip("\n") for cell in left}


def test_cells_in_the_order_in_which_they_were_run() -> None:
    assert kept("x = 1", "", "y = 2") == {1: "x = 1", 3: "y = 2"}


def test_a_cell_that_is_no_python_goes_and_commands_do_not_make_it_that() -> None:
    assert kept("def (", "%matplotlib inline\nx = 1", "!ls") == {2: "%matplotlib inline\nx = 1", 3: "!ls"}


@pytest.mark.parametrize(
    "source", ['check("a")', 'r = check("a")', 'check("a").verdict', 'print(check("a").verdict.points)']
)
def test_calls_of_the_check_go(source: str) -> None:
    assert kept(f"x = 1\n{source}\ny = 2") == {1: "x = 1\n\ny = 2"}


def test_what_is_done_with_the_result_of_a_check_goes_until_the_name_is_another_thing() -> None:
    looks = ("print(r)", "s = r.verdict", "for c in s.criteria:\n    print(c)", "assert s.points > 50")
    assert list(kept('r = check("a")', *looks, "def f(): return r", "r = 1", "print(r)")) == [6, 7, 8]


def test_a_check_that_shares_its_line_or_stands_in_a_block_stays() -> None:
    assert kept('x = 1; check("a")') == {1: 'x = 1; check("a")'}
    assert kept('if True:\n    check("a")') == {1: 'if True:\n    check("a")'}


def test_a_definition_that_was_replaced_goes_with_its_decorators() -> None:
    assert kept("@cache\ndef f():\n    return 1\nx = 1", "def f():\n    return 2") == {
        1: "x = 1",
        2: "def f():\n    return 2",
    }
    assert kept("class A:\n    x = 1", "class A:\n    x = 2") == {2: "class A:\n    x = 2"}


def test_other_definitions_and_imports_in_between_use_nothing_yet() -> None:
    assert list(kept("def f(): return 1", "import os\ndef g(): return f()", "def f(): return 2")) == [2, 3]


def test_a_definition_stays_where_something_may_have_used_it_before_it_was_replaced() -> None:
    assert list(kept("def f(): return 1", "x = f()", "def f(): return 2")) == [1, 2, 3]
    assert list(kept("def f(): return 1", "def g(): return f()", "x = g()", "def f(): return 2")) == [1, 2, 3, 4]
    assert list(kept("def f(): return 1", "def g(x=f()): return x", "def f(): return 2")) == [1, 2, 3]
    assert list(kept("def f(): return 1", "f = wrapped(f)", "x = f()")) == [1, 2, 3]
    assert list(kept("def f(): return 1", "@f\ndef f(): return 2")) == [1, 2]


def test_a_cell_that_was_run_again_counts_once() -> None:
    assert kept("x = 1", "x = 1", "x = 1 ") == {3: "x = 1 "}
    assert list(kept("model.fit()", "y = 1", "model.fit()")) == [2, 3]


def test_a_cell_that_was_run_again_counts_twice_where_something_in_between_needs_it() -> None:
    assert list(kept("x = load()", "y = x + 1", "x = load()")) == [1, 2, 3]


def test_a_cell_that_failed_goes_when_all_that_it_left_was_replaced() -> None:
    assert kept("x = 1\n1 / 0", "x = 1", failed=(1,)) == {2: "x = 1"}
    assert kept("1 / 0", "x = 1", failed=(1,)) == {2: "x = 1"}
    assert kept("x = 1\ny = 2\n1 / 0", "x = 1", failed=(1,)) == {1: "x = 1\ny = 2\n1 / 0", 2: "x = 1"}
    assert list(kept("x = 1\n1 / 0", "x = 1\n2 / 0", failed=(1, 2))) == [1, 2]


def test_hostile_cells_are_dropped_and_do_no_harm() -> None:
    assert kept("(" * 5000, "x = 1\0", "-" * 200_000 + "1", "x = 1") == {4: "x = 1"}


def test_nothing_is_left_of_nothing() -> None:
    assert kept() == {}
    assert kept("", "check('a')") == {}
