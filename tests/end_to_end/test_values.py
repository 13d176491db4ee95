"""What functions return: wrong types are told by name, and no object is believed about itself."""

# ruff: noqa: E501 - a submission in one line reads better than one in many pieces

import pytest

from tests.end_to_end.conftest import Grade, all_but, criterion

ONE_HOT = "def one_hot(y):\n    return "

YES = """
class Yes:
    __class__ = np.ndarray
    shape, dtype, ndim, nbytes = (13, 10), np.dtype("float64"), 2, 8
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __len__(self): return 13
    def __iter__(self): return iter([self] * 13)
    def __float__(self): return 1.0
    def __bool__(self): return True

"""
LIE = """
class Lie(np.ndarray):
    shape = property(lambda self: (13, 10))
    nbytes = property(lambda self: 8)
    def __array__(self, *a, **k): return np.eye(10)[[*range(10), 3, 1, 4]]
    def __eq__(self, other): return True
    def astype(self, *a, **k): return np.eye(10)[[*range(10), 3, 1, 4]]

"""
META = """
class Meta(type):
    def __getattribute__(cls, name): raise SystemExit("no")
    def __instancecheck__(cls, other): return True

class X(metaclass=Meta):
    pass

"""

WRONG = {
    "nothing": ("def one_hot(y):\n    np.eye(10)[y]", "one_hot() returned None. Is there a `return` at its end?", "None"),
    "text": (ONE_HOT + "'hello'", "one_hot() has to return numbers", "'hello'"),
    "surrogate": (ONE_HOT + "'\\ud800'", "one_hot() has to return numbers", "'?'"),
    "dict": (ONE_HOT + "{1: 2, (1, 2): 3, None: 4, '\\ud800': 5}", "", "dict {1, 'tuple', 'NoneType', '?'}"),
    "generator": (ONE_HOT + "(i for i in y)", "one_hot() has to return numbers", "generator"),
    "lambda": (ONE_HOT + "lambda: y", "one_hot() has to return numbers", "function"),
    "class": (ONE_HOT + "int", "one_hot() has to return numbers", "type"),
    "set": (ONE_HOT + "{1, 2}", "one_hot() has to return numbers", "set"),
    "says yes to everything": (YES + ONE_HOT + "Yes()", "one_hot() has to return numbers", "Yes"),
    "lying array": (LIE + ONE_HOT + "np.zeros((2, 2)).view(Lie)", "returned the shape (2, 2)", "shape (2, 2)"),
    "lying class": (META + ONE_HOT + "X()", "one_hot() has to return numbers", "X"),
    "text that equals everything": (
        "class S(str):\n    def __eq__(self, other): return True\n    def __str__(self): return '1'\n\n" + ONE_HOT + "S('a')",
        "one_hot() has to return numbers",
        "'a'",
    ),
    "array that raises": (
        "class A:\n    def __array__(self, *a, **k): raise RuntimeError('no')\n\n" + ONE_HOT + "A()",
        "one_hot() has to return numbers",
        "A (RuntimeError while it was read)",
    ),
    "array that exits": (
        "class A:\n    def __array__(self, *a, **k): raise SystemExit\n\n" + ONE_HOT + "A()",
        "it called exit(), quit() or sys.exit()",
        "SystemExit",
    ),
    "complex": (ONE_HOT + "np.eye(10)[y] * 1j", "one_hot() has to return numbers", "complex128"),
    "objects": (ONE_HOT + "np.array([None, 'a', object()])", "one_hot() has to return numbers", "ndarray (dtype object)"),
    "records": (ONE_HOT + "np.zeros(3, dtype=[('a', int)])", "has to return numbers", "ndarray (dtype [('a', '<i8')])"),
    "1 GB": (ONE_HOT + "np.broadcast_to(np.uint8(1), 2**30)", "", "ndarray ((1073741824,) uint8, 1024 MiB)"),
    "deep": ("def one_hot(y):\n    r = []\n    for _ in range(9999): r = [r]\n    return r", "", "list (1 items)"),
    "itself": ("def one_hot(y):\n    r = []\n    r.append(r)\n    return r", "", "list (1 items)"),
    "many": (ONE_HOT + "['a'] * 100_000", "", "list (100000 items)"),
    "number": (ONE_HOT + "3", "returned the shape (); expected (13, 10)", "shape ()"),
    "huge number": (ONE_HOT + "10**400", "one_hot() has to return numbers", "scalar (dtype object)"),
    "NaN everywhere": (ONE_HOT + "np.full((len(y), 10), np.nan)", "returned other numbers than expected", "nan"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_called_by_its_name(grade: Grade, case: str) -> None:
    added, said, received = WRONG[case]
    verdict = grade(added)
    bad = criterion(verdict, "one_hot")
    assert bad.status == "failed"
    assert said in bad.message
    assert bad.received is not None
    assert received in bad.received
    assert all_but(verdict, "one_hot") == {"passed"}
    assert verdict.points == 50


def test_nan_has_its_own_message_where_numbers_are_scaled(grade: Grade) -> None:
    bad = criterion(grade("def scale(x):\n    return (x - x.mean(0)) / x.std(0) * np.nan"), "scale")
    assert bad.status == "failed"
    assert "scale() gives NaN or infinite numbers" in bad.message


RIGHT = {
    "list": ONE_HOT + "[[int(c == k) for c in range(10)] for k in y]",
    "tuple of arrays": ONE_HOT + "tuple(np.eye(10)[y])",
    "tensor": "import tensorflow as tf\n" + ONE_HOT + "tf.one_hot(y, 10)",
    "list of tensors": "import tensorflow as tf\n" + ONE_HOT + "list(tf.one_hot(y, 10))",
    "truth values": ONE_HOT + "np.arange(10) == y[:, None]",
    "matrix": "from scipy import sparse\n" + ONE_HOT + "np.asmatrix(np.eye(10)[y])",
    "small integers": ONE_HOT + "np.eye(10, dtype='uint8')[y]",
    "dict of counts": "def class_counts(y):\n    return {k: int((y == k).sum()) for k in range(10)}",
    "dict with NumPy's keys": "def class_counts(y):\n    return {k: (y == k).sum() for k in np.arange(10)}",
    "not its own memory": "held = np.zeros(10)\ndef class_counts(y):\n    held[:] = np.bincount(y, minlength=10)\n    return held",
    "a callable object": "class Encoder:\n    def __call__(self, y): return np.eye(10)[y]\n\none_hot = Encoder()",
    "a partial function": "import functools\none_hot = functools.partial(np.take, np.eye(10), axis=0)",
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_value_passes_however_it_is_wrapped(grade: Grade, case: str) -> None:
    verdict = grade(RIGHT[case])
    assert [(c.id, c.message) for c in verdict.criteria if c.status != "passed"] == []
