"""Detect misconceptions in what the code calls: old Keras versions, downloads, windows."""

import re
from collections.abc import Iterator

from grader.core.i18n import Words, _
from grader.evidence.error_texts.old_names import explain_old_name
from grader.evidence.failures import function_name
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import ExceptionFacts, Raised, Returned

_DOWNLOAD = re.compile(r"Downloading data from (https?://[^\s/]+)")
_INPUT_DIM = "Do not pass an `input_shape`/`input_dim` argument to a layer"
_IGNORED_DECAY = "Argument `decay` is no longer supported and will be ignored"

_SMALL_OPTIMIZERS = "(adam|sgd|rmsprop|nadam|adamax|adagrad|adadelta)(_v2)?"  # modules of Keras 2

# What Keras 3 says of code for Keras 1 or 2 (measured with 3.15), and what it calls the same thing.
OLD_CALLS: tuple[tuple[str, Words], ...] = (
    (
        r"^ValueError: Argument\(s\) not recognized: .*'lr'",
        _(
            "`lr` is a name of Keras 2. In Keras 3 an optimizer takes learning_rate, for example "
            "Adam(learning_rate=0.001)."
        ),
    ),
    (
        r"^TypeError: .*unexpected keyword argument 'nb_epoch'",
        _(
            "`nb_epoch` is a name of Keras 1. In Keras 3 fit takes epochs, for example model.fit(x, y, "
            "epochs=20)."
        ),
    ),
    (
        r"^KeyError: ['\"](val_)?acc['\"]$",
        _(
            '`"acc"` is a name of Keras 2. In Keras 3 the history calls it "accuracy" and "val_accuracy", '
            "as the metric in compile."
        ),
    ),
    (
        r"^(ModuleNotFound|Import|Attribute)Error: .*\bnp_utils\b",
        _(
            "`np_utils` is a module of Keras 2. In Keras 3 its functions are in keras.utils, for example "
            "keras.utils.to_categorical(y)."
        ),
    ),
    (
        r"^(ModuleNotFound|Import|Attribute)Error: .*\btensorflow_backend\b",
        _(
            "`keras.backend.tensorflow_backend` is a module of Keras 2. In Keras 3 use keras.ops, for "
            "example keras.ops.mean(x)."
        ),
    ),
    (
        r"^AttributeError: .*no attribute 'predict_classes'",
        _(
            "`predict_classes` is a method of Keras 2. In Keras 3 take the largest output yourself: "
            "model.predict(x).argmax(axis=1)."
        ),
    ),
    (
        r"^AttributeError: .*no attribute 'predict_proba'",
        _("`predict_proba` is a method of Keras 2. In Keras 3 model.predict(x) gives the probabilities."),
    ),
    (
        r"^AttributeError: .*no attribute '(fit|evaluate|predict)_generator'",
        _(
            "`fit_generator` and its like are methods of Keras 2. In Keras 3 model.fit, evaluate and "
            "predict take generators themselves."
        ),
    ),
    (
        r"^ValueError: (?:The filename|.*the filepath provided) must end in `\.weights\.h5`",
        _(
            "Keras 2 saved weights under any name. In Keras 3 the name has to end in .weights.h5, for "
            "example model.weights.h5."
        ),
    ),
    (
        r"^ValueError: The filepath provided must end in `\.keras`",
        _(
            "Keras 2 saved networks under any name. In Keras 3 ModelCheckpoint wants a name that ends in .keras, "
            "for "
            'example ModelCheckpoint("best.keras").'
        ),
    ),
    (
        r"^ImportError: `keras\.optimizers\.legacy` is not supported",
        _(
            "`keras.optimizers.legacy` is a module of Keras 2. In Keras 3 the optimizers are in keras.optimizers "
            "directly, for example keras.optimizers.Adam(learning_rate=0.001)."
        ),
    ),
    (
        r"^ValueError: EarlyStopping callback received monitor=(val_)?acc\b",
        _(
            '`"acc"` is a name of Keras 2. In Keras 3 the metric is called "accuracy" and "val_accuracy": '
            'EarlyStopping(monitor="val_accuracy").'
        ),
    ),
    (
        (rf"^AttributeError: module '.*optimizers' has no attribute '{_SMALL_OPTIMIZERS}'"
        rf"|^ImportError: cannot import name '{_SMALL_OPTIMIZERS}' from '.*optimizers'"),
        _(
            "Optimizers written in small letters are modules of Keras 2. In Keras 3 import the class: from "
            "keras.optimizers import Adam."
        ),
    ),
    (
        r"^ValueError: Invalid filepath extension for saving",
        _(
            "Keras 2 saved a network into a folder. In Keras 3 the name has to end in .keras, for example "
            "model.save('model.keras')."
        ),
    ),
    (
        r"^ModuleNotFoundError: No module named '(tensorflow\.)?keras\.layers\.",
        _(
            "`keras.layers` had parts of its own in Keras 2. In Keras 3 all layers are there directly: from "
            "keras.layers import Dense."
        ),
    ),
)  # fmt: skip


def old_keras_api(view: NetworkView) -> Explanation | None:
    """Code that was written for Keras 1 or 2."""
    for exception, function in _exceptions(view):
        message = f"{exception.type}: {exception.message}"
        for pattern, text in OLD_CALLS:
            if re.search(pattern, message):
                return Explanation(text, function)
        if (words := explain_old_name(exception)) is not None:
            return Explanation(words, function)
    for output, function in _outputs(view):
        if _IGNORED_DECAY in output:
            text = _(
                "`decay` is an argument of Keras 2, which Keras 3 ignores: the learning rate never falls. "
                "Use a schedule, for example "
                "learning_rate=keras.optimizers.schedules.ExponentialDecay(0.01, 1000, 0.9)."
            )
            return Explanation(text, function)
    return None


def return_in_loop(view: NetworkView) -> Explanation | None:
    """A `return` indented so far that it ends a loop in its first round."""
    for place in view.case.imported.early_returns:
        if place.function.isidentifier():
            return Explanation(
                _(
                    "In {function}(), the `return` in line {line} stands within the loop, so that the loop ends "
                    "after its first round. If the loop is to go through everything, indent the line less.",
                    function=place.function,
                    line=place.line,
                ),
                place.function,
            )
    return None


def input_dim(view: NetworkView) -> Explanation | None:
    """The first layer of Keras 1 and 2, which Keras 3 still understands."""
    for output, function in _outputs(view):
        if _INPUT_DIM in output:
            return Explanation(
                _(
                    "`input_dim` and `input_shape` are arguments of layers in Keras 1 and 2. Keras 3 still "
                    "understands them, but warns. In Keras 3, begin the network with "
                    "keras.Input(shape=(...,)) and leave the argument of the first layer out."
                ),
                function,
            )
    return None


def _exceptions(view: NetworkView) -> Iterator[tuple[ExceptionFacts, str]]:
    """Yield the exceptions of functions, then those of the file, which may affect any criterion (function: "")."""
    for step, seen in view.case.steps.items():
        if isinstance(seen.evidence.outcome, Raised):
            yield seen.evidence.outcome.exception, function_name(step)
    for failure in view.case.imported.failures:
        yield failure.exception, ""


def _outputs(view: NetworkView) -> Iterator[tuple[str, str]]:
    """Yield what was printed where nothing was raised, with the function; "" for the top level of the file."""
    if not view.case.imported.failures:
        yield view.case.imported.output, ""
    for step, seen in view.case.steps.items():
        if isinstance(seen.evidence.outcome, Returned):
            yield seen.evidence.output, function_name(step)


def download_inside(view: NetworkView) -> Explanation | None:
    """Data that come over the network while a function runs. Where that failed, the error says so already."""
    for output, function in _outputs(view):
        if download := _DOWNLOAD.search(output):
            return Explanation(
                _(
                    "The code downloads data from {address} while it runs. Where it is graded there is no "
                    "internet, and what is downloaded may be different tomorrow. Use the data that a function "
                    "is given, or those of scikit-learn, which need no internet.",
                    address=download[1],
                ),
                function,
            )
    return None


def shows_a_window(view: NetworkView) -> Explanation | None:
    """A function that opens a window and waits."""
    function = next(
        (function_name(step) for step, seen in view.case.steps.items() if seen.evidence.showed_window), None
    )
    if function is None:
        return None
    return Explanation(
        _(
            "{function}() calls plt.show(). In a script that opens a window and waits until somebody closes "
            "it. Return the figure and call plt.show() outside, where you want to look at it.",
            function=function,
        ),
        function,
    )
