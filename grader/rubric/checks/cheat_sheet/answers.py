"""The right answers of the cheat sheet, and why the usual wrong ones are wrong: one table, which is long.

A binary decision may have one output (sigmoid) or two (softmax): its row is judged by what it says of the units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.core.i18n import Words, _
from grader.rubric.checks.cheat_sheet.cell_parser import CellReading

ROW_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "regression": _("regression"),
        "binary": _("binary classification"),
        "one_hot": _("multi-class with one-hot labels"),
        "integers": _("multi-class with integer labels"),
        "tagging": _("multi-label tagging"),
    }
)
COLUMN_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "units": _("output units"),
        "activation": _("output activation"),
        "loss": _("loss"),
        "labels": _("label format"),
        "metrics": _("useful metrics"),
    }
)


@dataclass(frozen=True)
class ExpectedCell:
    """What is right in a cell. `because`: the reason why a word is wrong there; `otherwise` for all other
    words."""

    right: frozenset[str]
    expected: Words | str
    otherwise: Words
    because: Mapping[str, Words]


def _answer(right: str, expected: Words | str, otherwise: Words, *because: tuple[str, Words]) -> ExpectedCell:
    reasons = {word: reason for words, reason in because for word in words.split()}
    return ExpectedCell(frozenset(right.split()), expected, otherwise, MappingProxyType(reasons))


# Units.

_SHIFTED = _("No class is left out and none is added: there is one output for each.")
_INPUTS = _("That is the number of inputs. Outputs follow from what is predicted.")
_ONE_PER_CLASS = _("Softmax needs one output for each class, to give each its probability.")
_ONE_PER_TAG = _("Each tag is a yes/no question of its own, so each needs an output.")
_ONE_NUMBER = _("One number is predicted, so one output is enough.")
_ONE_ANSWER = _("One output gives the probability of yes; that of no is the rest.")

_COUNTS_WRONG = (("shifted", _SHIFTED), ("inputs", _INPUTS))

# Activations.

_LINEAR = _(
    "A predicted number may have any size and sign, so nothing may bend or bound it: linear, no activation."
)
_RELU_NUMBER = _("relu can give no negative number, and learns nothing any more once it is 0. Leave it linear.")
_BOUNDED = _("Its outputs are bounded, the numbers to predict are not. Leave it linear.")
_PROBABILITY = _("One output has to be a probability from 0 to 1, which sigmoid gives.")
_SOFTMAX_ONE = _("Softmax over one unit is always 1, whatever the input. One output takes sigmoid.")
_DISTRIBUTION = _("Exactly one class is right, so the outputs have to be probabilities that sum to 1: softmax.")
_SIGMOID_CLASSES = _(
    "Sigmoid judges each class on its own: several or none may come out as likely. Exclusive classes take softmax."
)
_INDEPENDENT = _("Several tags may be right at once, so each output is a probability of its own: sigmoid.")
_SOFTMAX_TAGS = _(
    "Softmax makes tags compete: two that are both right cannot both come near 1. Each takes a sigmoid of its own."
)
_NO_LOGITS = _(
    "A linear output gives no probabilities. Then the loss has to know: from_logits=True, which the loss cell "
    "has to say."
)
_RELU_HEAD = _("relu gives numbers from 0 to infinity, which are no probabilities.")
_TANH_HEAD = _("tanh gives numbers from -1 to 1, which are no probabilities.")
_LOG_SOFTMAX = _(
    "log_softmax gives logarithms; cross-entropies of Keras want probabilities, or logits with from_logits=True."
)
_ARGMAX = _("It has no gradient, so nothing can be learned through it.")
_HEADS_WRONG = (
    ("relu elu softplus", _RELU_HEAD),
    ("tanh", _TANH_HEAD),
    ("log_softmax", _LOG_SOFTMAX),
    ("argmax", _ARGMAX),
    ("linear", _NO_LOGITS),
)

# Losses.

_DISTANCE = _("A regression loss measures how far a number is off: mse, mae or huber.")
_CLASSES_FOR_NUMBERS = _(
    "Cross-entropies compare probabilities; here numbers of any size are compared. Take mse, mae or huber."
)
_NO_GRADIENT = _("That is a metric, it cannot be a loss: it has no useful gradient.")
_SQUARED = _(
    "That measures distances between numbers. It learns slowly where a probability is wrong and sure; "
    "cross-entropy does not."
)
_WHICH_ONE = _("There are three cross-entropies: say which one (binary, categorical or sparse categorical).")
_BINARY_LOSS = _("One probability is compared with one 0 or 1: binary_crossentropy.")
_CATEGORICAL_ONE = _(
    "With one output that has nothing to choose from; it needs an output for each class. Take binary_crossentropy."
)
_CATEGORICAL = _("One-hot rows are compared with probabilities of all classes: categorical_crossentropy.")
_SPARSE_FOR_ONE_HOT = _("The sparse loss wants integers; one-hot rows go with categorical_crossentropy.")
_SPARSE = _("Integer labels are compared with probabilities of all classes: sparse_categorical_crossentropy.")
_DENSE_FOR_INTEGERS = _(
    "categorical_crossentropy wants one-hot rows; integers go with sparse_categorical_crossentropy."
)
_BINARY_FOR_CLASSES = _(
    "binary_crossentropy treats each class as a yes/no question of its own; exclusive classes take a categorical "
    "one."
)
_TAGS_LOSS = _("Each tag is a yes/no question of its own: binary_crossentropy, the mean over all tags.")
_CATEGORICAL_TAGS = _(
    "Categorical cross-entropies expect that exactly one is right; several tags may be. Take binary_crossentropy."
)
_HINGE = _("hinge losses want labels -1 and +1 and give no probabilities.")
_DOUBLE = _(
    "from_logits=True applies softmax or sigmoid inside the loss. The output activation has done it already, so "
    "it comes twice."
)
_ENTROPIES = (
    "binary_crossentropy binary_focal categorical_crossentropy categorical_focal kl "
    "sparse_categorical_crossentropy crossentropy log_loss"
)
_NUMBERS = "mse mae huber log_cosh rmse msle mape quantile"
_LOSSES_WRONG = (
    (f"{_NUMBERS} cosine poisson", _SQUARED),
    ("crossentropy", _WHICH_ONE),
    ("accuracy", _NO_GRADIENT),
    ("hinge", _HINGE),
)

# Labels.

_PLAIN_NUMBERS = _("The labels are the numbers to predict themselves.")
_NO_TEXTS = _("Losses compute with numbers: texts have to be turned into numbers first.")
_ZERO_ONE = _("The label is the probability of yes: 0 or 1.")
_SIGNS = _("Cross-entropy wants the labels 0 and 1; with -1 it becomes negative and the training goes astray.")
_ONE_HOT_ONE = _("One output takes one number, 0 or 1. One-hot rows need two outputs.")
_ONE_HOT = _(
    "This row is the one with one-hot labels, which categorical_crossentropy wants: a row for each sample, with "
    "a single 1."
)
_INTEGER = _(
    "This row is the one with integer labels, which the sparse loss wants: the number of the class, from 0 on."
)
_MULTI_HOT = _("Several tags may be right at once: a row with a 0 or 1 for each tag (multi-hot).")
_SINGLE = _(
    "One-hot and integer labels can name a single class only; several tags may be right at once. Take a 0 or 1 "
    "for each tag (multi-hot)."
)
_LABELS_WRONG = (("text", _NO_TEXTS), ("signs", _SIGNS))

# Metrics.

_FOR_NUMBERS = _("mae, rmse, mse or R² measure how far off predicted numbers are.")
_NO_HITS = _("That judges classes; a predicted number is hardly ever exactly right. Take mae, rmse, mse or R².")
_FOR_CLASSES = _("accuracy, precision, recall, F1 or AUC measure how often classes are right.")
_DISTANCES = _(
    "It measures distances between numbers; classes are right or wrong. Take accuracy, precision, recall, F1 or "
    "AUC."
)
_ONE_COLUMN = _(
    "It compares the places of the largest output, and with one output that is always the first. Take (binary) "
    "accuracy."
)
_SPARSE_METRIC = _("The sparse metric wants integer labels; with one-hot rows take (categorical) accuracy.")
_DENSE_METRIC = _("It wants one-hot rows; with integer labels take (sparse categorical) accuracy.")
_EACH_OUTPUT = _(
    "It judges each output on its own, and most of them are rightly 0: it looks good even for a bad network."
)
_LARGEST_TAG = _(
    "It looks at the largest output only, but several tags may be right. Take precision, recall, F1 or binary "
    "accuracy."
)
_ERRORS = "mae mse rmse r2 mape medae"
_OF_CLASSES = (
    "accuracy precision recall specificity false_positive_rate false_negative_rate f1 auc confusion mcc "
    "crossentropy"
)

_BINARY = "binary_accuracy binary_crossentropy"
_CATEGORICAL_METRICS = "categorical_accuracy categorical_crossentropy"
_SPARSE_METRICS = "sparse_categorical_accuracy sparse_categorical_crossentropy"
_METRICS_OF_NUMBERS = f"{_OF_CLASSES} {_BINARY} {_CATEGORICAL_METRICS} {_SPARSE_METRICS} top_k hamming"

ANSWERS: Mapping[tuple[str, str], ExpectedCell] = MappingProxyType(
    {
        ("regression", "units"): _answer("1 targets", "1", _ONE_NUMBER, *_COUNTS_WRONG),
        ("regression", "activation"): _answer(
            "linear",
            _("linear (none)"),
            _LINEAR,
            ("relu softplus elu", _RELU_NUMBER),
            ("sigmoid tanh softmax hard_sigmoid", _BOUNDED),
            ("argmax", _ARGMAX),
        ),
        ("regression", "loss"): _answer(
            _NUMBERS,
            _("mse, mae or huber"),
            _DISTANCE,
            (
                _ENTROPIES,
                _CLASSES_FOR_NUMBERS,
            ),
            ("accuracy", _NO_GRADIENT),
        ),
        ("regression", "labels"): _answer("number", _("numbers"), _PLAIN_NUMBERS, ("text", _NO_TEXTS)),
        ("regression", "metrics"): _answer(
            _ERRORS, "mae, rmse, mse, R²", _FOR_NUMBERS, (_METRICS_OF_NUMBERS, _NO_HITS)
        ),
        ("binary", "units"): _answer("1 2", "1", _ONE_ANSWER, *_COUNTS_WRONG),
        ("binary", "activation"): _answer(
            "sigmoid", "sigmoid", _PROBABILITY, ("softmax", _SOFTMAX_ONE), *_HEADS_WRONG
        ),
        ("binary", "loss"): _answer(
            "binary_crossentropy binary_focal log_loss",
            "binary_crossentropy",
            _BINARY_LOSS,
            ("categorical_crossentropy sparse_categorical_crossentropy categorical_focal kl", _CATEGORICAL_ONE),
            *_LOSSES_WRONG,
        ),
        ("binary", "labels"): _answer(
            "zero_one integer", _("0 or 1"), _ZERO_ONE, ("one_hot multi_hot", _ONE_HOT_ONE), *_LABELS_WRONG
        ),
        ("binary", "metrics"): _answer(
            f"{_OF_CLASSES} {_BINARY}",
            "accuracy, precision, recall, F1, AUC",
            _FOR_CLASSES,
            (_ERRORS, _DISTANCES),
            (f"{_CATEGORICAL_METRICS} {_SPARSE_METRICS} top_k", _ONE_COLUMN),
        ),
        ("one_hot", "units"): _answer(
            "classes labels symbol several", _("one per class"), _ONE_PER_CLASS, *_COUNTS_WRONG
        ),
        ("one_hot", "activation"): _answer(
            "softmax", "softmax", _DISTRIBUTION, ("sigmoid hard_sigmoid", _SIGMOID_CLASSES), *_HEADS_WRONG
        ),
        ("one_hot", "loss"): _answer(
            "categorical_crossentropy categorical_focal kl",
            "categorical_crossentropy",
            _CATEGORICAL,
            ("sparse_categorical_crossentropy", _SPARSE_FOR_ONE_HOT),
            ("binary_crossentropy binary_focal", _BINARY_FOR_CLASSES),
            ("log_loss", _WHICH_ONE),
            *_LOSSES_WRONG,
        ),
        ("one_hot", "labels"): _answer("one_hot", _("one-hot rows"), _ONE_HOT, *_LABELS_WRONG),
        ("one_hot", "metrics"): _answer(
            f"{_OF_CLASSES} {_CATEGORICAL_METRICS} top_k",
            _("accuracy, F1 per class, confusion matrix"),
            _FOR_CLASSES,
            (_ERRORS, _DISTANCES),
            (_SPARSE_METRICS, _SPARSE_METRIC),
            (f"{_BINARY} hamming", _EACH_OUTPUT),
        ),
        ("integers", "units"): _answer(
            "classes labels symbol several", _("one per class"), _ONE_PER_CLASS, *_COUNTS_WRONG
        ),
        ("integers", "activation"): _answer(
            "softmax", "softmax", _DISTRIBUTION, ("sigmoid hard_sigmoid", _SIGMOID_CLASSES), *_HEADS_WRONG
        ),
        ("integers", "loss"): _answer(
            "sparse_categorical_crossentropy",
            "sparse_categorical_crossentropy",
            _SPARSE,
            ("categorical_crossentropy categorical_focal kl", _DENSE_FOR_INTEGERS),
            ("binary_crossentropy binary_focal", _BINARY_FOR_CLASSES),
            ("log_loss", _WHICH_ONE),
            *_LOSSES_WRONG,
        ),
        ("integers", "labels"): _answer("integer", _("integers from 0 on"), _INTEGER, *_LABELS_WRONG),
        ("integers", "metrics"): _answer(
            f"{_OF_CLASSES} {_SPARSE_METRICS} top_k",
            _("accuracy, F1 per class, confusion matrix"),
            _FOR_CLASSES,
            (_ERRORS, _DISTANCES),
            (_CATEGORICAL_METRICS, _DENSE_METRIC),
            (f"{_BINARY} hamming", _EACH_OUTPUT),
        ),
        ("tagging", "units"): _answer(
            "tags labels classes symbol several", _("one per tag"), _ONE_PER_TAG, *_COUNTS_WRONG
        ),
        ("tagging", "activation"): _answer(
            "sigmoid", "sigmoid", _INDEPENDENT, ("softmax", _SOFTMAX_TAGS), *_HEADS_WRONG
        ),
        ("tagging", "loss"): _answer(
            "binary_crossentropy binary_focal log_loss",
            "binary_crossentropy",
            _TAGS_LOSS,
            ("categorical_crossentropy sparse_categorical_crossentropy categorical_focal kl", _CATEGORICAL_TAGS),
            *_LOSSES_WRONG,
        ),
        ("tagging", "labels"): _answer(
            "multi_hot",
            _("0 or 1 for each tag (multi-hot)"),
            _MULTI_HOT,
            ("one_hot integer", _SINGLE),
            *_LABELS_WRONG,
        ),
        ("tagging", "metrics"): _answer(
            f"{_OF_CLASSES} {_BINARY} hamming",
            "precision, recall, F1, AUC, binary accuracy",
            _FOR_CLASSES,
            (_ERRORS, _DISTANCES),
            (f"{_CATEGORICAL_METRICS} {_SPARSE_METRICS} top_k", _LARGEST_TAG),
        ),
    }
)

# The row of a binary decision with two outputs.
_TWO_SOFTMAX = _("Two outputs share the probability of one decision: softmax. (Sigmoid goes with one output.)")
_TWO_LOSS = _(
    "Two outputs are two classes: categorical_crossentropy, or the sparse one for integers. (binary_crossentropy "
    "goes with one output.)"
)
_TWO_LABELS = _(
    "Two outputs with categorical_crossentropy want one-hot rows, with the sparse loss integers 0 and 1."
)
TWO_OUTPUTS: Mapping[str, ExpectedCell] = MappingProxyType(
    {
        "units": ANSWERS["binary", "units"],
        "activation": _answer(
            "softmax", "softmax", _TWO_SOFTMAX, ("sigmoid hard_sigmoid", _TWO_SOFTMAX), *_HEADS_WRONG
        ),
        "loss": _answer(
            "categorical_crossentropy categorical_focal kl sparse_categorical_crossentropy",
            "categorical_crossentropy",
            _TWO_LOSS,
            ("log_loss", _WHICH_ONE),
            *_LOSSES_WRONG,
        ),
        "labels": _answer("one_hot", _("one-hot rows"), _TWO_LABELS, *_LABELS_WRONG),
        "metrics": _answer(
            f"{_OF_CLASSES} {_BINARY} {_CATEGORICAL_METRICS} {_SPARSE_METRICS}",
            "accuracy, precision, recall, F1, AUC",
            _FOR_CLASSES,
            (_ERRORS, _DISTANCES),
        ),
    }
)
TWO_OUTPUTS_SPARSE = _answer("zero_one integer", _("0 or 1"), _TWO_LABELS, *_LABELS_WRONG)

_CROSS_ENTROPIES = frozenset(
    (
        "binary_crossentropy",
        "binary_focal",
        "categorical_crossentropy",
        "categorical_focal",
        "sparse_categorical_crossentropy",
    )
)


@dataclass(frozen=True)
class CellProblem:
    """Why a cell is wrong: the word (canonical), the reason, and what would be right."""

    word: str
    reason: Words
    expected: Words | str


def find_cell_problem(row: str, column: str, readings: Mapping[str, CellReading]) -> CellProblem | None:
    """Find what is wrong in a cell of which every word is understood; None where it is right.

    `readings`: the cells of its row, for an activation, a loss and a label format are one decision.
    """
    answer = _answer_for(row, column, readings)
    words = _numbers_named(row, column, readings[column].words)
    if column == "loss" and set(words) & _CROSS_ENTROPIES:
        words = tuple(
            word for word in words if word not in ("crossentropy", "log_loss")
        )  # "log loss: binary_crossentropy"
    if row == "regression" and column == "labels" and "number" in words:
        words = ("number",)  # "float or int"
    for word in words:
        if word not in answer.right and not (column == "activation" and _is_logit(row, word, readings)):
            return CellProblem(word, answer.because.get(word, answer.otherwise), answer.expected)
    if column == "labels" and _are_other_integers(row, readings[column]):
        return CellProblem("integer", answer.otherwise, answer.expected)
    if column == "loss" and row != "regression" and _is_double(readings):
        return CellProblem("from_logits", _DOUBLE, answer.expected)
    return None


def _answer_for(row: str, column: str, readings: Mapping[str, CellReading]) -> ExpectedCell:
    if row != "binary" or not _has_two_outputs(readings):
        return ANSWERS[row, column]
    sparse = "sparse_categorical_crossentropy" in readings["loss"].words if "loss" in readings else False
    return TWO_OUTPUTS_SPARSE if column == "labels" and sparse else TWO_OUTPUTS[column]


def _has_two_outputs(readings: Mapping[str, CellReading]) -> bool:
    units = readings["units"].words if "units" in readings else ()
    return "2" in units and "1" not in units


def _numbers_named(row: str, column: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Replace numbers of units by what they mean: 10 is "several"."""
    if column != "units" or row in {"regression", "binary"}:
        return words
    least = 2 if row == "tagging" else 3
    return tuple("several" if word.isdigit() and int(word) >= least else word for word in words)


def _is_logit(row: str, word: str, readings: Mapping[str, CellReading]) -> bool:
    """Return whether a linear output is right because the loss has from_logits=True."""
    if word != "linear" or row == "regression" or "loss" not in readings:
        return False
    loss = readings["loss"]
    has_logits = loss.logits or readings["activation"].logits
    return has_logits and bool(set(loss.words) & _CROSS_ENTROPIES)


def _are_other_integers(row: str, labels: CellReading) -> bool:
    """Return whether integers are named that are no labels there: classes count from 0, yes or no are 1 and 0."""
    return (row in {"binary", "integers"} and labels.from_one) or (row == "binary" and labels.beyond_one)


def _is_double(readings: Mapping[str, CellReading]) -> bool:
    head = readings.get("activation", CellReading())
    return readings["loss"].logits and bool(head.words) and "linear" not in head.words
