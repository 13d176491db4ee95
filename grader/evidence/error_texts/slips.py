"""Sentences for the slips that are made most often with Keras: how it is written, and why that went wrong."""

import re

from grader.core.i18n import Words, _
from grader.evidence.error_texts.rule import RaisedError, Rule, rule


def _shape_number(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "{number} is no shape. A shape is a tuple: write keras.Input(shape=({number},)), for a variable "
        "shape=(n_features,). The comma makes the tuple; parentheses alone do not.",
        number=match[1],
    )


def _shape_of_floats(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "a shape holds whole numbers, but here it holds {value}, of type {type}. Write for example "
        "keras.Input(shape=(x.shape[1],)).",
        value=match[1],
        type=match[2],
    )


def _negative_shape(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "{shape} is no shape for keras.Input: a dimension cannot be negative. The number of rows is left out: "
        "keras.Input(shape=(n_features,)).",
        shape=match[1],
    )


def _super_missing(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the class {name} does not call Keras's own __init__. Begin its __init__ with super().__init__(), before "
        "anything is stored in self.",
        name=match[1],
    )


def _super_likely(match: re.Match[str], error: RaisedError) -> Words | None:
    if match[1] in _BUILT_IN_TYPES:
        return None
    return _(
        "{error}. If {name} is a class of your own: begin its __init__ with super().__init__(), before anything "
        "is stored in self.",
        error=error.text,
        name=match[1],
    )


_BUILT_IN_TYPES = frozenset({"str", "int", "float", "list", "tuple", "dict", "ndarray", "set", "function", "type"})


def _super_without_call(_match: re.Match[str], _error: RaisedError) -> Words:
    return _("super is a function: write super().__init__(), with parentheses after super.")


def _super_with_self(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. super().__init__() hands self over by itself: leave self out of the parentheses.",
        error=error.text,
    )


def _no_call(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the class {name} has no method call(self, x), which computes its output. Is it missing, or has it "
        "another name or indentation?",
        name=match[1],
    )


def _call_arguments(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. Keras calls call(self, x) of a class of your own: does yours take self and x?",
        error=error.text,
    )


def _metrics_type(match: re.Match[str], _error: RaisedError) -> Words:
    value = match[1]
    if re.fullmatch(r"\w+", value):
        return _(
            'metrics has to be a list, but compile was given the text "{value}". Write metrics=["{value}"].',
            value=value,
        )
    return _(
        "metrics has to be a list, but compile was given {value}. Write metrics=[...], with brackets around it.",
        value=value,
    )


def _metrics_position(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "compile was given the metrics as its third argument, which is loss_weights in Keras 3. Write their name: "
        'model.compile("adam", loss="...", metrics=["accuracy"]).'
    )


def _metrics_likely(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. The third argument of compile is loss_weights in Keras 3. If you meant metrics, write their "
        "name: "
        'model.compile("adam", loss="...", metrics=["accuracy"]).',
        error=error.text.rstrip("."),
    )


def _layers_without_list(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "keras.Sequential takes one list of layers. Write brackets around them: keras.Sequential([layer, layer])."
    )


def _not_a_layer(match: re.Match[str], _error: RaisedError) -> Words:
    value, kind = match[1], match[2]
    if kind == "list":
        return _("a list is among the layers of keras.Sequential: there are brackets too many, [[ ... ]].")
    if kind == "type":
        name = value.rstrip("'>").rpartition(".")[2]
        return _(
            "among the layers of keras.Sequential is the class {name} itself. Write parentheses after it: "
            "{name}().",
            name=name,
        )
    if "KerasTensor" in kind:
        return _(
            "among the layers of keras.Sequential is the output of a layer. Leave out the call with a tensor, "
            "layer(x): in a list stand layers only, keras.Sequential([keras.Input(...), layers.Dense(...)])."
        )
    return _(
        "among the layers of keras.Sequential is {value}, which is no layer. Write layers such as "
        "keras.layers.Dense(10).",
        value=value,
    )


def _layer_as_output(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "keras.Model was given a layer in place of the output of one. Call the layer with a tensor: "
        "outputs = layers.Dense(10)(x)."
    )


def _layer_as_tensor(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "a layer was called with {value}, which is no tensor. Chain tensors, not layers: h = layers.Dense(8)(x), "
        "then layers.Dense(3)(h).",
        value=match[1],
    )


def _disconnected(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the outputs of keras.Model are not computed from its inputs. Is the first layer called with another "
        "Input than the one that keras.Model is given?"
    )


def _learning_rate(match: re.Match[str], _error: RaisedError) -> Words:
    value = match[1]
    if re.fullmatch(r"-?\d+", value):
        return _(
            "the learning rate is the whole number {value}, and Keras wants a float: {value}.0. Usual is 0.001 "
            "for Adam and 0.01 for SGD.",
            value=value,
        )
    return _(
        "the learning rate is {value}, and Keras wants a number with a decimal point: learning_rate=0.001, "
        "without quotation marks.",
        value=value,
    )


def _refused_layer(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "LayerCallRefusedError: here, the values have to be computed with the weights: layers and models cannot "
        "be called."
    )


def _shared_optimizer(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the optimizer was used with other weights before, and then met {weight}. Each model needs its own "
        "optimizer: make a new one for each model.compile(...), not one that several models share, and also a new "
        "one after a change of trainable.",
        weight=match[1],
    )


def _optimizer_class(match: re.Match[str], _error: RaisedError) -> Words:
    name = match[1].rpartition(".")[2]
    return _(
        "compile was given the class {name} itself. Write parentheses after it: "
        "optimizer=keras.optimizers.{name}().",
        name=name,
    )


def _units(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the number of units of a layer is {value}, and has to be a whole number above 0, without quotation "
        "marks: layers.Dense(10, activation=...).",
        value=match[1],
    )


def _rate(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the rate of Dropout is {value}, and has to be a share between 0 and 1: layers.Dropout(0.2) leaves out 20 "
        "%.",
        value=match[1],
    )


def _number_for_list(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A single number stands where several are expected, such as a list, a tuple or an array. (8) is "
        "the number 8; (8,) is a tuple.",
        error=error.text.rstrip("."),
    )


def _output_of_nothing(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. Does call() of your own class end with `return`? Without it the network puts out nothing.",
        error=error.text.rstrip("."),
    )


def _not_compiled(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the network is not compiled. Call model.compile(optimizer=..., loss=..., metrics=[...]) before fit, "
        "evaluate or train_on_batch."
    )


def _no_loss(_match: re.Match[str], _error: RaisedError) -> Words:
    return _("the network was compiled without a loss. Write model.compile(optimizer=..., loss=...).")


def _not_built(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A network has weights and shapes only when it knows its input: begin it with "
        "keras.Input(shape=(...,)).",
        error=error.text.rstrip("."),
    )


def _state_in_call(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "layers or variables are made within call(). That runs for each batch, so it would make new weights each "
        "time. Make them in __init__, store them in self, and only use them in call()."
    )


def _reserved_name(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "self.{name} belongs to Keras in a class of your own that is a keras.Model or a Layer. Take another name.",
        name=match[1],
    )


def _callback_class(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "among the callbacks is a class itself. Write parentheses after it: "
        "callbacks=[keras.callbacks.EarlyStopping()]."
    )


def _weights_name(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. Keras stores weights only in files whose names end like that. With a folder in front it is "
        'os.path.join(folder, "model.weights.h5").',
        error=error.text.rstrip("."),
    )


def _metrics_of_several_outputs(match: re.Match[str], _error: RaisedError) -> Words:
    names = re.findall(r"'([^']+)'", match[1])
    example = ", ".join(f'"{name}": [...]' for name in names)
    return _(
        "compile was given metrics that are not arranged as the {count} outputs of the network are. Name the "
        "output that each one belongs to: metrics={example}.",
        count=len(names),
        example=f"{{{example}}}",
    )


def _fit_by_position(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. By position fit takes x, y, batch_size and epochs, in this order. All else needs its name, as "
        "in fit(x_train, y_train, epochs=20, validation_data=(x_val, y_val)).",
        error=error.text.rstrip("."),
    )


def _labels_of_several_outputs(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "the labels that fit was given are not arranged as the outputs of the network are. A network with several "
        "outputs needs labels for each: fit(x, [first, second]) in the order of the outputs, or a dict by their "
        "names. validation_data=(x_val, [first_val, second_val]) is arranged alike."
    )


def _old_style(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "matplotlib has no style {name} any more. seaborn's styles are called seaborn-v0_8 and the like; leave "
        "the line out, or see plt.style.available.",
        name=match[1],
    )


def _loss_arguments(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. Compare the arguments of the call with those of `def {function}(...)`. If it is a loss or a "
        "metric of yours: Keras hands it two, y_true and y_pred.",
        error=error.text,
        function=match[1],
    )


SLIPS: tuple[Rule, ...] = (
    rule(r"Cannot convert '(\d+)' to a shape", _shape_number),
    rule(r"to a shape\. Found invalid dimension '(.*?)' of type '<class '([^']+)'>'", _shape_of_floats),
    rule(r"Cannot convert '(.*?)' to a shape\. Negative dimensions", _negative_shape),
    rule(r"In layer '(\w+)', you forgot to call `super\(\)\.__init__\(\)`", _super_missing),
    rule(r"^AttributeError: '(\w+)' object has no attribute '_(?:dtype_policy|parent_path)'", _super_missing),
    rule(r"^AttributeError: '(\w+)' object has no attribute '(?:name|built|_[a-z]\w*)'$", _super_likely),
    rule(r"descriptor '__init__' of 'super' object needs an argument", _super_without_call),
    rule(r"^TypeError: (?:Layer|Model)\.__init__\(\) takes 1 positional argument but", _super_with_self),
    rule(r"Model (\w+) does not have a `call\(\)` method implemented", _no_call),
    rule(r"Layer (\w+) does not have a `call\(\)` method implemented", _no_call),
    rule(r"^TypeError: too many positional arguments$", _call_arguments),
    rule(
        r"Expected `metrics` argument to be a list, tuple, or dict\. Received instead: metrics=(.*?) of type",
        _metrics_type,
    ),
    rule(r"dtype='string' is not a valid dtype for Keras type promotion", _metrics_position),
    rule(
        r"Expected `loss_weights` argument to be a float .*loss_weights=\w+ of type <class 'str'>",
        _metrics_position,
    ),
    rule(r"`loss_weights` must match the number of losses", _metrics_likely),
    rule(r"^TypeError: Failed to convert elements of <\w+ name=\w+> to Tensor", _metrics_likely),
    rule(r"Expected `trainable` to be a boolean\. Received: trainable=<\w+ name=", _layers_without_list),
    rule(r"Argument `name` must be a string .*Received: name=<\w+ name=", _layers_without_list),
    rule(
        r"^TypeError: '(?:Dense|InputLayer|Flatten|Conv\dD|LSTM|GRU|Dropout|Rescaling|KerasTensor)' object is not "
        r"iterable",
        _layers_without_list,
    ),
    rule(
        r"Only instances of `keras\.Layer` can be added to a Sequential model\. Received: (.*) \(of type <class "
        r"'(?:[\w.]*\.)?(\w+)'>\)",
        _not_a_layer,
    ),
    rule(r"All `outputs` values must be KerasTensors\. Received: outputs=<\w+ name=", _layer_as_output),
    rule(
        r"Only input tensors may be passed as positional arguments\. .*as a keyword argument: (.*) \(of type",
        _layer_as_tensor,
    ),
    rule(r"Output with path `.*` is not connected to `inputs`", _disconnected),
    rule(r"Argument `learning_rate` should be float.*Received instead: learning_rate=(.*)$", _learning_rate),
    rule(
        r"^LayerCallRefusedError: here, the values have to be computed with the weights: layers and models\b",
        _refused_layer,
    ),
    rule(r"Unknown variable: <Variable path=([\w/.]+)", _shared_optimizer),
    rule(r"Could not interpret optimizer identifier: <class '([\w.]+)'>", _optimizer_class),
    rule(r"Received an invalid value for `units`, expected a positive integer\. Received: units=(.*)$", _units),
    rule(r"Invalid value received for argument `rate`\. .*Received: rate=(.*)$", _rate),
    rule(r"^TypeError: '(?:int|float)' object is not (iterable|subscriptable)", _number_for_list),
    rule(r"Structures don't have the same nested structure", _output_of_nothing),
    rule(r"You must call `compile\(\)` before using the model", _not_compiled),
    rule(r"No loss to compute\. Provide a `loss` argument", _no_loss),
    rule(
        r"has no defined input shape yet|has never been called and thus has no defined|but the layer isn't built",
        _not_built,
    ),
    rule(r"only supports singleton tf\.Variables|You cannot add new elements of state", _state_in_call),
    rule(r"`Model\.(\w+)` attribute is reserved", _reserved_name),
    rule(r"^TypeError: Callback\.set_model\(\) missing 1 required positional argument", _callback_class),
    rule(r"The filename must end in `\.weights\.h5`", _weights_name),
    rule(r"Invalid `metrics`\. .*output names of the functional model (\[[^\]]*\])", _metrics_of_several_outputs),
    rule(r"\bfit\(\) got multiple values for argument '\w+'", _fit_by_position),
    rule(r"y_true and y_pred have different structures", _labels_of_several_outputs),
    rule(r"'([\w-]+)' is not a valid package style", _old_style),
    rule(r"^TypeError: (\w+)\(\) (?:takes|missing) \d", _loss_arguments),
)
