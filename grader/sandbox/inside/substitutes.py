"""Replace what surrounds a solution and cannot work here: windows, boards, graphics cards.

Runs in the process of the submission, before it is executed. Nothing here may influence what is graded.
"""

import builtins
import contextlib
import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import keras
import matplotlib
import matplotlib.style
import numpy as np
import tensorflow as tf
from keras.src.callbacks.tensorboard import TensorBoard
from matplotlib import backend_bases, cm
from matplotlib import pyplot as plt
from matplotlib.text import Text

from grader.protocol.submission import Submission
from grader.sandbox.inside import datasets
from grader.sandbox.inside.no_effect import NoEffect
from grader.sandbox.inside.notebook_shell import display, get_shell, start_shell
from grader.sandbox.inside.substitute_modules import Finder
from grader.sandbox.inside.substitute_system import replace_system


class EagerModeNeededError(RuntimeError):
    """Raised where a submission turns off what Keras 3 cannot do without. Its message names the function."""


def install(submission: Submission, names: dict[str, Any], files: Mapping[str, int | None]) -> None:
    """Install all substitutes in this process.

    Args:
        submission: what is going to be executed.
        names: its globals.
        files: names of its units in frames, with the number of their cell.
    """
    start_shell(names)
    vars(builtins).update(display=display, get_ipython=get_shell)
    sys.meta_path.insert(0, Finder(submission, files))
    for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:
        del sys.modules[name]  # a library may have imported it where it is installed
    # What one of them needs may be missing in another version of a library; the others work without it.
    for part in (
        _replace_windows,
        _replace_boards,
        _replace_devices,
        _refuse_graph_mode,
        replace_system,
        datasets.install,
    ):
        with contextlib.suppress(AttributeError, ImportError):
            part()


# Matplotlib.

_choose_backend = plt.switch_backend


def _replace_windows() -> None:
    """Draw without windows, whatever toolkit is asked for, and in the usual style where another is missing."""

    def use(backend: str, **_: Any) -> None:
        """Replace `matplotlib.use`: figures are drawn without windows in any case."""

    def switch_backend(newbackend: str) -> None:
        _choose_backend("agg")

    matplotlib.use, plt.switch_backend = use, switch_backend
    setattr(backend_bases.FigureManagerBase, "window", NoEffect())  # noqa: B010
    setattr(backend_bases.FigureCanvasBase, "set_window_title", lambda *_: None)  # noqa: B010 - until matplotlib 3.5
    vars(cm).setdefault("get_cmap", plt.get_cmap)  # until matplotlib 3.8
    style = matplotlib.style
    for name in list(style.library):  # "seaborn-v0_8-whitegrid" was "seaborn-whitegrid" until matplotlib 3.5
        style.library.setdefault(name.replace("-v0_8", ""), style.library[name])
    style.use, style.context = _spare_unknown(style.use), _spare_unknown(style.context)
    # LaTeX is another program, which is not installed: matplotlib writes formulas by itself.
    matplotlib.rcParams.validate["text.usetex"] = lambda _: False
    setattr(Text, "get_usetex", lambda _: False)  # noqa: B010


def _spare_unknown(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of matplotlib's styles that ignores those that are not there."""

    @functools.wraps(function)
    def changed(style: Any, *positional: Any, **named: Any) -> Any:
        try:
            return function(style, *positional, **named)
        except OSError:
            names = style if isinstance(style, list | tuple) else [style]
            available = [name for name in names if name in matplotlib.style.library or name == "default"]
            return function(available, *positional, **named)

    return changed


# Keras.


def _replace_boards() -> None:
    """Let pictures of networks and TensorBoard do nothing: graphviz and tensorboard are not installed."""
    for name in ("keras.utils", "keras.src.utils.model_visualization", "keras._tf_keras.keras.utils"):
        if name in sys.modules:
            vars(sys.modules[name]).update(plot_model=_plot_model, model_to_dot=_model_to_dot)
    for name in [name for name in vars(TensorBoard) if name.startswith("on_") or name == "set_model"]:
        setattr(TensorBoard, name, getattr(keras.callbacks.Callback, name))
    for name in ("audio", "histogram", "image", "scalar", "text"):
        setattr(tf.summary, name, lambda *_, **__: False)  # nothing was written
    for name in ("_start_profiler", "_stop_profiler"):
        setattr(TensorBoard, name, lambda *_, **__: None)


def _plot_model(model: Any, to_file: Any = "model.png", *_: Any, **__: Any) -> None:
    """Replace `keras.utils.plot_model`: write an empty picture, which can be opened and shown."""
    with contextlib.suppress(OSError, TypeError):
        plt.imsave(to_file, np.ones((1, 1)), format="png")


def _model_to_dot(*_: Any, **__: Any) -> NoEffect:
    return NoEffect()


# TensorFlow.


class _NoDevices(list[Any]):
    """A list of no devices, of which the first can be asked for all the same."""

    def __getitem__(self, _: Any) -> Any:
        return NoEffect()


def _replace_devices() -> None:
    """Accept settings of graphics cards, of which there is none, and of threads, of which the grader uses one."""
    config, experimental = tf.config, tf.config.experimental
    original = config.list_physical_devices

    def list_physical_devices(device_type: str | None = None) -> Any:
        return original(device_type) or _NoDevices()

    for module in (config, experimental):
        module.list_physical_devices = list_physical_devices
    for module, names in (
        (config, ("set_visible_devices", "set_logical_device_configuration", "set_soft_device_placement")),
        (experimental, ("set_visible_devices", "set_virtual_device_configuration", "set_memory_growth")),
        (config.threading, ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads")),
    ):
        for name in names:
            setattr(module, name, lambda *_, **__: None)
    tf.test.gpu_device_name = lambda: "/device:GPU:0"  # TensorFlow places on the processor what is meant for it


def _refuse_graph_mode() -> None:
    """Let functions that turn eager execution off raise: Keras 3, and the grader, cannot work without it."""
    for name in ("disable_eager_execution", "disable_v2_behavior", "disable_v2_tensorshape"):
        for module in (
            "tensorflow.compat.v1",
            "tensorflow._api.v2.compat.v1",
            "tensorflow.python.framework.ops",
            "tensorflow.python.compat.v2_compat",
        ):
            if hasattr(sys.modules.get(module), name):
                setattr(sys.modules[module], name, functools.partial(_refuse, name))


def _refuse(name: str) -> NoReturn:
    raise EagerModeNeededError(f"{name}()")
