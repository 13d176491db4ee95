"""What is said of exceptions: true texts of Keras 3.15, TensorFlow 2.21, NumPy 2 and scikit-learn 1.8.

`errors.json` holds what these libraries raised for a slip, by the slip's name or its code: type and message as the
child would send them.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.core.i18n import LANGUAGES, Translator
from grader.evidence.error_texts.old_names import explain_old_name
from grader.evidence.error_texts.reason import MAX_REASON, find_reason
from grader.evidence.failures import explain_exception
from grader.protocol.evidence import ExceptionFacts, Frame
from grader.protocol.verdict import Status
from tests.helpers.cases import text

ERRORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "errors.json").read_text(encoding="utf-8"))


def facts_of(name: str) -> ExceptionFacts:
    """Return one of the exceptions as evidence."""
    error = dict(ERRORS[name])
    frames = tuple(Frame(**frame) for frame in error.pop("frames", [{"line": 7}]))
    error["bases"], error["lines"] = tuple(error["bases"]), tuple(error.get("lines", ()))
    return ExceptionFacts(frames=frames, **error)


def sentence_of(name: str) -> str:
    return text(explain_exception(facts_of(name), "train").message)


# What the sentence about each slip has to contain. Two or more slips of each kind.
SENTENCES: dict[str, tuple[str, ...]] = {
    # Shapes and rows.
    r"\(rows, 8, 8\), but was built for \(rows, 64\).*reshape\(-1, 64\)": ("shape8x8b",),
    r"\(rows, 64\), but was built for \(rows, 8, 8, 1\).*reshape\(-1, 8, 8, 1\)": ("conv_fit",),
    r"\(rows, 12\), but expects 13 numbers": ("cols",),
    r"\(rows, 12\), but was built for \(rows, 13\)": ("cols_func",),
    r"one row of the shape \(13,\).*x\[:1\]": ("predict_one_row", "predict_one_row3"),
    r"without the number of rows: keras\.Input\(shape=\(13,\)\)": ("shape_whole",),
    r"\(rows, height, width, channels\)": ("conv_2d",),
    r"\(rows, steps, features\)": ("lstm_2d",),
    r"labels of the shape \(rows,\).*\(rows, 3\).*to_categorical\(y, 3\)": (
        "int_labels_cce", "int_labels_evaluate",
    ),
    r"labels of the shape \(rows, 1\).*to_categorical\(y, 3\)": ("int_labels_cce_col",),
    r"One-hot labels belong to categorical_crossentropy": ("onehot_scce",),
    r"3 columns of labels, but 2 units": ("units_vs_labels", "units_vs_labels_mse"),
    r"output layer of 3 units": ("onehot_bce1",),
    r"Flatten\(\)": ("flatten_missing", "flatten_missing2"),
    r"the label 2 came up, but for 2 outputs the labels have to be 0 to 1": ("label_out_of_range",),
    r"the label 3 came up.*begin at 1": ("label_from_1",),
    r"the label 1 came up, but the network has one output only": ("label_out_of_range1",),
    r"index 2 was used, but axis 1 has 2 entries": ("to_categorical_range",),
    r"index 3 was used.*begin at 1": ("to_categorical_from1",),
    r"x: 90, y: 34": ("rows90_34", "rows_eval"),
    r"x: 30, y: 20": ("rows_val",),
    r"x: 90, y: 90, sample_weight: 20": ("rows_weights",),
    r"different numbers of rows \(3, 2\)": ("tts_rows",),
    r"\(90, 1\) and \(32, 1\).*one batch at a time": ("whole_batch",),
    r"\(90, 3\) and \(32, 3\).*one batch at a time": ("whole_batch_keras",),
    r"MatMul was given arrays of the shapes \(rows, 13\) and \(12, 3\)": ("matmul_in_call",),
    r"\(90, 13\) is multiplied with one of the shape \(90, 13\)": ("ops_matmul", "tf_matmul"),
    r"left one has 8 columns, but the right one 7 rows": ("numpy_matmul", "numpy_dot"),
    r"np\.array\(\.\.\.\)": ("list_minus_list", "list_times_float"),
    r"np\.prod\(w\.shape\)": ("sum_of_shapes", "difference_of_shapes"),
    r"dict\(zip\(keys, values\)\)": ("array_as_key", "list_as_key"),
    r"x, y, batch_size and epochs.*validation_data=\(x_val, y_val\)": ("fit_epochs_twice",),
    r"fit\(x, \[first, second\]\)": ("labels_for_two_outputs",),
    r'metrics=\{"sweetness": \[\.\.\.\], "variety": \[\.\.\.\]\}': ("one_metric_for_two_outputs",),
    r"what comes after x and y is batch_size and epochs: labels of several": ("labels_as_batch_size",),
    r"x = x\.copy\(\)": ("read_only", "read_only_assigned", "read_only_output"),
    r"the label -2 came up.*does each get its own labels": ("label_below_zero",),
    r"shapes \(3,\) and \(300,\) meet.*axis=1 one for each row": ("argmax_of_columns",),
    r"dict\(enumerate\(weights\)\)": ("class_weight_as_array",),
    r"filepath=own-savedweights\.h5\. Keras stores weights.*os\.path\.join": ("weights_h5",),
    r"get_weights\(\) is empty": ("get_weights_of_flatten",),
    # How a network is written down.
    r"30 is no shape.*\(n_features,\)": (
        "shape_no_comma", "shape_no_comma2", "shape_input_shape", "shape_inputlayer",
    ),
    r"whole numbers, but here it holds 13\.0": ("shape_float",),
    r"cannot be negative": ("shape_neg",),
    r"super\(\)\.__init__\(\)": (
        "super_fit1", "super_fit2", "super_layer1", "super_layer2", "super_layer3", "super_metric",
        "super_noparens", "super_selfarg", "nested_super",
    ),
    r"`return": ("call_no_return", "call_no_return_fit", "call_no_return_predict", "loss_no_return", "inner_none"),
    r"no method call\(self, x\)": ("no_call",),
    r"take self and x": ("call_extra_argument", "call_no_self"),
    r"made within call\(\)": ("variable_creation",),
    r"belongs to Keras": ("self_layers",),
    r"self\.(a|hidden) set in its __init__|Did you mean hiden": ("super_typo", "attr_missing"),
    r'metrics=\["accuracy"\]': ("metrics_string", "metrics_position", "metrics_position2", "metrics_position4"),
    r"If you meant metrics": ("metrics_position3", "metrics_position5"),
    r"with brackets around it": ("metrics_string2", "metrics_set"),
    r"takes one list of layers": ("sequential_args", "sequential_args2", "sequential_args3", "sequential_args4"),
    r"brackets too many": ("sequential_nested",),
    r"the class Flatten itself": ("sequential_class",),
    r"in a list stand layers only": ("sequential_call",),
    r"Call the layer with a tensor": ("functional_forgot",),
    r"Chain tensors, not layers": ("functional_forgot2",),
    r"not computed from its inputs": ("functional_disconnected",),
    r"whole number 1, and Keras wants a float: 1\.0": ("int_lr", "int_lr2"),
    r"without quotation marks": ("str_lr", "units_str", "units_order"),
    r"new one for each model": ("shared_opt", "shared_opt_sub"),
    r"optimizer=keras\.optimizers\.Adam\(\)": ("optimizer_class",),
    r"not compiled": ("not_compiled", "eval_not_compiled"),
    r"without a loss": ("no_loss",),
    r"share between 0 and 1": ("dropout_rate",),
    r"callbacks=\[keras\.callbacks\.EarlyStopping\(\)\]": ("callbacks_class",),
    # Names.
    r"import numpy as np`": ("np", "numpy_alias"),
    r"`import keras`": ("keras",),
    r"`from keras\.layers import Dense`": ("Dense",),
    r"`from sklearn\.preprocessing import StandardScaler`": ("StandardScaler",),
    r"In Python that is (True|None)": ("true", "null"),
    r'Did you mean "relu"': ("activation", "activation_upper"),
    r'Did you mean "softmax"': ("activation2",),
    r'Did you mean "categorical_crossentropy"': ("loss",),
    r'Did you mean "mse"': ("loss_mes", "loss_upper"),
    r'"categorical_crossentropy", "sparse_categorical_crossentropy", ': ("loss2",),
    r'Did you mean "accuracy"': ("metric",),
    r'Did you mean "categorical_accuracy"': ("metric_typo",),
    r"keras\.metrics\.R2Score\(\)": ("metric2",),
    r"keras\.metrics\.F1Score\(\)": ("metric_f1",),
    r'Did you mean "adam"': ("optimizer",),
    r'Did you mean "sgd"': ("optimizer2",),
    r"Did you mean Adam\?": ("optimizer_attr",),
    r"Did you mean Dense\?": ("layer_attr", "layer_attr2", "layer_import"),
    r"Did you mean Dropout\?": ("layer_import2",),
    r"Did you mean learning_rate\?": ("optimizer_arg",),
    r"Did you mean momentum\?": ("adam_typo",),
    r"Did you mean activation\?": ("layer_arg2", "dense_typo2"),
    r"Did you mean kernel_initializer\?": ("layer_arg4",),
    r"Did you mean epochs\?": ("fit_arg",),
    r"Did you mean batch_size\?": ("fit_arg3",),
    r"Did you mean validation_data\?": ("fit_valdata",),
    r"Did you mean optimizer\?": ("compile_arg",),
    r"Did you mean metrics\?": ("compile_arg2", "compile_lossless"),
    r"Did you mean patience\?": ("earlystop_restore",),
    r"Did you mean test_size\?": ("tts", "sk_typo2"),
    r"Did you mean train_test_split\?": ("from sklearn.model_selection import test_train_split",),
    r"Did you mean keras\?": ("import kears",),
    r"Did you mean numpy\?": ("import nunpy as np",),
    r"Did you mean keras\.layers\?": ("from keras.layer import Dense",),
    r"Did you mean value\?": ("typo",),
    r"write int alone|Write int alone": ("npint",),
    r"Write (float|object) alone": ("npfloat", "npobject"),
    r"Today it is np\.(prod|trapezoid|isin)": ("npproduct", "nptrapz", "npin1d"),
    r"`np\.(float64|inf|nan)`": ("npfloat_", "npInf", "npNaN"),
    r"tf is only the short name": ("from tf.keras import layers", "import tf.keras"),
    # Values.
    r"turn labels into class numbers": ("text_labels", "text_features", "df_labels"),
    r"array of dtype object": ("object_features", "object_labels", "object_rows"),
    r"plain Python list": ("list_x", "list_y"),
    r"sparse matrix": ("sparse_y", "sparse_ohe", "sparse_len"),
    r"the text 'a' was to become a number": ("string_float",),
    r"labels that were not handed to fit": ("none_y", "no_y"),
    r"path of a Windows computer": ("winpath", "winpath2", "winpath3", "win_pathlib"),
    r"Files of your own disk cannot be seen": ("ownfile", "ownfile2", "ownfile3", "ownfile4", "dead_file", "home"),
    r"exit\(\), quit\(\) or sys\.exit\(\)": ("quit", "exit", "sysexit"),
    r"use keras\.ops instead": ("tf_numpy", "tf_numpy2", "jit", "sk_log_loss"),
    r"keras\.ops\.where": ("tf_if", "loss_scalar_py"),
    r"make both the same": ("tf_dtype", "tf_float_cast", "tf_cast"),
    r"`return model`": ("method_none", "add_result", "model_none_return"),
    r"ends without `return`": ("none_sub", "none_iter", "none_attr", "none_add", "call_none_sub"),
    r"`async def`": ("async_fit", "async"),
    r'history\.history\["loss"\]': ("hist_sub", "hist_attr"),
    r"validation_data, and the metric": ("hist_key", "plot_hist"),
    r"y_true and y_pred": ("loss_args", "loss_args3"),
    r"batch_size has to be a whole number of rows": ("batch_size_share", "batch_size_negative"),
    r"A whole number is needed here": ("epochs_float", "epochs_str"),
    r"validation_split=1 leaves no rows": ("validation_split_whole",),
    r"first the figure, then the axes": ("figure_for_axes",),
    r"not one axes of a figure.*before \.imshow|before \.imshow.*not one axes of a figure": ("array_for_axes",),
    r"print its len\(\)": ("short_list",),
    r"indexed with 2 indices.*number of its axes is 1": ("too_many_indices",),
    r"Are x and y in the right order": ("labels_as_rows",),
    # Not Python.
    r"the quotation mark (“|‘|„) comes from a word processor": ("quotes", "quotes2", "quotes_de"),
    r"the dash – ": ("dash",),
    r"invisible character in this line \(U\+00A0\)": ("nbsp",),
    r"has no meaning in Python": ("mul", "fullwidth"),
    r"git left a merge conflict": ("merge", "merge2", "merge_half", "merge_end"),
    r"\n2: ····a = 1\n3: →b = 2": ("tabs",),
    r"\n3: →→a = 1\n4: ········return a": ("tabs2",),
    r"indentation of line 3.*\n2: ····a = 1\n3: ······b = 2": ("indent2",),
    r"expected an indented block": ("indent", "eof"),
    r"a command for the terminal": ("pip", "bang"),
    r"stands outside of a function": ("return",),
    r"leave await out": ("await",),
    r"\.item\(\).*w\[0, 0\]": ("np_scalar",),
}  # fmt: skip
CASES = [(name, pattern) for pattern, names in SENTENCES.items() for name in names]


@pytest.mark.parametrize(("name", "pattern"), CASES, ids=[name for name, _ in CASES])
def test_a_slip_has_its_sentence(name: str, pattern: str) -> None:
    assert re.search(pattern, sentence_of(name), re.DOTALL)


BOILERPLATE = re.compile(
    r"Exception encountered|Arguments received|Graph execution|Detected at|site-packages|\x1b|pip install|\[Op:|"
    r"\{\{|TensorFlowTrainer|run\.py|is not written yet"
)


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_said_of_an_exception_is_short_and_without_boilerplate(name: str) -> None:
    judgement = explain_exception(facts_of(name), "train")
    assert judgement.status is Status.FAILED
    for part in (judgement.message, judgement.received):
        sentence = text(part).replace(
            ERRORS[name].get("lines", [""])[-1], ""
        )  # the student's line is no boilerplate
        assert not BOILERPLATE.search(sentence)
    assert 20 < len(text(judgement.message)) < 700
    for language in LANGUAGES:
        assert not re.search(r"\{\w+\}", Translator(language)(judgement.message))


OLD_NAMES = {
    "learning_rate=": ("optimizer_arg_lr", "keras.optimizers.SGD(lr=.1)"),
    "sparse_output=": ("ohe",),
    "get_feature_names_out": ("ohe2",),
    "root_mean_squared_error": ("msesq",),
    "sklearn.model_selection": ("cv",),
    "ConfusionMatrixDisplay": ("plotcm",),
    "keras.optimizers.Adam": ("tf.train.AdamOptimizer(0.001)",),
    "keras.optimizers.SGD": ("tf.train.GradientDescentOptimizer(0.1)",),
    "keras.layers.Rescaling": (
        "keras.layers.experimental.preprocessing.Rescaling(1.)",
        "tf.keras.layers.experimental.preprocessing.Normalization()",
    ),
    "all layers are in keras.layers directly": ("keras.layers.core.Dense(3)", "keras.layers.recurrent.LSTM(3)"),
    "keras.ops": ("keras.backend.mean(1)", "keras.backend.square(1)", "from keras.backend import mean"),
    "keras.losses": ("keras.objectives.mse", "keras.losses.logcosh"),
    "kernel_initializer=": ("layers.Dense(3, init='uniform')",),
    "kernel_regularizer=": ("layers.Dense(3,W_regularizer=None)",),
    "use_bias=": ("layers.Dense(3, bias=False)",),
    "padding=": ("layers.Conv2D(8,3,border_mode='same')",),
    "strides=": ("layers.Conv2D(8,3,subsample=(1,1))",),
    "output_dim": ("layers.Dense(output_dim=3)", "layers.LSTM(output_dim=3)"),
    "called p": ("layers.Dropout(p=.3)",),
    "inputs=": ("keras.Model(input=1, output=2)",),
    "epochs=": ("net().fit(X,H,nb_epoch=1)",),
    "num_classes=": ("keras.utils.to_categorical([1],nb_classes=3)",),
    "Leave it out": ("net().fit(X,H,workers=3)", "tf.Session()"),
    "keras.layers.LSTM": ("layers.CuDNNLSTM(3)", "from keras.layers import CuDNNLSTM"),
    "SKLearnClassifier": ("from keras.wrappers.scikit_learn import KerasClassifier",),
    "MaxNorm": ("keras.constraints.maxnorm(3)", "from keras.constraints import maxnorm"),
    "optimizer.learning_rate": ("net().optimizer.lr",),
    "layer.input.shape": ("layer_input_shape",),
    "tf.random.normal": ("tf.random_normal([2])",),
    "keras.Input": ("tf.placeholder(tf.float32)",),
    "save_freq=": ("callbacks_period",),
    "axis=": ("tf.reduce_mean(1.,reduction_indices=1)",),
}


@pytest.mark.parametrize(("new", "names"), OLD_NAMES.items(), ids=list(OLD_NAMES))
def test_names_that_are_gone_have_a_successor(new: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert new in text(explain_old_name(facts_of(name)))
        assert "Did you mean" not in sentence_of(name)


NOT_OLD = (
    "np", "typo", "layer_attr", "layer_arg2", "fit_arg", "compile_arg", "method", "np_attr", "kw_own", "none_attr",
    "sk_typo", "sk_typo3", "plt_typo", "import kears", "super_typo", "hist_attr", "dict_attr", "fit_arg2",
)  # fmt: skip


@pytest.mark.parametrize("name", NOT_OLD)
def test_other_names_are_not_taken_for_old_ones(name: str) -> None:
    assert explain_old_name(facts_of(name)) is None


def test_nobody_is_told_to_write_an_init_for_a_class_of_a_library() -> None:
    assert "is a class of yours" not in sentence_of("axes_attribute")


def test_a_method_of_keras_2_is_not_taken_for_a_slip_of_the_pen() -> None:
    message = "'Sequential' object has no attribute 'predict_proba'"
    bases = ("AttributeError", "Exception")
    facts = ExceptionFacts(type="AttributeError", message=message, bases=bases, similar="predict_on_batch")
    assert "Did you mean" not in text(explain_exception(facts, "train").message)


WITHOUT_SUGGESTION = (
    "import seaborn as sns", "import torch", "import utils", "from scikeras.wrappers import KerasClassifier",
    "import tensorflow_addons", "fit_arg2", "from my_helpers import x",
)  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_SUGGESTION)
def test_nothing_is_suggested_where_nothing_is_clearly_meant(name: str) -> None:
    assert "Did you mean" not in sentence_of(name)


# Reasons.


def test_the_reason_is_the_innermost_one() -> None:
    message = "bad shape"
    for layer in ("Dense", "Net"):
        message = (
            f"Exception encountered when calling {layer}.call().\n\n\x1b[1m{message}\x1b[0m\n\n"
            f"Arguments received by {layer}.call():\n  • x=tf.Tensor(shape=(None, 64))"
        )
    assert find_reason(message) == "bad shape"


def test_a_reason_of_several_lines_is_whole() -> None:
    assert find_reason("first line\n  second line\n\nthird") == "first line second line third"


def test_a_reason_after_a_long_stack_is_found() -> None:
    stack = "\n\n".join(f'  File "/opt/lib/keras/{i}.py", line {i}, in call' for i in range(60))
    begin = "Graph execution error:\n\nDetected at node a/b defined at (most recent call last):\n"
    end = "\n\nOut of range: 7\n\t [[{{node a/b}}]] [Op:__inference_1]"
    message = begin + stack + end
    assert find_reason(message) == "Out of range: 7"


def test_dumps_of_arrays_are_cut_and_shapes_are_not() -> None:
    numbers = ", ".join(map(str, range(200)))
    assert len(find_reason(f"bad value [{numbers}] here")) < 90
    assert find_reason(f"bad value [{numbers}] here").endswith("…] here")
    assert find_reason("Incompatible shapes: [400,1] vs. [32,1]") == "Incompatible shapes: [400,1] vs. [32,1]"


@pytest.mark.parametrize("evil", ["[" * 5000, "1 [0" * 1000, "pip install " * 400, "(/" * 2500, "{{node " * 700])
def test_any_message_has_a_short_reason(evil: str) -> None:
    assert len(find_reason(evil)) <= MAX_REASON


def test_advice_to_install_is_left_out() -> None:
    message = "You must install pydot (`pip install pydot`) for `plot_model` to work."
    assert "pip install" not in find_reason(message)
