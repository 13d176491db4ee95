"""`check("digits")` in a real Jupyter kernel: what is checked, what is shown, and what is left behind."""

import os
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from grader.commands import notebook_check
from tests.end_to_end.conftest import COURSE
from tests.helpers.paths import ROOT

RIGHT = (COURSE.folder / "reference" / "functions" / "submission.py").read_text()
CHECK = f"check('functions', course={str(COURSE.folder)!r}, lang='en')"
PATIENCE_SECONDS = 120.0
# What Colab puts where notebooks run: a module that the page answers.
COLAB = """
import sys, types
message = types.ModuleType("google.colab._message")
message.blocking_request = lambda kind, request="", timeout_sec=5: {}
sys.modules["google.colab._message"] = message
"""


class Kernel:
    """A kernel that runs cells and returns their outputs."""

    def __init__(self, folder: Path) -> None:
        self.book = nbformat.v4.new_notebook()
        self.client = NotebookClient(
            self.book, timeout=PATIENCE_SECONDS, resources={"metadata": {"path": str(folder)}}
        )

    def run(self, cell: str) -> list[dict[str, Any]]:
        """Run a cell."""
        self.book.cells.append(nbformat.v4.new_code_cell(cell))
        made = self.client.execute_cell(self.book.cells[-1], len(self.book.cells) - 1, store_history=True)
        return [dict(output) for output in made.outputs]

    @property
    def process(self) -> int:
        """The kernel's process."""
        provisioner: Any = self.client.km and self.client.km.provisioner
        return int(provisioner.pid)

    def fails(self, cell: str) -> None:
        """Run a cell that stops with an error."""
        self.client.allow_errors = True
        assert any(output["output_type"] == "error" for output in self.run(cell))
        self.client.allow_errors = False

    def shown(self, cell: str) -> str:
        """Run a cell; returns the words of what it shows last."""
        return str(self.run(cell)[-1]["data"]["text/plain"])


# What a kernel runs at its start: its children are forked from one that has imported TensorFlow. The kernel that a
# test kills starts them itself.
FORKING = f"""
import sys
sys.path.append({str(ROOT)!r})
from grader.sandbox import plain
from tests.helpers.forked_processes import CHILD, ForkServer
plain.spawn = ForkServer(CHILD).spawn
sys.path.pop()
del sys, plain, CHILD, ForkServer
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    settings = tmp_path_factory.mktemp("ipython")
    startup = settings / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "forking.py").write_text(FORKING)
    started = Kernel(tmp_path_factory.mktemp("notebook"))
    with started.client.setup_kernel(env=os.environ | {"IPYTHONDIR": str(settings)}):
        yield started


def children(process: int) -> set[int]:
    """Return the children of a process."""
    found: set[int] = set()
    for task in Path(f"/proc/{process}/task").iterdir():
        found |= set(map(int, (task / "children").read_text().split()))
    return found


def examiners(process: int) -> list[int]:
    """Return the examiners among the children of a process: exactly one is kept."""
    found = [
        child
        for child in children(process)
        if b"grader.examiner.service" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    assert len(found) == 1
    return found


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def running(process: int) -> bool:
    """Whether a process is there, and not only its remains."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_nothing_run_yet_is_said_before_anything_starts(kernel: Kernel) -> None:
    kernel.run("from grader import check")
    kernel.run("%reset -f in")
    assert "No cell with your code was run yet" in kernel.shown(CHECK)


def test_what_was_run_is_checked_and_shown_as_a_page_and_as_words(kernel: Kernel) -> None:
    kernel.run("%matplotlib inline\n" + RIGHT)
    kernel.fails("def scale(x:")
    kernel.fails("def scale(x):\n    return None\n\nscale(1) + 1")
    kernel.run("def scale(x):\n    return x / 16\n\nscale(1) + 1")
    output = kernel.run(CHECK)[-1]
    assert output["output_type"] == "execute_result"
    words, page = output["data"]["text/plain"], output["data"]["text/html"]
    assert "100 of 100 points" in words
    assert "There were no walls around this run" in words
    assert "Notices" not in words  # cells that failed and were mended leave no trace
    assert '<iframe sandbox="allow-same-origin"' in page
    assert "&lt;!DOCTYPE html&gt;" in page


def test_the_next_check_is_warm_counts_its_own_cell_and_names_cells_as_jupyter_does(kernel: Kernel) -> None:
    before = examiners(kernel.process)
    kernel.run("def one_hot(y):\n    raise ValueError('here')")
    number = kernel.book.cells[-1].execution_count
    kernel.run(f"def scale(x):\n    return None\nresult = {CHECK}\nassert result.verdict.points == 20")
    said = kernel.shown("result")
    assert f"functions.ipynb, cell {number}, line 2" in said
    assert "scale() returned None" in said
    assert "Notices" not in said
    assert examiners(kernel.process) == before


def test_colab_is_asked_for_the_page(kernel: Kernel) -> None:
    kernel.run(COLAB)
    page = {"nbformat": 4, "cells": [{"cell_type": "code", "source": [RIGHT], "outputs": {}}], "metadata": {}}
    kernel.run(f"message.blocking_request = lambda *a, **k: {{'ipynb': {page!r}}}")
    assert "100 of 100 points" in kernel.shown(CHECK)
    kernel.run("del sys.modules['google.colab._message']")


def test_what_the_cells_of_the_page_showed_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = {"cell_type": "code", "source": ["x = 1"]}
    page = {"nbformat": 4, "cells": [cell | {"outputs": [{"text": "long" * 10_000_000}]}]}
    message = types.ModuleType("google.colab._message")
    vars(message)["blocking_request"] = lambda *_, **__: {"ipynb": page}
    monkeypatch.setitem(sys.modules, "google.colab._message", message)
    assert notebook_check._page() == {"nbformat": 4, "cells": [cell]}


@pytest.mark.parametrize("answer", [None, {}, {"ipynb": 3}, {"ipynb": {"cells": []}}, {"ipynb": {"cells": {1}}}])
def test_where_colab_does_not_answer_there_is_no_page(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    message = types.ModuleType("google.colab._message")
    vars(message)["blocking_request"] = lambda *_, **__: answer
    monkeypatch.setitem(sys.modules, "google.colab._message", message)
    assert notebook_check._page() is None


def test_what_cannot_be_checked_is_a_sentence_and_no_traceback(kernel: Kernel, tmp_path: Path) -> None:
    assert kernel.shown("check('chess')").startswith("There is no exercise 'chess'. This course has: calibration")
    assert "There are no exercises in" in kernel.shown(f"check('digits', course={str(tmp_path)!r})")
    assert "lang is one of en, de; received 'fr'" in kernel.shown("check('digits', lang='fr')")
    assert "Es gibt" in kernel.shown("check('chess', lang='de')")
    assert kernel.shown("check('chess').verdict is None") == "True"
    (tmp_path / "exercises" / "broken").mkdir(parents=True)
    (tmp_path / "exercises" / "broken" / "rubric.py").write_text("raise RuntimeError('a rubric with a bug')")
    assert "a rubric with a bug" in kernel.shown(f"check('broken', course={str(tmp_path)!r})")


def test_outside_of_a_notebook_it_says_where_it_works(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from grader import check; print(check('digits').verdict)"],
        cwd=tmp_path,
        env=os.environ | {"LANG": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "None\n"
    assert done.stderr.startswith("check() works inside a notebook (Jupyter, Colab).")


def test_importing_the_package_brings_nothing_with_it() -> None:
    program = "import grader, sys; print([m for m in sys.modules if m.startswith(('grader.', 'msgspec', 'rich'))])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    import grader

    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        grader.chekc  # noqa: B018 - it is the look-up that fails


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_kernel_that_is_killed_leaves_no_process_behind_not_even_one_without_end(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    endless = f"def one_hot(y):\n    open({str(begun)!r}, 'w').close()\n    while True: pass\n"
    manager = KernelManager()
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_SECONDS)
        client.execute(f"{RIGHT}\n{endless}\nfrom grader import check\n{CHECK}")
        wait_for(begun.exists, "the function runs")
        assert manager.provisioner is not None
        kernel = int(manager.provisioner.pid)  # type: ignore[attr-defined]
        left = children(kernel)
        assert len(left) >= 2
        manager.signal_kernel(9)
        wait_for(lambda: not any(map(running, left)), f"these are still there: {left}")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
