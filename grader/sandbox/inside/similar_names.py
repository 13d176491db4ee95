"""Find the real name that resembles one that does not exist: in Python's names, in modules, in Keras's own tables.

Runs in the process of the submission, so that the names are those of the installed versions and of the student's
own file.
"""

import builtins
import contextlib
import difflib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType, TracebackType
from typing import Any

MAX_NAMES = 5000  # that are compared with one name
MAX_LENGTH = 60  # characters of a name
CUTOFF = 0.75  # of difflib's ratio
CUTOFF_OF_MODULES = 0.8  # packages have short names: seaborn and sklearn are 0.71 alike
CLEARLY = 0.03  # by how much the best name has to be more alike than the second: else nobody knows what is meant

_IDENTIFIER = re.compile(
    r"Could not interpret (activation function|loss|metric|optimizer|initializer|regularizer|constraint) "
    r"identifier: (\w{1,60})$"
)
_TABLES = {  # modules of Keras
    "activation function": "activations",
    "loss": "losses",
    "metric": "metrics",
    "optimizer": "optimizers",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
}
# Functions of these modules that no text names.
_NOT_IN_TABLES = frozenset({"get", "serialize", "deserialize", "schedules", "legacy"})
# Names that only texts have.
_SHORT_NAMES = {
    "loss": ("mse", "mae", "mape", "msle"),
    "metric": ("accuracy", "acc", "mse", "mae", "mape", "msle"),
    "activation function": ("swish",),
}
# Layers take these as any keyword argument, so they are in no signature.
_SIZES_OF_INPUTS = frozenset({"input_dim", "input_shape"})
_ARGUMENT = re.compile(r"(?:([\w.]{1,80})\(\) )?[Gg]ot an unexpected keyword argument '(\w{1,60})'")
_KERAS_ARGUMENT = re.compile(r"Unrecognized keyword arguments passed to (\w{1,60}): \{'(\w{1,60})'")
_OPTIMIZER_ARGUMENT = re.compile(r"Argument\(s\) not recognized: \{'(\w{1,60})'")
_FROM_IMPORT = re.compile(r"cannot import name '(\w{1,60})' from '([\w.]{1,80})'")
_PACKAGES = ("keras", "tensorflow", "numpy", "pandas", "sklearn", "scipy", "matplotlib")


def find_similar(error: BaseException) -> str:
    """Return the name that resembles the wrong one of an exception; "" where there is none."""
    with contextlib.suppress(BaseException):  # classes of the student's may break anything, and even exit
        wrong, names = _read_error(error)
        candidates = [n for n, _ in zip(_clean(names, wrong), range(MAX_NAMES), strict=False)]
        return _closest(wrong, candidates, CUTOFF_OF_MODULES if isinstance(error, ImportError) else CUTOFF)
    return ""


def _closest(wrong: str, candidates: list[str], cutoff: float) -> str:
    """Return the candidate that is clearly the most similar, upper and lower case being the same; "" for none."""
    folded: dict[str, str] = {}
    for name in candidates:
        folded.setdefault(name.lower(), name)
    lower = wrong.lower()
    if lower in folded:
        return folded[lower]
    same_letters = [name for name in folded if len(lower) > 2 and sorted(name) == sorted(lower)]
    if len(same_letters) == 1:  # two letters or words are swapped: `SDG`, `test_train_split`
        return folded[same_letters[0]]
    close = difflib.get_close_matches(lower, folded, n=2, cutoff=cutoff)
    ratios = [difflib.SequenceMatcher(None, name, lower).ratio() for name in close]
    is_clear = len(close) == 1 or (len(close) == 2 and ratios[0] - ratios[1] >= CLEARLY)
    return folded[close[0]] if is_clear else ""


def _clean(names: Iterable[object], wrong: str) -> Iterator[str]:
    for name in names:
        is_name = isinstance(name, str) and len(name) <= MAX_LENGTH and name != wrong and name.isprintable()
        if is_name and (not str(name).startswith("_") or wrong.startswith("_")):
            yield str(name)


def _read_error(error: BaseException) -> tuple[str, Iterable[object]]:
    """Return the name that is wrong, and those that could be meant."""
    message = str(error)[:2000]
    if isinstance(error, ImportError):
        return _read_import(error, message)
    if isinstance(error, NameError):
        return str(error.name or ""), _names_in_reach(error.__traceback__)
    if isinstance(error, AttributeError) and error.name:
        return str(error.name), dir(error.obj)
    if match := _IDENTIFIER.search(message):
        import keras

        names = [n for n in dir(getattr(keras, _TABLES[match[1]])) if n not in _NOT_IN_TABLES]
        return match[2], (*_as_texts(names), *_SHORT_NAMES.get(match[1], ()))
    if match := _KERAS_ARGUMENT.search(message):
        return match[2], _list_arguments(match[1]) | _SIZES_OF_INPUTS
    if match := _OPTIMIZER_ARGUMENT.search(message):
        return match[1], _list_arguments("Adam") | _list_arguments("SGD")
    if match := _ARGUMENT.search(message):
        return match[2], _list_arguments(match[1] or _called_function(error.__traceback__))
    return "", ()


def _as_texts(names: Iterable[str]) -> Iterator[str]:
    """Yield names of classes as texts name them: `CategoricalCrossentropy` is "categorical_crossentropy"."""
    for name in names:
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        yield snake if name[:1].isupper() else name


def _read_import(error: ImportError, message: str) -> tuple[str, Iterable[object]]:
    if match := _FROM_IMPORT.search(message):
        return match[1], dir(sys.modules.get(match[2]))
    wrong = str(error.name or "")
    parent = wrong.rpartition(".")[0]
    if parent in sys.modules:
        modules = [name for name, value in vars(sys.modules[parent]).items() if isinstance(value, ModuleType)]
        return wrong, (f"{parent}.{name}" for name in modules)
    return wrong, _PACKAGES


def _names_in_reach(traceback: TracebackType | None) -> Iterator[str]:
    """Yield the names that the innermost function of a traceback could use."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is not None:
        yield from list(traceback.tb_frame.f_locals)
        yield from list(traceback.tb_frame.f_globals)
    yield from dir(builtins)


def _called_function(traceback: TracebackType | None) -> str:
    """Return the function that scikit-learn was called with: it checks arguments in a wrapper without a name."""
    while traceback is not None:
        function = traceback.tb_frame.f_locals.get("func")
        if callable(function):
            return str(getattr(function, "__name__", ""))
        traceback = traceback.tb_next
    return ""


def _list_arguments(qualified_name: str) -> set[str]:
    """Return the arguments of a function, of a method, or of the class that `X.__init__` belongs to."""
    import keras  # a process without it ends here, and another one that has it is asked

    owner, _, method = qualified_name.rpartition(".")
    if owner in {"Trainer", "TensorFlowTrainer"}:
        return _read_signature(getattr(keras.Model, method))
    name = owner if method == "__init__" else method
    modules: list[Any] = [sys.modules.get("submission"), keras]
    public = [n for n in list(sys.modules) if n.startswith(("keras.", "sklearn.")) and n.count(".") < 3]
    modules += [sys.modules[n] for n in public]
    functions = (vars(module).get(name) for module in modules if module is not None)
    function = next((f for f in functions if callable(f)), None)
    return _read_signature(function) if function is not None else set()


def _read_signature(function: Any) -> set[str]:
    classes = type.mro(function) if isinstance(function, type) else []
    signatures = [function, *(vars(c)["__init__"] for c in classes if "__init__" in vars(c))]
    names: set[str] = set()
    for each in signatures:
        with contextlib.suppress(TypeError, ValueError):
            names |= set(inspect.signature(each).parameters)
    return names - {"self", "args", "kwargs"}
