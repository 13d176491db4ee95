"""Replace packages that surround a solution and are not installed: progress bars, drawing, Colab, widgets.

Nothing of them may influence what is graded: what they would return has no effect, and functions of theirs that
would (data sets, figures that are graded) say that the package is missing. A package that is installed is used
itself, apart from IPython, of which there is no shell here.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import keras

from grader.core.syntax_trees import parse_python
from grader.protocol.submission import Submission
from grader.sandbox.inside.no_effect import NoEffect
from grader.sandbox.inside.notebook_shell import display, get_shell

# Packages of which everything is without effect.
_WITHOUT_EFFECT = frozenset(
    {
        "IPython", "google.colab", "graphviz", "ipywidgets", "livelossplot", "matplotlib_inline", "pydot",
        "pydotplus", "tensorboard", "tensorflow_docs", "tqdm", "visualkeras", "winsound",
    }
)  # fmt: skip
_NEEDS_A_SHELL = frozenset({"IPython", "matplotlib_inline"})  # used by nobody here, where they are installed
# Packages that draw. Where a figure is graded, they say that they are missing.
_DRAWING = frozenset({"altair", "bokeh", "missingno", "plotly", "scikitplot", "seaborn", "yellowbrick"})
# Functions of those that set a style, and draw nothing.
_STYLING = frozenset(
    {
        "axes_style", "despine", "plotting_context", "reset_defaults", "reset_orig", "set", "set_color_codes",
        "set_context", "set_palette", "set_style", "set_theme",
    }
)  # fmt: skip
# Parts of packages without effect that have one: values to try.
_WITH_EFFECT = ("tensorboard.plugins",)
_DATA = frozenset({"data", "datasets", "get_data_home", "get_dataset_names", "load_dataset"})


class _Drawing(NoEffect):
    """A function, class or module of a drawing package that is not installed."""

    figure_is_graded = False

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> NoEffect:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Drawing(self._package)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Draw nothing. Raises `ModuleNotFoundError` where the figure is graded."""
        if _Drawing.figure_is_graded:
            raise _missing(self._package)
        return super().__call__(*arguments, **named)


def set_figure_graded(is_graded: bool) -> None:
    """Set whether the function that is called next is graded by the figure that it draws."""
    _Drawing.figure_is_graded = is_graded


def _missing(package: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"{package} is not installed here", name=package)


class _ProgressBar:
    """Stands in for `tqdm.tqdm`: iterates, and shows nothing."""

    def __init__(self, iterable: Any = (), *_: Any, total: float | None = None, **__: Any) -> None:
        self.iterable = iterable if iterable is not None else ()
        self.n = 0
        self.total = len(iterable) if total is None and hasattr(iterable, "__len__") else total

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable:
            yield item
            self.n += 1

    def __len__(self) -> int:
        return int(self.total or 0)

    def __enter__(self) -> "_ProgressBar":
        return self

    def __exit__(self, *_: object) -> None: ...

    def update(self, n: int = 1) -> None:
        """Count."""
        self.n += n

    def __getattr__(self, name: str) -> NoEffect:
        if name.startswith("__"):
            raise AttributeError(name)
        return NoEffect()

    write = staticmethod(print)
    pandas = staticmethod(lambda *_, **__: None)


def _make_callback(name: str) -> type:
    """Make a class of Keras callbacks that do nothing, whatever they are created with."""

    def create(self: Any, *_: Any, **__: Any) -> None:
        keras.callbacks.Callback.__init__(self)

    return type(name, (keras.callbacks.Callback,), {"__init__": create})


def _color_palette(palette: Any = None, n_colors: int | None = None, *_: Any, **__: Any) -> list[Any]:
    """Replace `seaborn.color_palette`: colours of matplotlib."""
    from matplotlib import colors

    named = [colors.to_rgb(c) for c in palette] if isinstance(palette, list | tuple) else []
    colours = named or [colors.to_rgb(f"C{i}") for i in range(10)]
    return [colours[i % len(colours)] for i in range(n_colors or len(named) or 6)]


_CALLBACKS = ("EpochDots", "PlotLossesCallback", "PlotLossesKeras", "PlotLossesKerasTF", "TqdmCallback")


class _Module(types.ModuleType):
    """A module of a package that is not installed. Its names are made when they are read."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        package = self.__name__.partition(".")[0]
        value = _find_value(self.__name__, package, name)
        setattr(self, name, value)
        return value


def _find_value(module: str, package: str, name: str) -> Any:
    """Return the substitute for a name of a module."""
    if package == "IPython":
        special = {"get_ipython": get_shell, "version_info": (9, 0, 0, ""), "__version__": "9.0.0"}
        return display if (module, name) == ("IPython.display", "display") else special.get(name, NoEffect())
    if name in _CALLBACKS:
        return _make_callback(name)
    if package == "tqdm":
        return {"trange": _count, "tnrange": _count}.get(
            name, _ProgressBar if "tqdm" in name else _Module(f"tqdm.{name}")
        )
    if package not in _DRAWING or name in _STYLING:
        return NoEffect()
    if name in _DATA:
        raise _missing(package)
    return _color_palette if name == "color_palette" else _Drawing(package)


def _count(*ends: int, **named: Any) -> _ProgressBar:
    """Replace `tqdm.trange`."""
    return _ProgressBar(range(*ends), **named)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the substitutes for packages that are not installed, for imports of the submission only.

    Args:
        submission: an import that it guards by `try` fails, as its author has foreseen.
        files: names of the submission's units in frames, with the number of their cell.
    """

    def __init__(self, submission: Submission, files: Mapping[str, int | None]) -> None:
        self._sources = {unit.cell: unit.source for unit in submission.units}
        self._files = files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to make a module, None where it is none of these, or not for this import."""
        package = "google.colab" if f"{fullname}.".startswith("google.colab.") else fullname.partition(".")[0]
        if package not in _WITHOUT_EFFECT | _DRAWING or fullname.startswith(_WITH_EFFECT) or not self._is_wanted():
            return None
        if package not in _NEEDS_A_SHELL and importlib.machinery.PathFinder.find_spec(fullname, path) is not None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Create the substitute module."""
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute nothing: names are made when they are read."""

    def _is_wanted(self) -> bool:
        """Return whether the submission itself imports, and not in a `try` that copes with a missing package."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            if frame.f_code.co_filename == importlib.util.find_spec.__code__.co_filename:
                return False  # it asks only whether the package is there
            frame = frame.f_back
        if frame is None or frame.f_code.co_filename not in self._files:
            return False
        return not self._is_guarded(self._files[frame.f_code.co_filename], frame.f_lineno)

    def _is_guarded(self, cell: int | None, line: int) -> bool:
        tries = (node for node in ast.walk(parse_python(self._sources[cell])) if isinstance(node, ast.Try))
        return any(
            node.handlers and node.body[0].lineno <= line <= (node.body[-1].end_lineno or 0) for node in tries
        )
