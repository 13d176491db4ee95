"""Glue around a right solution (notebooks, windows, progress bars, boards, Colab) never costs a point."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Grade, criterion

SCRIPT = Path(__file__).parent / "glue" / "submission.py"


def test_glue_of_all_kinds_never_ends_a_file(grade: Grade) -> None:
    verdict = grade(SCRIPT.read_text("utf-8"))
    assert {(c.id, str(c.status), c.message) for c in verdict.criteria if c.status != "passed"} == set()
    assert [n.id for n in verdict.notices] == ["waits-for-input"]


def test_glue_in_a_notebook_never_ends_a_cell(grade_cells: Grade) -> None:
    setup = "%%capture shown\nimport numpy as np\nfiles = !ls\ndisplay(files[:1])\n%pip install x\n"
    one_hot = "shown.show()\ndef one_hot(y):\n    display(y)\n    return np.eye(10)[y]"
    scale = "%%time\ndef scale(x):\n    %timeit x\n    !ls\n    return x / 16"
    verdict = grade_cells(setup, one_hot, scale)
    assert {criterion(verdict, name).status for name in ("one_hot", "scale")} == {"passed"}
    assert verdict.notices == ()


@pytest.mark.parametrize(
    "line",
    [
        "tf.compat.v1.disable_eager_execution()",
        "tf.compat.v1.disable_v2_behavior()",
        "from tensorflow.python.framework.ops import disable_eager_execution as off; off()",
        "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()",
    ],
)
def test_a_line_that_turns_eager_execution_off_is_named(grade: Grade, line: str) -> None:
    verdict = grade("", before=f"import tensorflow as tf\n{line}\n")
    first = verdict.criteria[0]
    assert "turns eager execution off" in first.message
    assert "Remove that line" in first.message
    assert first.location is not None
    assert (first.location.line, first.location.source) == (2, line)
    # It is that process which is ended, not the one that the next submission runs in.
    assert grade("").points == 100


# At the top level of a file, and what is said of it.
MISSING = {
    "data of a package that only draws": (
        "import seaborn as sns\nsns.load_dataset('iris')",
        "seaborn is not installed here. Only what the course uses is installed",
    ),
    "a number that nobody types": (
        "n = int(input('n? '))",
        "keyboard input with input(), but nobody can type here",
    ),
    "an answer that never comes": (
        "while input('yes? ') != 'yes':\n    pass",
        "keyboard input with input(), but nobody can type here",
    ),
    "a package of no known kind": ("import torch", "No module named 'torch'"),
    "a module of another package": ("import tensorboard.plugins.hparams", "No module named"),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_would_influence_the_result_is_not_replaced(grade: Grade, case: str) -> None:
    added, reason = MISSING[case]
    verdict = grade(added)
    assert any(reason in n.text for n in verdict.notices), verdict.notices
