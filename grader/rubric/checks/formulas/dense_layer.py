"""A Dense layer by hand: how many numbers it has, and what it computes; tests prove both equal to Keras's own."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial, build_integer_trial, build_list_trial
from grader.rubric.checks.formulas.softmax import softmax


def count_parameters(n_inputs: int, units: int, use_bias: bool) -> int:
    """Return how many numbers a Dense layer learns: a weight for each input of each unit, and its biases."""
    return n_inputs * units + (units if use_bias else 0)


@cache
def _count_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    random = seal.random("sizes of Dense layers", 71)
    sizes = [(64, 10), (784, 324), (3, 1), *random.integers(2, 600, (6, 2)).tolist()]
    trials = [(n, units, use_bias) for n, units in sizes for use_bias in (True, False)]
    return tuple(Trial(f"general_{i}", arguments) for i, arguments in enumerate(trials))


_COUNT_MISTAKES = (
    Mistake(lambda n, units, use_bias: n * units, _("The biases are missing: with use_bias, one for each unit.")),
    Mistake(
        lambda n, units, use_bias: n * units + units,
        _("That counts biases also where use_bias is False."),
    ),
    Mistake(
        lambda n, units, use_bias: n * units + (n if use_bias else 0),
        _("That adds a bias for each input; there is one for each unit."),
    ),
    Mistake(
        lambda n, units, use_bias: n * units + (1 if use_bias else 0),
        _("That adds a single bias; there is one for each unit."),
    ),
    Mistake(
        lambda n, units, use_bias: n + (units if use_bias else 0),
        _("Every unit has a weight for every input: multiply both numbers."),
    ),
    Mistake(
        lambda n, units, use_bias: (n + 1) * (units + 1) if use_bias else n * units,
        _("There is one bias for each unit, and none for the inputs."),
    ),
    Mistake(
        lambda n, units, use_bias: n * units + (0 if use_bias else units),
        _("That adds the biases where use_bias is False, and leaves them out where it is True."),
    ),
)


def _sigmoid(z: Array) -> Array:
    powers = np.exp(-np.abs(z))  # of no positive number, so that nothing overflows
    result: Array = np.where(z >= 0, 1.0, powers) / (1.0 + powers)
    return result


ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0.0),
        "sigmoid": _sigmoid,
        "tanh": np.tanh,
        "softmax": softmax,
    }
)


def dense(x: Array, kernel: Array, bias: Array | None, activation: str) -> Array:
    """Return what a Dense layer puts out.

    Args:
        x: rows of input, of shape (n, features).
        kernel: of shape (features, units).
        bias: of shape (units,); None for a layer without one.
        activation: a name of `ACTIVATIONS`.

    Returns:
        The outputs, of shape (n, units).
    """
    return ACTIVATIONS[activation](_sums(x, kernel, bias))


def _sums(x: Array, kernel: Array, bias: Array | None) -> Array:
    sums: Array = x.astype(float) @ kernel.astype(float)
    return sums if bias is None else sums + bias.astype(float)


_OVERFLOW = _(
    "exp() of huge numbers overflows: for softmax, subtract from each row its largest number first; for sigmoid, "
    "take exp() of negative numbers only."
)
_TANH_OVERFLOW = _("exp() of huge numbers overflows: np.tanh does not.")
_NO_LIMIT = _("A result may have any size; cut nothing off.")
_HUGE_HINTS = MappingProxyType(
    {
        "softmax": _OVERFLOW,
        "sigmoid": _OVERFLOW,
        "tanh": _TANH_OVERFLOW,
        "linear": _NO_LIMIT,
        "relu": _NO_LIMIT,
    }
)
_NO_BIAS = _("Where the bias is None, the layer has none: add nothing.")


@cache
def _dense_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return calls with each activation, with a bias and without, and edges."""
    random = seal.random("rows and weights of Dense layers", 72)

    def draw(*shape: int, spread: float = 1.0) -> Array:
        # Quarters: messages show few digits, and float32 has the sums exactly, however close to 0 they are.
        return np.round(4.0 * random.normal(0.2, spread, shape)) / 4.0

    def huge() -> tuple[Array, Array, Array]:
        # Each unit gets a sum above 1,500 and one below -1,500, whatever is drawn: exp() overflows above 710.
        x = np.array([[2000.0, 0.0], [-2000.0, 0.0], [0.0, 2000.0]]) + np.clip(draw(3, 2), -2.0, 2.0)
        kernel = np.array([[1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]) * (1.0 + np.abs(np.clip(draw(2, 3), -2.0, 2.0)))
        return x, kernel, draw(3)

    trials = []
    for activation in ACTIVATIONS:
        n, features, units = (int(size) for size in random.integers(3, 8, 3))
        arguments = draw(n, features), draw(features, units), draw(units), activation
        trials.append(Trial(f"general_{activation}", arguments))
        # As many units as features: a kernel that is turned round is no other shape, but gives other numbers.
        square = draw(4, 4), draw(4, 4), draw(4), activation
        trials.append(Trial(f"square_{activation}", square))
        without = draw(n, features), draw(features, units), None, activation
        trials.append(Trial(f"without_bias_{activation}", without, edge=_("without a bias"), hint=_NO_BIAS))
    one_row = draw(1, 3), draw(3, 2), draw(2), "relu"
    one_unit = draw(5, 3), draw(3, 1), draw(1), "sigmoid"
    lists = np.array([[1.0, -2.0]]), np.array([[0.5, 1.0], [1.5, -1.0]]), np.array([0.25, -0.5]), "tanh"
    integers = np.array([[1, 2], [3, 4]]), np.array([[1, -1], [2, 0]]), np.array([1, -2]), "sigmoid"
    far_rows = np.array([[9.0, 1.0], [-9.0, 1.0]]), np.array([[100.0, 99.0], [1.0, -1.0]]), np.zeros(2), "softmax"
    edges = (
        Trial("one_row", one_row, edge=_("for a single row")),
        Trial("one_unit", one_unit, edge=_("for a single unit")),
        build_list_trial("lists", lists),
        build_integer_trial("integers", integers),
        *(
            Trial(f"huge_{activation}", (*huge(), activation), edge=_("for huge numbers"), hint=hint)
            for activation, hint in _HUGE_HINTS.items()
        ),
        Trial(
            "far_rows",
            far_rows,
            edge=_("for rows that are far from each other"),
            hint=_("Subtract from each row its own largest number, not the largest one of the whole table."),
        ),
    )
    return (*trials, *edges)


def _with(sums: Callable[..., Array]) -> Callable[..., Array]:
    """Return the layer with other sums before its activation."""

    def compute(x: Array, kernel: Array, bias: Array | None, activation: str) -> Array:
        return ACTIVATIONS[activation](sums(x, kernel, bias))

    return compute


def _after_activation(x: Array, kernel: Array, bias: Array | None, activation: str) -> Array:
    outputs = ACTIVATIONS[activation](_sums(x, kernel, None))
    return outputs if bias is None else outputs + bias


def _turned(x: Array, kernel: Array, bias: Array | None) -> Array:
    # Only a square kernel can be turned round without an error.
    return _sums(x, kernel.T if kernel.shape[0] == kernel.shape[1] else kernel, bias)


def _softmax_of_columns(x: Array, kernel: Array, bias: Array | None, activation: str) -> Array:
    sums = _sums(x, kernel, bias)
    return softmax(sums.T).T if activation == "softmax" else ACTIVATIONS[activation](sums)


def _softmax_of_all(x: Array, kernel: Array, bias: Array | None, activation: str) -> Array:
    sums = _sums(x, kernel, bias)
    whole = softmax(sums.reshape(1, -1)).reshape(sums.shape)
    return whole if activation == "softmax" else ACTIVATIONS[activation](sums)


def _other(activation: str, instead: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return the layer in which one activation is another function."""

    def compute(x: Array, kernel: Array, bias: Array | None, name: str) -> Array:
        function = instead if name == activation else ACTIVATIONS[name]
        return function(_sums(x, kernel, bias))

    return compute


_DENSE_MISTAKES = (
    Mistake(_with(lambda x, kernel, bias: _sums(x, kernel, None)), _("The bias is missing: add it to each row.")),
    Mistake(_after_activation, _("The bias belongs inside of the activation: activation(x @ kernel + bias).")),
    Mistake(
        _with(lambda x, kernel, bias: _sums(x, kernel, None if bias is None else -bias)),
        _("The bias is subtracted: add it."),
    ),
    Mistake(lambda x, kernel, bias, activation: _sums(x, kernel, bias), _("The activation is missing.")),
    Mistake(
        lambda x, kernel, bias, activation: np.maximum(_sums(x, kernel, bias), 0.0),
        _("That is relu, whatever activation is asked for."),
    ),
    Mistake(
        _with(_turned), _("The kernel is turned round: its rows are the inputs, so x @ kernel, not x @ kernel.T.")
    ),
    Mistake(
        _softmax_of_columns, _("The columns of softmax sum to 1 there: sum over each row (axis=1, keepdims=True).")
    ),
    Mistake(
        _softmax_of_all,
        _("The whole table of softmax sums to 1 there: sum over each row (axis=1, keepdims=True)."),
    ),
    Mistake(_other("relu", np.abs), _("relu is the magnitude there: it has to be 0 for negative numbers.")),
    Mistake(
        _other("relu", lambda z: np.where(z > 0, 1.0, 0.0)),
        _("relu is a step there: positive numbers have to stay as they are."),
    ),
    Mistake(_other("sigmoid", np.tanh), _("sigmoid is tanh there: it has to go from 0 to 1.")),
    Mistake(_other("sigmoid", lambda z: _sigmoid(-z)), _("The sign in sigmoid is wrong: 1 / (1 + exp(-z)).")),
    Mistake(_other("tanh", _sigmoid), _("tanh is sigmoid there: it has to go from -1 to 1.")),
    Mistake(_other("softmax", _sigmoid), _("softmax is sigmoid there: each row has to sum to 1.")),
    Mistake(
        _other("softmax", np.exp),
        _("softmax is exp() alone there: divide each row by its sum."),
    ),
)


DENSE_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "count_parameters": Formula(
            words=_("n_inputs * units, and units more where there are biases"),
            parameters=("n_inputs", "units", "use_bias"),
            right=count_parameters,
            trials=_count_trials,
            mistakes=_COUNT_MISTAKES,
            shape_hint=_("Return one number."),
        ),
        "dense": Formula(
            words=_("activation(x @ kernel + bias)"),
            parameters=("x", "kernel", "bias", "activation"),
            right=dense,
            trials=_dense_trials,
            mistakes=_DENSE_MISTAKES,
            shape_hint=_("There is a row for each row of x, with a number for each unit."),
            refuses_layers=True,
        ),
    }
)
