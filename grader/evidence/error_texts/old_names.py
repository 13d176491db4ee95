"""Names of Keras 1 and 2, TensorFlow 1 and older scikit-learn that are gone, and what is called instead.

Measured with Keras 3.15, TensorFlow 2.21 and scikit-learn 1.8: only names that raise an error there are listed.
"""

import re
from collections.abc import Callable, Mapping

from grader.core.i18n import Words, _
from grader.protocol.evidence import ExceptionFacts

# Attributes of keras.layers and of modules that Keras 3 has no more, and arguments of layers.
_KERAS_MODULES = {
    "experimental": "keras.layers (keras.layers.Rescaling(1.0))",
    "preprocessing": "keras.layers (keras.layers.Rescaling(1.0))",
    "np_utils": "keras.utils.to_categorical(y)",
    "vis_utils": "keras.utils.plot_model(model)",
    "generic_utils": "keras.utils.get_custom_objects()",
    "io_utils": "h5py",
    "layer_utils": "keras.utils",
    "tensorflow_backend": "keras.ops (keras.ops.mean(x))",
    "scikit_learn": "keras.wrappers.SKLearnClassifier(model), keras.wrappers.SKLearnRegressor(model)",
    "objectives": "keras.losses",
    "engine": "keras.layers.Layer, keras.Model",
    "legacy": "keras.optimizers (keras.optimizers.Adam(learning_rate=0.001))",
    "interfaces": "nothing: the old arguments are gone",
    "text": "keras.layers.TextVectorization",
    "cross_validation": "sklearn.model_selection",
    "grid_search": "sklearn.model_selection",
    "externals": "import joblib",
}
_LAYER_MODULES = (
    "core", "normalization", "convolutional", "advanced_activations", "recurrent", "embeddings", "wrappers",
    "noise", "pooling", "merge", "local", "convolutional_recurrent", "cudnn_recurrent",
)  # fmt: skip
_KERAS_NAMES = {
    "Merge": "keras.layers.Concatenate(), keras.layers.Add()",
    "merge": "keras.layers.Concatenate(), keras.layers.Add()",
    "MaxoutDense": "keras.layers.Dense",
    "Highway": "keras.layers.Add()",
    "TimeDistributedDense": "keras.layers.TimeDistributed(keras.layers.Dense(...))",
    "AtrousConvolution2D": "keras.layers.Conv2D(..., dilation_rate=...)",
    "AtrousConvolution1D": "keras.layers.Conv1D(..., dilation_rate=...)",
    "Deconvolution2D": "keras.layers.Conv2DTranspose",
    "CuDNNLSTM": "keras.layers.LSTM",
    "CuDNNGRU": "keras.layers.GRU",
    "ThresholdedReLU": "keras.layers.ReLU(threshold=...)",
    "LocallyConnected1D": "keras.layers.Conv1D",
    "LocallyConnected2D": "keras.layers.Conv2D",
    "DenseFeatures": "keras.utils.FeatureSpace",
    "multi_gpu_model": "nothing: one network is enough here",
    "print_summary": "model.summary()",
    "TFOptimizer": "keras.optimizers.Adam",
    "cosine_proximity": "keras.losses.CosineSimilarity()",
    "kullback_leibler_divergence": "keras.losses.KLDivergence()",
    "logcosh": "keras.losses.LogCosh()",
    "mse": '"mse", keras.losses.MeanSquaredError()',
    "mae": '"mae", keras.losses.MeanAbsoluteError()',
    "Reduction": '"sum", "sum_over_batch_size"',
    "normal": "keras.initializers.RandomNormal()",
    "uniform": "keras.initializers.RandomUniform()",
    "WeightRegularizer": "keras.regularizers.L2(...)",
    "l1l2": "keras.regularizers.L1L2(...)",
    "maxnorm": "keras.constraints.MaxNorm(3)",
    "nonneg": "keras.constraints.NonNeg()",
    "unitnorm": "keras.constraints.UnitNorm()",
    "BaseLogger": "nothing: Keras writes the history itself",
    "model_from_yaml": "keras.models.model_from_json",
    "Graph": "keras.Model",
    "ImageDataGenerator": "keras.layers.RandomRotation(0.1)",
    "image_dim_ordering": "keras.config.image_data_format()",
    "set_learning_phase": "model(x, training=False)",
    "learning_phase": "model(x, training=False)",
    "set_session": "nothing: there are no sessions any more",
    "get_session": "nothing: there are no sessions any more",
    "eval": "keras.ops.convert_to_numpy(x)",
    "function": "keras.Model(inputs, outputs)",
}
_METHODS = {
    "to_yaml": "model.to_json()",
    "reset_states": "reset_state()",
    "get_output_at": "layer.output",
    "get_input_at": "layer.input",
    "get_input_shape_at": "layer.input.shape",
    "get_output_shape_at": "layer.output.shape",
    "input_shape": "layer.input.shape",
    "output_shape": "layer.output.shape",
    "inbound_nodes": "layer.input",
    "output_dim": "layer.units",
    "W": "layer.kernel, layer.get_weights()",
    "lr": "optimizer.learning_rate",
    "get_updates": "optimizer.apply(gradients)",
    "minimize": "model.fit(x, y)",
    "weights": "optimizer.variables",
    "uses_learning_phase": "model(x, training=False)",
    "add_metric": "model.compile(metrics=[...])",
}
_TENSORFLOW_NAMES = {
    "AdamOptimizer": "keras.optimizers.Adam(learning_rate=0.001)",
    "GradientDescentOptimizer": "keras.optimizers.SGD(learning_rate=0.01)",
    "MomentumOptimizer": "keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)",
    "RMSPropOptimizer": "keras.optimizers.RMSprop(learning_rate=0.001)",
    "AdagradOptimizer": "keras.optimizers.Adagrad(learning_rate=0.01)",
    "AdadeltaOptimizer": "keras.optimizers.Adadelta(learning_rate=1.0)",
    "FtrlOptimizer": "keras.optimizers.Ftrl(learning_rate=0.01)",
    "exponential_decay": "keras.optimizers.schedules.ExponentialDecay(...)",
    "Saver": "model.save('model.keras')",
    "Session": "nothing: write operations down, they are computed at once",
    "InteractiveSession": "nothing: write operations down, they are computed at once",
    "ConfigProto": "nothing: there are no sessions any more",
    "placeholder": "keras.Input(shape=(...,))",
    "get_variable": "tf.Variable",
    "global_variables_initializer": "nothing: variables have values at once",
    "layers": "keras.layers",
    "contrib": "keras",
    "examples": "sklearn.datasets",
    "random_normal": "tf.random.normal",
    "random_uniform": "tf.random.uniform",
    "truncated_normal": "tf.random.truncated_normal",
    "log": "tf.math.log",
    "set_random_seed": "keras.utils.set_random_seed(0)",
    "softmax_cross_entropy_with_logits_v2": "tf.nn.softmax_cross_entropy_with_logits",
    "logging": "tf.get_logger()",
    "to_float": "tf.cast(x, tf.float32)",
    "to_int32": "tf.cast(x, tf.int32)",
    "div": "tf.divide",
    "mean_squared_error": "keras.losses.MeanSquaredError()",
    "accuracy": 'metrics=["accuracy"]',
    "FileWriter": "keras.callbacks.TensorBoard",
    "assign": "variable.assign(...)",
    "matrix_inverse": "tf.linalg.inv",
    "get_default_graph": "nothing: there are no graphs to care for",
    "reset_default_graph": "keras.utils.clear_session()",
    "estimator": "keras.Model",
    "CosineDecay": "keras.optimizers.schedules.CosineDecay(...)",
}
_ARGUMENTS = {
    "lr": "learning_rate=",
    "decay": "learning_rate=keras.optimizers.schedules.ExponentialDecay(...)",
    "clip_norm": "clipnorm=",
    "clip_value": "clipvalue=",
    "nb_epoch": "epochs=",
    "nb_epochs": "epochs=",
    "nb_classes": "num_classes=",
    "nb_filter": "filters=",
    "output_dim": "units=",
    "init": "kernel_initializer=",
    "W_regularizer": "kernel_regularizer=",
    "b_regularizer": "bias_regularizer=",
    "W_constraint": "kernel_constraint=",
    "b_constraint": "bias_constraint=",
    "bias": "use_bias=",
    "border_mode": "padding=",
    "subsample": "strides=",
    "dim_ordering": "data_format=",
    "p": "rate=",
    "inner_activation": "recurrent_activation=",
    "inner_init": "recurrent_initializer=",
    "dropout_W": "dropout=",
    "dropout_U": "recurrent_dropout=",
    "beta_init": "beta_initializer=",
    "gamma_init": "gamma_initializer=",
    "pool_length": "pool_size=",
    "stride": "strides=",
    "input": "inputs=",
    "output": "outputs=",
    "reduction_indices": "axis=",
    "keep_dims": "keepdims=",
    "period": "save_freq=",
    "std": "stddev=",
    "weights": "layer.set_weights(...)",
    "show_accuracy": 'metrics=["accuracy"]',
    "max_queue_size": "nothing: leave it out",
    "workers": "nothing: leave it out",
    "nb_worker": "nothing: leave it out",
    "use_multiprocessing": "nothing: leave it out",
    "time_major": "nothing: leave it out",
    "fused": "nothing: leave it out",
    "mode": "nothing: leave it out",
    "write_grads": "nothing: leave it out",
    "batch_size": "nothing: leave it out",
}
_SKLEARN_ARGUMENTS = {
    "sparse": "sparse_output=",
    "normalize": "sklearn.preprocessing.StandardScaler",
    "n_jobs": "nothing: leave it out",
    "categorical_features": "sklearn.compose.ColumnTransformer",
    "squared": "sklearn.metrics.root_mean_squared_error",
    "base_estimator": "estimator=",
    "affinity": "metric=",
    "n_iter": "max_iter=",
}
_SKLEARN_NAMES = {
    "plot_confusion_matrix": "sklearn.metrics.ConfusionMatrixDisplay",
    "plot_roc_curve": "sklearn.metrics.RocCurveDisplay",
    "Imputer": "sklearn.impute.SimpleImputer",
    "joblib": "import joblib",
    "get_feature_names": "get_feature_names_out()",
    "cross_validation": "sklearn.model_selection",
    "grid_search": "sklearn.model_selection",
}

# Who owns a name: "module 'keras.layers' has no attribute 'X'", "cannot import name 'X' from 'keras.layers'", ...
_NAME = re.compile(
    r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"
    r"|cannot import name '(?P<imported>\w+)' from '(?P<source>[\w.]+)'"
    r"|No module named '(?P<parent>[\w.]+)\.(?P<child>\w+)'"
)
_METHOD = re.compile(r"^'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'$")
_ARGUMENT = re.compile(
    r"(?:^|\n)(?:(?P<function>[\w.]+)(?:\(\))? )?[Gg]ot an unexpected keyword argument '(?P<name>\w+)'"
    r"|(?:Unrecognized keyword arguments passed to (?P<layer>\w+)|Arguments? ?(?:\(s\))? ?not recognized): "
    r"\{'(?P<argument>\w+)'"
)
_NEEDED = re.compile(r"^(?P<layer>\w+)\.__init__\(\) missing 1 required positional argument: '(?P<name>\w+)'$")
# What old names of the first argument a layer takes under another one.
_FIRST_ARGUMENTS = {"units": "output_dim", "rate": "p", "filters": "nb_filter"}
_OWN_LAYERS = frozenset({"Dense", "Dropout", "LSTM", "GRU", "SimpleRNN", "Conv1D", "Conv2D", "Conv3D"})
_SKLEARN_TYPES = frozenset({"OneHotEncoder", "LinearRegression", "LogisticRegression", "KMeans", "Ridge", "Lasso"})


def explain_old_name(exception: ExceptionFacts) -> Words | None:
    """Return what a name that is gone is called today; None where an exception is about something else."""
    readers: tuple[Callable[[str], Words | None], ...] = (_read_name, _read_method, _read_argument)
    return next((words for words in (read(exception.message) for read in readers) if words is not None), None)


def _read_name(message: str) -> Words | None:
    """Read the name of a module's content."""
    if (match := _NAME.search(message)) is None:
        return None
    owner = match["module"] or match["source"] or match["parent"]
    name = match["name"] or match["imported"] or match["child"]
    root = owner.split(".")[0]
    if root == "sklearn":
        return _explain(name, "scikit-learn", _SKLEARN_NAMES)
    if root not in {"keras", "tensorflow"}:
        return None
    is_keras = "keras" in owner.split(".") or "_tf_keras" in owner
    if is_keras and owner.endswith("layers") and name in _LAYER_MODULES:
        return _(
            "`keras.layers.{name}` is a module of Keras 2. In Keras 3 all layers are in keras.layers directly, "
            "for example keras.layers.Dense.",
            name=name,
        )
    if is_keras and owner.endswith("backend") and name not in {*_KERAS_NAMES, *_KERAS_MODULES}:
        return _(
            "`keras.backend.{name}` is a function of Keras 2. In Keras 3 the functions for arrays and tensors are "
            "in keras.ops, for example keras.ops.mean(x).",
            name=name,
        )
    if is_keras:
        return _explain(name, "Keras 1 or 2", _KERAS_MODULES | _KERAS_NAMES | _TENSORFLOW_NAMES)
    return _explain(name, "TensorFlow 1", _TENSORFLOW_NAMES)


def _read_method(message: str) -> Words | None:
    """Read the name of a method or attribute of a model, a layer, an optimizer or an encoder."""
    match = _METHOD.search(message)
    if match is None:
        return None
    if match["type"] in _SKLEARN_TYPES:
        return _explain(match["name"], "scikit-learn", _SKLEARN_NAMES)
    is_own = match["type"] in {"ndarray", "list", "dict", "tuple", "NoneType", "str", "int", "float", "History"}
    return None if is_own else _explain(match["name"], "Keras 1 or 2", _METHODS)


def _read_argument(message: str) -> Words | None:
    """Read the name of an argument that a function does not know."""
    if (needed := _NEEDED.search(message)) is not None:
        old = _FIRST_ARGUMENTS.get(needed["name"])
        if old is None or needed["layer"] not in _OWN_LAYERS:
            return None
        return _(
            "{layer} needs its argument {name}, for example {layer}({name}=...). In Keras 1 it was called {old}.",
            layer=needed["layer"],
            name=needed["name"],
            old=old,
        )
    if (match := _ARGUMENT.search(message)) is None:
        return None
    name = match["name"] or match["argument"]
    owner = (match["function"] or "").split(".")[0]
    if owner in _SKLEARN_TYPES or (not owner and name == "squared" and match["layer"] is None):
        return _explain(f"{name}=", "scikit-learn", {f"{old}=": new for old, new in _SKLEARN_ARGUMENTS.items()})
    is_keras = match["layer"] or match["argument"] or owner in _KERAS_OWNERS or name == "reduction_indices"
    table = {f"{old}=": new for old, new in _ARGUMENTS.items()}
    return _explain(f"{name}=", "Keras 1 or 2", table) if is_keras else None


_KERAS_OWNERS = frozenset(
    {"TensorFlowTrainer", "Trainer", "to_categorical", "ModelCheckpoint", "TensorBoard", "RandomNormal", "Model"}
    | {"SpatialDropout1D", "SpatialDropout2D", "Dropout", "Dense", "EarlyStopping", "ReduceLROnPlateau"}
)
_NOTHING = "nothing: "


def _explain(name: str, library: str, table: Mapping[str, str]) -> Words | None:
    """Return the sentence for a name of a table, None where it is not in there."""
    new = table.get(name)
    if new is None:
        return None
    if new.startswith(_NOTHING):
        return _("`{name}` is a name of {library} that is gone. Leave it out.", name=name, library=library)
    if library == "scikit-learn":
        return _("`{name}` is a name of an older scikit-learn. Today it is {new}.", name=name, new=new)
    return _("`{name}` is a name of {library}. In Keras 3 use {new}.", name=name, library=library, new=new)
