"""Functions that are still as in the stub are found by their source."""

import pytest

from grader.submission.unwritten import find_unwritten_functions


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "raise NotImplementedError('write me')",
        "pass",
        "...",
        "'''What it returns.'''",
        "'''What it returns.'''\n    raise NotImplementedError",
    ],
)
def test_a_function_that_does_nothing_is_unwritten(body: str) -> None:
    assert find_unwritten_functions([f"def f(x):\n    {body}\n"]) == {"f"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x\n",
        "def f(x):\n    return None\n",
        "def f(x):\n    x = 1\n    raise NotImplementedError\n",
        "def f(x):\n    raise ValueError\n",
        "def f(x):\n    1\n",
        "class A:\n    def f(self):\n        pass\n",
        "f = lambda x: x\n",
        "def f(x:\n    pass\n",
        "",
    ],
)
def test_whatever_else_it_does_it_is_written(source: str) -> None:
    assert not find_unwritten_functions([source])


def test_the_last_of_one_name_counts() -> None:
    stub, written = "def f():\n    pass\n", "def f():\n    return 1\n"
    assert not find_unwritten_functions([stub, written])
    assert find_unwritten_functions([written + stub]) == {"f"}


@pytest.mark.parametrize(
    "after",
    [
        "f = g",
        "from helpers import f",
        "import g as f",
        "if True:\n    def f(x):\n        return x",
        "try:\n    f = g\nexcept NameError:\n    pass",
        "class f:\n    pass",
        "for f in [len]:\n    pass",
    ],
)
def test_a_name_that_is_bound_in_another_way_may_be_written(after: str) -> None:
    stub = "def f(x):\n    raise NotImplementedError\n"
    assert not find_unwritten_functions([stub + after + "\n"])
    assert not find_unwritten_functions([stub, after + "\n"])
    assert find_unwritten_functions([stub + "print(f)\n"]) == {"f"}
