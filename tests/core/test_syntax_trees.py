"""Names in syntax trees: what a statement binds, and what it reads."""

import ast
import gc
import sys
import threading

import pytest

from grader.core.syntax_trees import (
    bound_names,
    is_docstring,
    is_main_block,
    is_main_guard,
    parse_or_none,
    parse_python,
    read_names,
)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b = c", {"a", "b"}),
        ("a, (b, *c) = d", {"a", "b", "c"}),
        ("a.x = 1; ", set()),
        ("a: int = 1", {"a"}),
        ("a += 1", {"a"}),
        ("import a.b, c as d", {"a", "d"}),
        ("from a import b, c as d", {"b", "d"}),
        ("def f(x):\n    y = x", {"f"}),
        ("class C:\n    y = 1", {"C"}),
        ("for i in r:\n    j = i", {"i", "j"}),
        ("with a as b:\n    pass", {"b"}),
        ("if a:\n    def f(): pass\nelse:\n    import b", {"f", "b"}),
        ("f = lambda: (y := 1)", {"f"}),
        ("print(y := 1)", {"y"}),
    ],
)
def test_the_names_that_a_statement_binds(source: str, names: set[str]) -> None:
    assert bound_names(ast.parse(source).body[0]) == names


def test_names_that_are_read_are_found_inside_functions_too() -> None:
    assert read_names(ast.parse("def f(x=a):\n    y = b.c\n    del d")) == {"a", "b", "d"}


def test_a_docstring_is_a_text_and_nothing_else() -> None:
    assert [is_docstring(node) for node in ast.parse('"a"\nx = "a"\n1').body] == [True, False, False]


def test_a_main_block_is_told_by_its_condition() -> None:
    source = "if __name__ == '__main__':\n    pass\nif x:\n    __name__\nx = __name__"
    assert [is_main_block(node) for node in ast.parse(source).body] == [True, False, False]


@pytest.mark.parametrize("source", ["def f(:", "x = \0", "-" * 200_000 + "1"])
def test_what_is_no_python_has_no_tree(source: str) -> None:
    assert parse_or_none(source) is None


@pytest.mark.parametrize(
    ("source", "is_guard"),
    [
        ('if __name__ == "__main__":\n    x()', True),
        ('if __name__ == "__main__":\n    x()\nelse:\n    y()', False),
        ('if __name__ != "__main__":\n    x()', False),
        ('if __name__ == "main":\n    x()', False),
        ('if name == "__main__":\n    x()', False),
        ('if __name__ == "__main__" or x:\n    x()', False),
        ('while __name__ == "__main__":\n    x()', False),
    ],
)
def test_a_guard_of_the_main_program_is_exactly_that(source: str, is_guard: bool) -> None:
    (statement,) = parse_python(source).body
    assert is_main_guard(statement) is is_guard


class Garbage:
    """Runs Python when it is collected, so that another thread may come in between."""

    itself: "Garbage"

    def __del__(self) -> None:
        sum(range(50))


def test_threads_parse_at_once() -> None:
    """With `ast.parse` itself, Python 3.11.7 raises `SystemError` here about ten times."""
    source = "\n".join(
        f"def f{i}(a, b=[1, (2, {{3: 4}})]):\n    return [x for x in a if x > (1 * (2 - b[{i}]))]"
        for i in range(20)
    )
    errors: list[SystemError] = []

    def parse_often() -> None:
        for _ in range(60):
            garbage = Garbage()
            garbage.itself = garbage
            del garbage
            try:
                parse_python(source)
            except SystemError as error:
                errors.append(error)

    threads = [threading.Thread(target=parse_often) for _ in range(4)]
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(1)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
    assert errors == []
