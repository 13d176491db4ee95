"""What goes wrong in honest work: each has its own message, its own line, and costs its own criterion only."""

# ruff: noqa: E501 - a submission in one line reads better than one in many pieces

import pytest

from grader.grading.grader import Grader
from grader.protocol.plan import Limits
from grader.sandbox.environment import Process
from tests.end_to_end.conftest import Grade, all_but, criterion

ONE_HOT = "def one_hot(y):\n    "
RIGHT = "\n    return np.eye(10)[y]\n"

# What one_hot does, what is said, and the line that is shown.
FUNCTIONS = {
    "raises": (
        ONE_HOT + "return np.eye(10)[y + 5]",
        "one_hot() stopped with an error: the index 10 was used, but axis 0 has 10 entries only",
        "    return np.eye(10)[y + 5]",
    ),
    "wrong signature": ("def one_hot(y, classes):\n    return y", "one_hot() missing 1 required positional argument", None),
    "loop": (ONE_HOT + "while True: pass", "one_hot() did not come to an end in time: line 17 was still running after", "    while True: pass"),
    "sleep": (ONE_HOT + "import time; time.sleep(1e6)", "one_hot() did not come to an end in time: line 17", "    import time; time.sleep(1e6)"),
    "os._exit": (ONE_HOT + "import os; os._exit(0)", "one_hot() ended the whole process (exit code 0)", None),
    "sys.exit": (ONE_HOT + "import sys; sys.exit(3)", "it called exit(), quit() or sys.exit()", "    import sys; sys.exit(3)"),
    "exit": (ONE_HOT + "exit()", "it called exit(), quit() or sys.exit()", "    exit()"),
    "kill": (ONE_HOT + "import os; os.kill(os.getpid(), 9)", "one_hot() was killed by the signal SIGKILL", None),
    "segmentation fault": (
        ONE_HOT + "import ctypes; ctypes.string_at(0)",
        "one_hot() was killed by the signal SIGSEGV",
        None,
    ),
    "abort": (ONE_HOT + "import os; os.abort()", "one_hot() was killed by the signal SIGABRT", None),
    "recursion": (ONE_HOT + "return one_hot(y)", "a function calls itself without end", "    return one_hot(y)"),
    "10 GB": (ONE_HOT + "return np.ones(10**10)", "there is not enough memory", "    return np.ones(10**10)"),
    "growing list": (
        ONE_HOT + "kept = []\n    while True: kept.append(bytes(10**6))",
        "there is not enough memory",
        "    while True: kept.append(bytes(10**6))",
    ),
    "input": (ONE_HOT + "return input('labels? ')", "keyboard input with input()", "    return input('labels? ')"),
    "missing import": (
        ONE_HOT + "import torch",
        "No module named 'torch'. Only what the course uses is installed: NumPy",
        "    import torch",
    ),
    "download": (
        ONE_HOT + "from urllib.request import urlopen; urlopen('http://example.com')",
        "it tried to download something, but there is no network here",
        "    from urllib.request import urlopen; urlopen('http://example.com')",
    ),
    "MNIST": (
        ONE_HOT + "import keras; keras.datasets.mnist.load_data()",
        "the data set mnist is not on this machine, and there is no network here. Fetch it once, outside of the grader",
        "    import keras; keras.datasets.mnist.load_data()",
    ),
    "OpenML": (
        ONE_HOT + "from sklearn.datasets import fetch_openml; fetch_openml('mnist_784', delay=0.1)",
        "it tried to download something, but there is no network here",
        "    from sklearn.datasets import fetch_openml; fetch_openml('mnist_784', delay=0.1)",
    ),
    "fork": (ONE_HOT + "import os\n    while True: os.fork()", "start no programs", "    while True: os.fork()"),
    "subprocess": (
        ONE_HOT + "import subprocess; subprocess.run(['ls'])",
        "start no programs",
        "    import subprocess; subprocess.run(['ls'])",
    ),
    "processes": (
        ONE_HOT + "import multiprocessing\n    multiprocessing.Pool(2)",
        "start no programs",
        "    multiprocessing.Pool(2)",
    ),
    "huge file": (
        ONE_HOT + "open('x', 'wb').write(bytes(50 << 20))",
        "There is room for small files only",
        "    open('x', 'wb').write(bytes(50 << 20))",
    ),
    "many files": (
        ONE_HOT + "\n    for i in range(10**6): open(f'{i}', 'w').close()",
        "There is room for small files only",
        "    for i in range(10**6): open(f'{i}', 'w').close()",
    ),
    "alarm": (
        ONE_HOT + "import signal, time\n    signal.setitimer(signal.ITIMER_REAL, 0.1)\n    time.sleep(9)",
        "one_hot() was killed by the signal SIGALRM",
        None,
    ),
    "own exception": (
        "class Bad(BaseException):\n    pass\n\n" + ONE_HOT + "raise Bad('\\ud800')",
        "one_hot() stopped with an error: Bad: ?",
        "    raise Bad('\\ud800')",
    ),
    "exception without text": (
        "class Bad(Exception):\n    def __str__(self): raise SystemExit\n\n" + ONE_HOT + "raise Bad",
        "one_hot() stopped with an error: Bad.",
        "    raise Bad",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FUNCTIONS)
def test_a_function_that_goes_wrong_costs_its_own_criterion(grade: Grade, case: str) -> None:
    added, said, line = FUNCTIONS[case]
    verdict = grade(added)
    bad = criterion(verdict, "one_hot")
    assert said in bad.message
    assert (bad.status, bad.points) == ("failed", 0)
    if line is None:
        assert bad.location is None
    else:
        assert bad.location is not None
        assert bad.location.source == line
        assert bad.location.file == "submission.py"
        assert bad.location.cell is None
    assert all_but(verdict, "one_hot") == {"passed"}
    assert (verdict.status, verdict.points, verdict.max_points) == ("partial", 50, 100)


NAMES = {
    "a close name": ("onehot = one_hot\ndel one_hot", "There is one called onehot(): did you mean that?"),
    "no close name": ("del one_hot", "There is no function one_hot(). Define it"),
    "no function": ("one_hot = 3", "one_hot has to be a function, but here it is a value of type int"),
    "no names but others": ("globals()[3] = one_hot\ndel one_hot", "There is no function one_hot()"),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_missing_function_is_named(grade: Grade, case: str) -> None:
    added, said = NAMES[case]
    verdict = grade(added)
    assert said in criterion(verdict, "one_hot").message
    assert criterion(verdict, "one_hot").status == "failed"
    assert criterion(verdict, "one_hot").expected == "a function one_hot()"
    assert verdict.points == 50


def test_a_stub_is_not_attempted(grade: Grade) -> None:
    verdict = grade(ONE_HOT + "raise NotImplementedError")
    stub = criterion(verdict, "one_hot")
    assert stub.status == "not_attempted"
    assert stub.message == "one_hot() is not written yet: it still raises NotImplementedError."
    assert stub.location is not None
    assert stub.location.line == 17
    assert verdict.status == "partial"


def test_a_syntax_error_is_shown_where_it_is(grade: Grade) -> None:
    verdict = grade("def broken(:\n    pass")
    assert {c.status for c in verdict.criteria} == {"failed"}
    assert {c.location.line for c in verdict.criteria if c.location} == {16}
    first, *others = verdict.criteria
    assert "this is not Python: invalid syntax" in first.message
    assert {c.same_cause_as for c in others} == {first.id}
    assert {c.message for c in others} == {f'The same cause as for "{first.title}", which says how to mend it.'}
    (notice,) = verdict.notices
    assert notice.text == "Line 16 is not Python, so nothing of your file could be run."
    assert notice.location is not None
    assert notice.location.source == "def broken(:"


def test_what_was_defined_before_a_crash_is_judged(grade: Grade) -> None:
    verdict = grade("", before="import numpy as np\nx = [1][2]\n")
    assert {c.status for c in verdict.criteria} == {"failed"}
    assert "stopped with an error before this was defined: IndexError" in verdict.criteria[0].message
    assert verdict.notices[0].text == "Your file stopped with an error in line 2; what stands below was not run."
    after = grade("x = [1][2]")
    assert after.points == 100
    assert "IndexError" in after.notices[0].text
    assert after.notices[0].location is not None
    assert after.notices[0].location.line == 16


IMPORTS = {
    "loop": (
        "while True: pass",
        "Your file, run from top to bottom, did not come to an end in time: line 16 was still running after",
    ),
    "os._exit": (
        "import os; os._exit(0)",
        "Your file, run from top to bottom, ended the whole process (exit code 0)",
    ),
    "kill": ("import os; os.kill(os.getpid(), 9)", "was killed by the signal SIGKILL"),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_a_file_that_never_comes_up_gets_nothing_and_is_told_why(grade: Grade, case: str) -> None:
    added, said = IMPORTS[case]
    verdict = grade(added)
    assert {c.status for c in verdict.criteria} == {"failed"}
    assert said in verdict.criteria[0].message
    assert verdict.notices[0].id == "import-stopped"
    assert said in verdict.notices[0].text


HARMLESS = {
    "exit at the end": ("exit()", "import-failed", "it called exit(), quit() or sys.exit()"),
    "input at the top": ("name = input('name? ')", "waits-for-input", "input() waits for somebody to type"),
    "missing import at the end": ("import torch", "import-failed", "No module named 'torch'"),
    "training at the top": (
        "import keras\nm = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\nm.compile(loss='mse'); m.fit(np.zeros((4, 1)), np.zeros(4), verbose=0)",
        "training-at-import",
        "Put that into a function",
    ),
    "a million lines": (
        "_scale = scale\ndef scale(x):\n    if len(x) == 12:\n        for i in range(10**6): print(i)\n    return _scale(x)",
        "prints-much",
        "The code printed 1000000 lines",
    ),
    "a thread": (
        ONE_HOT + "import threading, time; threading.Thread(target=time.sleep, args=(1e6,)).start()" + RIGHT,
        "threads-left",
        "one_hot() leaves threads running when it returns",
    ),
    "a daemon": (
        ONE_HOT + "import threading, time\n    threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()" + RIGHT,
        "threads-left",
        "one_hot() leaves threads running when it returns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMLESS)
def test_what_costs_no_points_is_noticed(grade: Grade, case: str) -> None:
    added, notice, said = HARMLESS[case]
    verdict = grade(added)
    assert verdict.points == 100
    assert verdict.status == "passed"
    assert any(said in n.text for n in verdict.notices if n.id == notice)


def test_windows_stay_closed(grade: Grade) -> None:
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n"
    verdict = grade(plot + ONE_HOT + "plt.plot([3]); plt.show(block=True)" + RIGHT)
    assert verdict.points == 100
    assert verdict.notices == ()


# Notebooks.

CELL = "import numpy as np\ndef one_hot(y):\n    return np.eye(10)[y]"
SCALE = "def scale(x):\n    return x / 16"


def test_a_cell_with_a_syntax_error_costs_its_own_functions(grade_cells: Grade) -> None:
    verdict = grade_cells(CELL, "def class_counts(y:\n    return y", SCALE)
    assert criterion(verdict, "one_hot").status == criterion(verdict, "scale").status == "passed"
    lost = criterion(verdict, "class_counts")
    assert lost.status == "failed"
    assert "look first at cell 2, which stopped with an error: this is not Python" in lost.message
    assert lost.location is not None
    assert (lost.location.file, lost.location.cell, lost.location.line) == ("submission.ipynb", 2, 1)
    assert verdict.points == 80


def test_a_cell_that_raises_does_not_hide_a_close_name(grade_cells: Grade) -> None:
    verdict = grade_cells(CELL.replace("one_hot", "onehot"), "1 / 0", SCALE)
    assert "There is one called onehot()" in criterion(verdict, "one_hot").message
    assert "Cell 2 stopped with an error" in verdict.notices[0].text
    assert "ZeroDivisionError" in verdict.notices[0].text


ENDLESS = {
    "loop": (
        "while True: pass",
        "Cell 2 did not come to an end in time: line 1 of cell 2 was still running after",
    ),
    "os._exit": ("import os; os._exit(0)", "Cell 2 ended the whole process"),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_cell_that_never_ends_is_left_out(grade_cells: Grade, case: str) -> None:
    code, said = ENDLESS[case]
    wrong = "def scale(x):\n    return x / undefined"
    verdict = grade_cells(CELL, code + "\ndef class_counts(y): pass", wrong)
    assert criterion(verdict, "one_hot").status == "passed"
    assert said in criterion(verdict, "class_counts").message
    assert "NameError" in criterion(verdict, "scale").message  # its own mistake, not the cell's
    assert [n.id for n in verdict.notices] == ["import-stopped"]
    assert said in verdict.notices[0].text
    assert verdict.points == 50


def test_two_cells_that_never_end_are_one_too_many(grade_cells: Grade) -> None:
    verdict = grade_cells(CELL, "import os; os._exit(0)", "import os; os._exit(1)")
    assert {c.status for c in verdict.criteria} == {"failed"}
    assert "Cell 2 ended the whole process" in criterion(verdict, "one_hot").message


def test_a_function_that_ends_the_process_is_not_called_again(
    grade: Grade, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call would cost a process: the other calls of the function share the fate of the first."""
    launched: list[Limits] = []
    launch = grader.environment.launch

    def counted(limits: Limits) -> Process:
        launched.append(limits)
        return launch(limits)

    monkeypatch.setattr(grader.environment, "launch", counted)
    verdict = grade(ONE_HOT + "import os; os._exit(0)")
    assert verdict.points == 50
    assert len(launched) == 2  # until the first call, and the rest
