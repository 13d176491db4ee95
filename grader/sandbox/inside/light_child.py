"""A child without TensorFlow, for submissions that need none: it is there in a fraction of the time.

It is `grader.sandbox.inside.child` with other parts in place of those that work with Keras: there are no
networks, so they have nothing to do. Whatever imports a library, the submission or a part that looks something
up in Keras, ends this process with `NEEDS_LIBRARIES_CODE`, and all of it is done again in a child that has the
libraries. So what a light child says about a submission is what the other one would have said.
"""

import builtins
import importlib
import importlib.abc
import os
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from grader.protocol.channel import NEEDS_LIBRARIES_CODE
from grader.protocol.submission import Submission
from grader.sandbox.inside.notebook_shell import display, get_shell, start_shell
from grader.sandbox.inside.python_settings import PythonSettings
from grader.sandbox.inside.seeded_generators import seed_generators
from grader.sandbox.inside.substitute_system import replace_system

_AT_HAND = frozenset({*sys.stdlib_module_names, "numpy", "msgspec", "grader", "submission"})


class _NeedsLibraries(importlib.abc.MetaPathFinder):
    """Ends this process at the first import of a library that it does not have."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname.partition(".")[0] not in _AT_HAND:
            os._exit(NEEDS_LIBRARIES_CODE)


def load_child() -> ModuleType:
    """Import `grader.sandbox.inside.child` with these parts, for this process and its forks; return it."""
    for name, content in _REPLACED.items():
        module = ModuleType(f"{__package__}.{name}")
        vars(module).update(content)
        sys.modules[module.__name__] = module
    # As where it cannot be imported, which the child expects: another version of Keras has other private parts.
    sys.modules[f"{__package__}.fast_fit"] = None  # type: ignore[assignment]
    return importlib.import_module(f"{__package__}.child")


def _need_libraries(*_: object, **__: object) -> Any:
    os._exit(NEEDS_LIBRARIES_CODE)


def _is_never(_value: object) -> bool:
    return False


def _set_seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


class _NoFits:
    """What records trainings, where there are none."""

    sample: object = None
    inputs: object = None

    def take(self, *_: object) -> tuple[()]:
        return ()


class _NoModels:
    """What remembers the states of models, where there are none."""

    def save(self, step: str, values: Iterable[object]) -> None: ...

    def restore(self, step: str, value: object) -> None: ...


def _install(submission: Submission, names: dict[str, Any], files: Mapping[str, int | None]) -> None:
    """Replace what surrounds a solution, as `grader.sandbox.inside.substitutes` does."""
    start_shell(names)
    vars(builtins).update(display=display, get_ipython=get_shell)
    replace_system()
    sys.meta_path.insert(0, _NeedsLibraries())


# By module of this package: the names that the child uses of it.
_REPLACED: Mapping[str, Mapping[str, object]] = {
    "determinism": {
        "make_deterministic": seed_generators,
        "set_seed": _set_seed,
        "set_tensorflow_seed": lambda _seed: None,
    },
    "fit_recorder": {"FitWatch": _NoFits},
    "global_settings": {"GlobalSettings": PythonSettings},
    "keras_facts": {
        "find_other_keras": lambda _value: "",
        "is_compiled": _is_never,
        "is_history": _is_never,
        "is_layer": _is_never,
        "is_model": _is_never,
        "made_history": _need_libraries,
    },
    "layer_calls": {"refuse_layer_calls": _need_libraries},
    "layer_trial": {"try_layer": _need_libraries},
    "model_inputs": {"OneInput": _need_libraries, "read_inputs": lambda _inputs, _arrays: None},
    "model_outputs": {"add_fitted": _need_libraries, "describe_for": _need_libraries},
    "model_state": {"ModelStates": _NoModels},
    "replay": {"replay": _need_libraries},
    "stand_in": {"make_network": _need_libraries},
    "substitute_modules": {"set_figure_graded": lambda _is_graded: None},
    "substitutes": {"install": _install},
}


def main() -> None:
    """Serve one run on the standard streams, in plain mode."""
    load_child().main()


if __name__ == "__main__":
    main()
