"""The cross-entropies, as Keras 3 defines them, written with NumPy; tests prove them equal to Keras's own."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.checks.formulas.formula import BY_HAND, Formula, Mistake, Trial, build_list_trial
from grader.rubric.checks.formulas.softmax import softmax

EPSILON = 1e-7  # Keras's: probabilities are clipped to [EPSILON, 1 - EPSILON]
LEAST_CLIPPED, MOST_CLIPPED = 1e-16, 1e-6  # what a submission may choose instead

_NOT_THE_MEAN = _("That is the sum over the rows; expected is their mean.")
_MEAN_OF_ROWS = _("Return one number: the mean over the rows.")


def _clipped(p: Array, epsilon: float) -> Array:
    result: Array = np.clip(p.astype(float), epsilon, 1 - epsilon)
    return result


def _log_left(p: Array, epsilon: float) -> Array:
    """Return log(1 - p). 1 - p is clipped itself: 1 - 1e-16 is hardly told from 1."""
    result: Array = np.log(_clipped(1 - p, epsilon))
    return result


def binary_crossentropy(y_true: Array, p: Array, epsilon: float = EPSILON) -> float:
    """Return the mean of -log of the probability that the true label was given; shapes (n,)."""
    hits = y_true * np.log(_clipped(p, epsilon))
    return float(-np.mean(hits + (1 - y_true) * _log_left(p, epsilon)))


def categorical_crossentropy(y_true: Array, p: Array, epsilon: float = EPSILON) -> float:
    """Return the mean of -log of the probability of the true class; one-hot rows (n, k)."""
    return float(-np.mean((y_true * np.log(_clipped(p, epsilon))).sum(axis=1)))


def sparse_categorical_crossentropy(y_true: Array, p: Array, epsilon: float = EPSILON) -> float:
    """Return the same for integer labels (n,)."""
    return categorical_crossentropy(np.eye(p.shape[1])[y_true.astype(int)], p, epsilon)


def _within(loss: Callable[..., float]) -> Callable[..., bool]:
    """Return a judgement that lets clipping go as far as the task sheet allows."""

    def agrees(received: Array, y_true: Array, p: Array) -> bool:
        low, high = loss(y_true, p, MOST_CLIPPED), loss(y_true, p, LEAST_CLIPPED)
        value = float(received)
        return bool(low - 1e-4 * abs(low) - 2e-6 <= value <= high + 1e-4 * abs(high) + 2e-6)

    return agrees


def _rows(random: np.random.Generator, rows: int, classes: int) -> Array:
    """Return rows of probabilities, none of them close to 0."""
    raw = random.uniform(0.1, 1.0, (rows, classes)) ** 2
    result: Array = raw / raw.sum(axis=1, keepdims=True)
    return result


_CERTAIN = _("where probabilities are exactly 0 and 1")
_CERTAIN_HINT = _("log(0) is -inf and 0 · log(0) is nan: clip the probabilities first, as the task sheet says.")


def _edge(name: str, arguments: tuple[Array, Array], edge: Words, hint: Words = BY_HAND) -> Trial:
    return Trial(name, arguments, edge=edge, hint=hint)


@cache
def _binary_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return labels and probabilities: small ones, drawn ones, and edges."""
    random = seal.random("binary", 63)
    general = [Trial("small", (np.array([1, 0, 1]), np.array([0.9, 0.2, 0.5])))]
    for i, rows in enumerate((2, 5, 17, 60, 300)):
        labels = np.r_[1, 0, random.integers(0, 2, rows - 2)]
        general.append(Trial(f"general_{i}", (labels, random.uniform(0.03, 0.97, rows))))
    yes, no = np.array([1, 0, 1, 0]), np.array([1.0, 0.0, 1.0, 0.0])
    edges = (
        _edge(
            "all_ones", (np.ones(6, dtype=int), random.uniform(0.1, 0.9, 6).round(2)), _("where all labels are 1")
        ),
        _edge(
            "all_zeros",
            (np.zeros(6, dtype=int), random.uniform(0.1, 0.9, 6).round(2)),
            _("where all labels are 0"),
        ),
        _edge("single", (np.array([1]), np.array([0.3])), _("for a single row")),
        _edge("float_labels", (np.array([1.0, 0.0, 0.0]), np.array([0.6, 0.3, 0.5])), _("for labels 0.0 and 1.0")),
        build_list_trial("lists", (np.array([1, 0, 0, 1]), np.array([0.75, 0.5, 0.1, 0.2]))),
        _edge("certain_and_right", (yes, no), _CERTAIN, _CERTAIN_HINT),
        _edge("certain_and_wrong", (1 - yes, no), _CERTAIN, _CERTAIN_HINT),
        _edge("partly_certain", (np.array([1, 0, 1, 1]), np.array([0.0, 0.5, 1.0, 0.7])), _CERTAIN, _CERTAIN_HINT),
    )
    return (*general, *edges)


@cache
def _integer_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return integer labels and rows of probabilities: small ones, drawn ones, and edges."""
    random = seal.random("integer labels", 64)
    small = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])
    general = [Trial("small", (np.array([0, 2]), small))]
    for i, (rows, classes) in enumerate(((3, 2), (7, 3), (20, 5), (90, 10), (200, 4))):
        labels = np.r_[0, classes - 1, random.integers(0, classes, rows - 2)]
        general.append(Trial(f"general_{i}", (labels, _rows(random, rows, classes))))
    sure = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    edges = (
        _edge("one_class_only", (np.full(8, 1), _rows(random, 8, 4)), _("where only one class occurs")),
        _edge("single", (np.array([1]), np.array([[0.1, 0.3, 0.6]])), _("for a single row")),
        _edge("ties", (np.array([2, 0]), np.full((2, 4), 0.25)), _("for equal probabilities")),
        build_list_trial("lists", (np.array([1, 0]), small)),
        _edge("certain_and_right", (np.array([0, 2]), sure), _CERTAIN, _CERTAIN_HINT),
        _edge("certain_and_wrong", (np.array([1, 0]), sure), _CERTAIN, _CERTAIN_HINT),
        _edge(
            "partly_certain",
            (np.array([0, 1, 1]), np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])),
            _CERTAIN,
            _CERTAIN_HINT,
        ),
    )
    return (*general, *edges)


@cache
def _one_hot_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return the same with one-hot rows."""

    def encoded(trial: Trial) -> Trial:
        labels, p = trial.arguments
        assert isinstance(labels, np.ndarray)
        assert isinstance(p, np.ndarray)
        rows = np.eye(p.shape[1], dtype=np.int64)[labels]
        return Trial(trial.name, (rows, p), trial.edge, trial.hint, trial.lists)

    return tuple(encoded(trial) for trial in _integer_trials(seal))


_LOG2 = _("That takes the logarithm to base 2 (log2); expected is the natural one (np.log).")
_LOG10 = _("That takes the logarithm to base 10 (log10); expected is the natural one (np.log).")
_NO_MINUS = _("The minus sign is missing: logarithms of probabilities are negative, a loss is not.")


def _of_any_loss(loss: Callable[..., float]) -> tuple[Mistake, ...]:
    return (
        Mistake(lambda y, p: loss(y, p) * len(y), _NOT_THE_MEAN),
        Mistake(lambda y, p: loss(y, p) / np.log(2), _LOG2),
        Mistake(lambda y, p: loss(y, p) / np.log(10), _LOG10),
        Mistake(lambda y, p: -loss(y, p), _NO_MINUS),
        Mistake(lambda y, p: -loss(y, p) * len(y), _NO_MINUS),
        Mistake(
            lambda y, p: loss(y, p) * len(y) / np.log(2),
            _(
                "That is the sum over the rows, with the logarithm to base 2; expected is the mean, with the "
                "natural one (np.log)."
            ),
        ),
    )


def _of_classes(loss: Callable[..., float], one_hot: Callable[[Array, Array], Array]) -> tuple[Mistake, ...]:
    """Return what goes wrong where there are several classes."""
    return (
        *_of_any_loss(loss),
        Mistake(
            lambda y, p: loss(y, p) / p.shape[1],
            _(
                "That is the mean over all n·k entries; sum over the classes of a row first, then take the mean "
                "over the rows."
            ),
        ),
        Mistake(
            lambda y, p: binary_crossentropy(one_hot(y, p), p),
            _(
                "That is the binary cross-entropy of each entry; here only the probability of the true class "
                "counts."
            ),
        ),
        Mistake(
            lambda y, p: p.shape[1] * binary_crossentropy(one_hot(y, p), p),
            _(
                "That is the binary cross-entropy of each entry; here only the probability of the true class "
                "counts."
            ),
        ),
        Mistake(
            lambda y, p: loss(y, softmax(p)),
            _("That applies softmax to what are probabilities already: softmax twice."),
        ),
        Mistake(
            lambda y, p: -np.log((one_hot(y, p) * p).sum(axis=1).mean()),
            _("That is the logarithm of the mean; take the logarithm of each probability first."),
        ),
        Mistake(lambda y, p: 1 - (one_hot(y, p) * p).sum(axis=1).mean(), _("The logarithm is missing.")),
        Mistake(
            lambda y, p: (one_hot(y, p) * p).sum(axis=1).mean(), _("The logarithm and the minus sign are missing.")
        ),
        Mistake(
            lambda y, p: -np.log(p.max(axis=1)).mean(),
            _("That takes the largest probability of each row; it has to be the one of the true class."),
        ),
        Mistake(
            lambda y, p: -np.log(p).sum(axis=1).mean(),
            _("That takes all classes; only the probability of the true class counts."),
        ),
        Mistake(
            lambda y, p: -(p * np.log(p)).sum(axis=1).mean(),
            _("That is the entropy of the probabilities; the true class does not occur in it."),
        ),
    )


_BINARY_MISTAKES = (
    *_of_any_loss(binary_crossentropy),
    Mistake(lambda y, p: -(y * np.log(p)).mean(), _("The part of the zeros is missing: (1 - y) · log(1 - p).")),
    Mistake(lambda y, p: -((1 - y) * np.log(1 - p)).mean(), _("The part of the ones is missing: y · log(p).")),
    Mistake(
        lambda y, p: -np.log(p).mean(), _("The labels do not count there: rows with label 0 need log(1 - p).")
    ),
    Mistake(
        lambda y, p: binary_crossentropy(1 - y, p),
        _("The labels are exchanged: where y is 1, log(p) counts, where it is 0, log(1 - p)."),
    ),
    Mistake(
        lambda y, p: -(y * np.log(p) - (1 - y) * np.log(1 - p)).mean(),
        _("The two parts have to be added; one is subtracted there."),
    ),
    Mistake(
        lambda y, p: binary_crossentropy(y, 1 / (1 + np.exp(-p))),
        _("That applies the sigmoid to what are probabilities already."),
    ),
    Mistake(
        lambda y, p: np.mean((y - p) ** 2),
        _("That is the mean squared error of the probabilities (the Brier score)."),
    ),
    Mistake(lambda y, p: np.mean(np.abs(y - p)), _("The logarithm is missing.")),
)


def _keep_labels(y: Array, _p: Array) -> Array:
    return y


def _encoded(y: Array, p: Array) -> Array:
    return np.eye(p.shape[1])[y]


_PARAMETERS = ("y_true", "p")
_PER_ROW = _("-log of the probability of the true class, mean over the rows")


CROSSENTROPY_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "binary_crossentropy": Formula(
            words=_("the mean of -(y_true · log(p) + (1 - y_true) · log(1 - p))"),
            parameters=_PARAMETERS,
            right=binary_crossentropy,
            trials=_binary_trials,
            mistakes=_BINARY_MISTAKES,
            agrees=_within(binary_crossentropy),
            shape_hint=_MEAN_OF_ROWS,
        ),
        "categorical_crossentropy": Formula(
            words=_PER_ROW,
            parameters=_PARAMETERS,
            right=categorical_crossentropy,
            trials=_one_hot_trials,
            mistakes=_of_classes(categorical_crossentropy, _keep_labels),
            agrees=_within(categorical_crossentropy),
            shape_hint=_MEAN_OF_ROWS,
        ),
        "sparse_categorical_crossentropy": Formula(
            words=_PER_ROW,
            parameters=_PARAMETERS,
            right=sparse_categorical_crossentropy,
            trials=_integer_trials,
            mistakes=_of_classes(sparse_categorical_crossentropy, _encoded),
            agrees=_within(sparse_categorical_crossentropy),
            shape_hint=_MEAN_OF_ROWS,
        ),
    }
)
