"""What is recorded of a submission's exceptions, of the line that it runs, and of where its functions are."""

import sys
from types import SimpleNamespace

import pytest

from grader.protocol.channel import PLACE
from grader.protocol.evidence import ExceptionFacts, Frame
from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside import line_watch
from grader.sandbox.inside.line_watch import LineWatch, find_place
from grader.sandbox.inside.submission_module import (
    MAX_HEAD,
    MAX_TAIL,
    SubmissionModule,
    describe_lazy,
    exception_facts,
    lazy_kind,
)


def module_of(*sources: str, cells: bool = False) -> SubmissionModule:
    """Return a submission of these units, which are not executed yet."""
    units = tuple(Unit(source=s, original=s, cell=i if cells else None) for i, s in enumerate(sources, start=1))
    return SubmissionModule(Submission(name="s.py", sha256="", kind="script", units=units))


def facts_of(source: str) -> ExceptionFacts:
    """Return what is recorded when this is executed."""
    module = module_of(source)
    failure = module.execute(module.submission.units[0])
    assert failure is not None
    return failure.exception


# Exceptions.


def test_a_line_that_is_not_python_comes_with_the_two_before() -> None:
    assert facts_of("a = 1\nif a:\n    b = 2\n\tc = 3\n").lines == ("if a:", "    b = 2", "\tc = 3")


def test_whether_a_library_raised_it_is_recorded() -> None:
    assert not facts_of("raise NotImplementedError").by_library
    assert facts_of("import json\njson.loads('{')").by_library


def test_the_end_of_a_long_message_is_kept_from_a_whole_line_on() -> None:
    message = facts_of("raise ValueError('begin' + 'x' * 9000 + '\\n' + 'y' * 2000 + '\\nthe reason')").message
    assert message.startswith("begin")
    assert message.endswith("the reason")
    assert len(message) <= MAX_HEAD + MAX_TAIL + 1
    assert message.split("\n")[1] == "y" * 2000


def test_a_line_of_the_submission_in_a_quoted_stack_is_a_frame() -> None:
    stack = 'File "<submission file>", line 3, in loss\\n\\nFile "/opt/keras.py", line 8, in call'
    facts = facts_of(f"def loss():\n    pass\nraise ValueError('''{stack}''')")
    assert facts.frames == (Frame(line=3, function="<module>"), Frame(line=3, function="loss"))


SIMILAR = {
    "import numpy as np\nnp.zeroes(3)": "zeros",
    "value = 1\nvaule": "value",
    "from sklearn.model_selection import test_train_split": "train_test_split",
    "import keras\nkeras.layers.dense(3)": "Dense",
    "import keras\nkeras.layers.Dense(3, activation='rellu')": "relu",
    "import keras\nkeras.losses.get('mes')": "mse",
    "import keras\nkeras.layers.Dense(3, activtion='relu')": "activation",
    "import keras\nkeras.optimizers.Adam(learnin_rate=0.1)": "learning_rate",
    "import keras\nkeras.Sequential().compile(optimiser='adam')": "optimizer",
    "import kears": "keras",
    "import seaborn_of_mine": "",
    "import numpy as np\nnp.qqqqq": "",
    "raise ValueError('no name at all')": "",
    "class E(NameError):\n    name = property(lambda self: 1 / 0)\nraise E()": "",
}


@pytest.mark.parametrize("source", SIMILAR)
def test_the_real_name_that_resembles_a_wrong_one_is_recorded(source: str) -> None:
    assert facts_of(source).similar == SIMILAR[source]


# The line that runs.


def test_the_innermost_line_of_the_submission_is_found() -> None:
    module = module_of("import sys\ndef inner():\n    return f()\ndef outer():\n    return inner()\n")
    module.execute(module.submission.units[0])
    module.names["f"] = lambda: find_place(sys._getframe(), module)
    assert module.names["outer"]() == Frame(line=3, function="inner")


def test_of_a_loop_its_first_line_is_told_whatever_line_runs() -> None:
    source = "def f(g):\n    for i in range(1):\n        while True:\n            i = 1\n            return g()\n"
    module = module_of(source)
    module.execute(module.submission.units[0])
    assert module.names["f"](lambda: find_place(sys._getframe(), module)) == Frame(line=3, function="f")


def test_before_its_first_statement_a_file_is_in_its_first_line() -> None:
    """There, Python says line 0, which no file has: the supervisor would take it for a forgery."""
    module = module_of("\n\nx = 1\n")
    places: list[tuple[int, Frame | None]] = []
    sys.setprofile(lambda frame, event, _: places.append((frame.f_lineno, find_place(frame, module))))
    try:
        module.execute(module.submission.units[0])
    finally:
        sys.setprofile(None)
    assert (0, Frame(line=1, function="<module>")) in places


def test_without_a_line_of_the_submission_there_is_no_place() -> None:
    assert find_place(sys._getframe(), module_of("")) is None
    assert find_place(None, module_of("")) is None


def test_the_line_is_sent_while_something_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_watch, "REPORT_SECONDS", 0.05)
    sent: list[tuple[bytes, bytes, bytes]] = []
    module = module_of("import time\ndef f():\n    while not sent:\n        time.sleep(0.01)\n")
    module.names["sent"] = sent
    module.execute(module.submission.units[0])
    channel = SimpleNamespace(send=lambda *frame: sent.append(frame))
    watch = LineWatch(channel, module)  # type: ignore[arg-type]
    with watch.during(b"n" * 16):
        module.names["f"]()
    assert sent[0] == (PLACE, b'{"line":3,"cell":null,"function":"f"}', b"n" * 16)


# Where functions are.


def test_a_function_within_something_else_is_found() -> None:
    module = module_of(
        "class Net:\n    def train(self):\n        pass\n",
        'def outer():\n    def scale():\n        pass\nif __name__ == "__main__":\n    def split(): pass\n',
        "def (",
        cells=True,
    )
    names = ("train", "scale", "split", "outer", "load")
    assert [module.find_enclosing(name) for name in names] == ["Net", "outer", "__main__", "", ""]


def test_a_return_that_ends_a_loop_is_found() -> None:
    module = module_of(
        "def f(x):\n    for a in x:\n        a = 1\n        return a\n"
        "def g(x):\n    for a in x:\n        if a:\n            return a\n    return 0\n"
    )
    assert module.find_early_returns() == (Frame(line=4, function="f"),)


def test_a_function_that_only_promises_a_result_is_described_with_its_line() -> None:
    module = module_of(
        "\nasync def train():\n    return 1\ndef scale():\n    yield 1\ndef split():\n    return 1\n"
    )
    module.execute(module.submission.units[0])
    names = module.names
    assert [lazy_kind(names[name]) for name in ("train", "scale", "split")] == ["coroutine", "generator", ""]
    facts = describe_lazy(names["train"], "coroutine", module)
    assert facts.frames == (Frame(line=2, function="train"),)
    assert "coroutine" in facts.message


def test_an_operation_inside_keras_is_no_line_of_the_submission() -> None:
    module = module_of("import keras\ndef f(): keras.Sequential([keras.Input(shape=(3))])\n")
    module.execute(module.submission.units[0])
    with pytest.raises(ValueError, match="shape") as raised:
        module.names["f"]()
    facts = exception_facts(raised.value, module)
    assert facts.frames == (Frame(line=2, function="f"),)
    assert facts.by_library
