"""Which imports get a module that stands in, and what that module has."""

import sys
from collections.abc import Iterator

import keras
import pytest

from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside.substitute_modules import Finder, set_figure_graded


def execute(source: str) -> dict[str, object]:
    """Execute a script in whose process modules stand in; return its globals."""
    finder = Finder(Submission("a.py", "", "script", (Unit(source, source),)), {"<submission file>": None})
    names: dict[str, object] = {}
    sys.meta_path.insert(0, finder)
    try:
        exec(compile(source, "<submission file>", "exec"), names)
    finally:
        sys.meta_path.remove(finder)
    return names


@pytest.fixture(autouse=True)
def modules_as_before() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    set_figure_graded(False)


def test_a_graded_figure_is_not_drawn_by_what_stands_in() -> None:
    names = execute("import seaborn as sns\nfrom plotly import express as px\nsns.lineplot([1]); px.line([1])")
    set_figure_graded(True)
    sns, px = names["sns"], names["px"]
    sns.set_theme(style="dark")  # type: ignore[attr-defined]
    for draw in (sns.lineplot, sns.FacetGrid, px.scatter):  # type: ignore[attr-defined]
        with pytest.raises(ModuleNotFoundError, match="is not installed here"):
            draw([1, 2])


def test_callbacks_are_callbacks() -> None:
    names = execute(
        "from tqdm.keras import TqdmCallback\nfrom livelossplot.inputs.tf_keras import PlotLossesCallback"
    )
    for name in ("TqdmCallback", "PlotLossesCallback"):
        assert isinstance(names[name](verbose=1), keras.callbacks.Callback)  # type: ignore[operator]


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import seaborn\nexcept ImportError:\n    here = False",
        "try:\n    if True:\n        from google.colab import drive\nexcept Exception:\n    here = False",
        "from importlib.util import find_spec\nhere = find_spec('tqdm') is not None",
        "import sys\nhere = 'google.colab' in sys.modules",
    ],
)
def test_who_asks_whether_a_package_is_there_hears_the_truth(source: str) -> None:
    assert execute(source)["here"] is False


@pytest.mark.parametrize("name", ["torch", "tensorboard.plugins.hparams", "google.cloud", "seabornx"])
def test_nothing_stands_in_for_other_packages(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=name.partition(".")[0]):
        execute(f"import {name}")


def test_a_library_that_looks_for_a_package_does_not_find_it() -> None:
    finder = Finder(Submission("a.py", "", "script", (Unit("", ""),)), {"<submission file>": None})
    sys.meta_path.insert(0, finder)
    try:
        with pytest.raises(ModuleNotFoundError):
            exec(compile("import tqdm", "library.py", "exec"), {})
    finally:
        sys.meta_path.remove(finder)


def test_a_package_that_is_installed_is_used() -> None:
    finder = Finder(Submission("a.py", "", "script", (Unit("", ""),)), {})
    assert finder.find_spec("numpy", None) is None
