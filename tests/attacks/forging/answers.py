"""Forgeries that compute nothing: they know the right answers of earlier versions by heart, call by call."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

from grader.core.arrays import Array
from grader.core.seal import NO_SEAL
from grader.protocol.plan import ArrayArg, Call, HistoryArg, ListArg, LiteralArg
from grader.rubric.checks import (
    Calibrates,
    ConfusionMatrix,
    CountsClasses,
    Diagnoses,
    Formulas,
    OneHot,
    Oversamples,
    Scales,
    Splits,
    Standardises,
    Undersamples,
)
from grader.rubric.checks.base import Check
from grader.rubric.checks.formulas.calibration import expected_calibration_error, reliability
from grader.rubric.checks.formulas.dense_layer import count_parameters, dense
from grader.rubric.checks.functions.histories import vary_histories
from tests.attacks.forging.forgery import Forgery

_BY_HEART = """
import numpy as np
ANSWERS_{function} = {answers!r}
def {function}(*arguments):
    answer = ANSWERS_{function}.pop(0)
    return tuple(map(np.array, answer)) if isinstance(answer, tuple) else np.array(answer)[()]
"""


def _learn(name: str, check: Check, functions: Mapping[str, Callable[..., Any]]) -> Forgery:
    """Return a forgery that gives the right answers to the calls that a check made before there were secrets."""
    arrays = check.arrays()
    answers: dict[str, list[Any]] = {function: [] for function in functions}
    for step in check.steps((0,)):
        assert isinstance(step, Call)
        arguments = [_read(argument, arrays) for argument in step.arguments]
        answers[step.function].append(_write(functions[step.function](*arguments)))
    source = "".join(_BY_HEART.format(answers=right, function=function) for function, right in answers.items())
    tries = f"knows the answers of {', '.join(functions)} by heart"
    return Forgery(name, tries, source, lambda _: check, ("the secret",), functions=tuple(functions))


def _read(argument: object, arrays: Mapping[str, Array]) -> Any:
    match argument:
        case ArrayArg(name=name) | ListArg(name=name):
            return arrays[name]
        case LiteralArg(value=value):
            return value
    assert isinstance(argument, HistoryArg)
    return argument


def _write(answer: Any) -> Any:
    return tuple(part.tolist() for part in answer) if isinstance(answer, tuple) else np.asarray(answer).tolist()


def _standardise(train: Array, test: Array) -> tuple[Array, Array]:
    deviation = np.where(train.std(axis=0) > 0, train.std(axis=0), 1.0)
    return (train - train.mean(axis=0)) / deviation, (test - train.mean(axis=0)) / deviation


def _softmax(z: Array) -> Array:
    powers = np.exp(np.asarray(z) - np.max(z, axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _diagnoses() -> Callable[..., str]:
    truths = iter([truth for truth, _curves in vary_histories(NO_SEAL).values()])
    return lambda _history: next(truths)


def _split(x: Array, y: Array, seed: int) -> tuple[Array, ...]:
    return tuple(train_test_split(x, y, test_size=0.25, random_state=seed))


def _calibrate(p_fit: Array, y_fit: Array, p_new: Array) -> Array:
    from sklearn.isotonic import IsotonicRegression

    shares: Array = IsotonicRegression(out_of_bounds="clip").fit(p_fit, y_fit).predict(p_new)
    return shares


def _undersample(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    return _sample(x, y, seed, int(np.unique(y, return_counts=True)[1].min()), is_complete=False)


def _oversample(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    return _sample(x, y, seed, int(np.unique(y, return_counts=True)[1].max()), is_complete=True)


def _sample(x: Array, y: Array, seed: int, size: int, *, is_complete: bool) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    rows = []
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        rows += [own] if is_complete else []
        rows.append(random.choice(own, size - len(own) * is_complete, replace=is_complete))
    chosen = np.concatenate(rows)
    return x[chosen], y[chosen]


ANSWERS = (
    _learn("counts_by_heart", CountsClasses("count", 10), {"count": lambda y: np.bincount(y, minlength=10)}),
    _learn("rows_by_heart", OneHot("encode", 10), {"encode": lambda y: np.eye(10)[y]}),
    _learn("scales_by_heart", Scales("scale", 16), {"scale": lambda x: x / 16}),
    _learn("tables_by_heart", Standardises("standardise"), {"standardise": _standardise}),
    _learn(
        "matrix_by_heart",
        ConfusionMatrix("confuse", 10),
        {"confuse": lambda y, p: confusion_matrix(y, p, labels=range(10))},
    ),
    _learn("diagnoses_by_heart", Diagnoses("diagnose"), {"diagnose": _diagnoses()}),
    _learn(
        "distances_by_heart",
        Formulas(("mean_absolute_error", "mean_squared_error")),
        {"mean_absolute_error": mean_absolute_error, "mean_squared_error": mean_squared_error},
    ),
    _learn("r2_by_heart", Formulas(("r2",)), {"r2": r2_score}),
    _learn("softmax_by_heart", Formulas(("softmax",)), {"softmax": _softmax}),
    _learn("layer_by_heart", Formulas(("dense",)), {"dense": dense}),
    _learn("parameters_by_heart", Formulas(("count_parameters",)), {"count_parameters": count_parameters}),
    _learn("bins_by_heart", Formulas(("reliability",)), {"reliability": lambda *a: tuple(reliability(*a))}),
    _learn(
        "error_of_bins_by_heart",
        Formulas(("expected_calibration_error",)),
        {"expected_calibration_error": expected_calibration_error},
    ),
    _learn("probabilities_by_heart", Calibrates("calibrate"), {"calibrate": _calibrate}),
    _learn("small_sample_by_heart", Undersamples("undersample"), {"undersample": _undersample}),
    _learn("large_sample_by_heart", Oversamples("oversample"), {"oversample": _oversample}),
    Forgery(
        "split_by_seed",
        "has one pattern for one seed and another for the other, and draws nothing",
        """
import numpy as np
SEEN = []
def split_by_seed(x, y, seed):
    SEEN.append(seed) if seed not in SEEN else None
    order, most = np.arange(len(x))[:: 1 if seed == SEEN[0] else -1], 3 * len(x) // 4
    return x[order[:most]], x[order[most:]], y[order[:most]], y[order[most:]]
""",
        lambda _: Splits("split_by_seed", share=0.25),
        ("rows drawn at random",),
        functions=("split_by_seed",),
    ),
)
