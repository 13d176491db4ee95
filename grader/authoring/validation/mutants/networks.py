"""Mutations of networks: output activation, loss, layers, compilation and training as students get them wrong."""

import ast
import re
from collections.abc import Iterator

from grader.authoring.validation.mutants.change import SourceEdit
from grader.authoring.validation.mutants.source import Edit, Scope, called_name, find_keyword

_OTHER_HEADS = {
    "softmax": ("sigmoid", "relu", "linear"),
    "sigmoid": ("softmax", "relu", "linear"),
    "linear": ("relu", "sigmoid"),
}
_OTHER_LOSSES = {
    "categorical_crossentropy": ("sparse_categorical_crossentropy", "binary_crossentropy", "mse"),
    "sparse_categorical_crossentropy": ("categorical_crossentropy", "mse"),
    "binary_crossentropy": ("categorical_crossentropy", "mse"),
    "mean_squared_error": ("mae", "binary_crossentropy"),
    "mean_absolute_error": ("mse", "binary_crossentropy"),
    "huber": ("mse", "binary_crossentropy"),
}
_LOSS_NAMES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
# What a network may do without: taking it out is a choice, not a mistake.
_OPTIONAL_LAYERS = frozenset({"Input", "InputLayer", "Dropout", "GaussianNoise", "BatchNormalization"})


def output_activation(scope: Scope) -> Iterator[SourceEdit]:
    """Another activation of the output layer, or none."""
    for head in _heads(scope):
        node = _activation(scope, head)
        old = _activation_name(node)
        for new in _OTHER_HEADS.get(old, ()):
            text = "None" if new == "linear" else f'"{new}"'
            edit = (
                scope.source.append_argument(head, f"activation={text}")
                if node is None
                else scope.source.replace(node, text)
            )
            yield SourceEdit(f"{old}->{new}", (edit,))
    for call in scope.nodes_of(ast.Call):
        if called_name(call) == "Activation" and call.args:
            old = _activation_name(call.args[0])
            for new in _OTHER_HEADS.get(old, ()):
                yield SourceEdit(f"{old}->{new}", (scope.source.replace(call.args[0], f'"{new}"'),))


def hidden_activations(scope: Scope) -> Iterator[SourceEdit]:
    """Hidden layers without activations: many linear layers are one linear layer."""
    heads = _heads(scope)
    edits = []
    for call in scope.nodes_of(ast.Call):
        node = _activation(scope, call) if called_name(call) == "Dense" and call not in heads else None
        if node is not None and _activation_name(node) != "linear":
            edits.append(scope.source.replace(node, "None"))
    if edits:
        yield SourceEdit("all->linear", tuple(edits))


def loss(scope: Scope) -> Iterator[SourceEdit]:
    """Another loss: one of the same family, and one for another task."""
    for node in _losses(scope):
        old = _loss_name(node)
        for new in _OTHER_LOSSES.get(old, ()):
            yield SourceEdit(f"{old}->{new}", (scope.source.replace(node, f'"{new}"'),))


def logits(scope: Scope) -> Iterator[SourceEdit]:
    """`from_logits` the other way round."""
    for node in _losses(scope):
        name = _loss_name(node)
        if not name.endswith("crossentropy"):
            continue
        if isinstance(node, ast.Call):
            argument = find_keyword(node, "from_logits")
            if argument is None:
                yield SourceEdit("True", (scope.source.append_argument(node, "from_logits=True"),))
            elif isinstance(argument.value, ast.Constant):
                other = f"{not argument.value.value}"
                yield SourceEdit(other, (scope.source.replace(argument.value, other),))
        else:
            camel = "".join(part.capitalize() for part in name.split("_"))
            text = f"keras.losses.{camel}(from_logits=True)"
            yield SourceEdit("True", (scope.source.replace(node, text),))


def output_units(scope: Scope) -> Iterator[SourceEdit]:
    """One output unit too many, one too few."""
    for head in _heads(scope):
        argument = find_keyword(head, "units")
        node = head.args[0] if head.args else argument.value if argument else None
        if node is None or isinstance(node, ast.Starred):
            continue
        for step in (1, -1):
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                if node.value + step > 0:
                    yield SourceEdit(
                        f"{node.value}->{node.value + step}", (scope.source.replace(node, str(node.value + step)),)
                    )
            else:
                text = f"{scope.source.operand(node)} {'+' if step > 0 else '-'} 1"
                yield SourceEdit(f"{step:+d}", (scope.source.replace(node, text),))


def layers(scope: Scope) -> Iterator[SourceEdit]:
    """One layer left out: of a list of layers, or where layers are threaded by hand."""
    for call in scope.nodes_of(ast.Call):
        if called_name(call) == "Sequential" and call.args and isinstance(call.args[0], ast.List):
            parts = call.args[0].elts
            for index, part in enumerate(parts):
                name = called_name(part)
                if len(parts) > 1 and name and name not in _OPTIONAL_LAYERS:
                    yield SourceEdit(f"without {name} {index}", (scope.source.remove_part(parts, index),))
        elif len(call.args) == 1 and not call.keywords and _is_layer_call(call):
            what = scope.source.segment(call.func).splitlines()[0][:30]
            yield SourceEdit(f"without {what}", (scope.source.replace(call, scope.source.operand(call.args[0])),))


def bias(scope: Scope) -> Iterator[SourceEdit]:
    """A single layer without its bias; with several layers, nobody would notice."""
    dense = [call for call in scope.nodes_of(ast.Call) if called_name(call) == "Dense"]
    if len(dense) == 1 and find_keyword(dense[0], "use_bias") is None:
        yield SourceEdit("none", (scope.source.append_argument(dense[0], "use_bias=False"),))


def freeze(scope: Scope) -> Iterator[SourceEdit]:
    """Everything frozen before `compile`."""
    for call in scope.nodes_of(ast.Call):
        statement = scope.statement_of(call)
        if (
            called_name(call) == "compile"
            and isinstance(call.func, ast.Attribute)
            and isinstance(statement, ast.Expr)
        ):
            start = scope.source.span(statement)[0]
            model = scope.source.segment(call.func.value)
            text = f"{model}.trainable = False\n{' ' * statement.col_offset}"
            yield SourceEdit("all", (Edit(start, start, text),))


def learning_rate(scope: Scope) -> Iterator[SourceEdit]:
    """Steps so large that nothing is learned."""
    for call in scope.nodes_of(ast.Call):
        argument = find_keyword(call, "learning_rate")
        if argument is not None:
            yield SourceEdit("100.0", (scope.source.replace(argument.value, "100.0"),))


def epochs(scope: Scope) -> Iterator[SourceEdit]:
    """One epoch."""
    for node in scope.nodes:
        values: list[ast.expr] = []
        if isinstance(node, ast.keyword) and node.arg == "epochs":
            values = [node.value]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            values = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "epochs"]
        for value in values:
            yield SourceEdit("1", (scope.source.replace(value, "1"),))


def labels(scope: Scope) -> Iterator[SourceEdit]:
    """Labels in another order than their rows: nothing is left to learn."""
    for call in _fits(scope):
        argument = find_keyword(call, "y")
        node = call.args[1] if len(call.args) > 1 else argument.value if argument else None
        if node is not None:
            yield SourceEdit("reversed", (scope.source.replace(node, f"{scope.source.operand(node)}[::-1]"),))


def validation(scope: Scope) -> Iterator[SourceEdit]:
    """Training without validation data, or with the training data as validation data."""
    for call in _fits(scope):
        argument = find_keyword(call, "validation_data") or find_keyword(call, "validation_split")
        if argument is None:
            continue
        yield SourceEdit("none", (_without_keyword(scope, call, argument),))
        if argument.arg == "validation_data" and len(call.args) > 1:
            rows = ", ".join(scope.source.segment(a) for a in call.args[:2])
            yield SourceEdit("training data", (scope.source.replace(argument.value, f"({rows})"),))


def _without_keyword(scope: Scope, call: ast.Call, argument: ast.keyword) -> Edit:
    parts = [*call.args, *call.keywords]
    return scope.source.remove_part(parts, parts.index(argument))


def _heads(scope: Scope) -> list[ast.Call]:
    """Return the last Dense of each list of layers, and of each function that has them outside of lists."""
    last: dict[ast.AST, ast.Call] = {}
    for call in scope.nodes_of(ast.Call):
        if called_name(call) == "Dense":
            lists = (outer for outer in scope.ancestors(call) if isinstance(outer, ast.List))
            last[next(lists, scope.function_of(call))] = call
    return list(last.values())


def _activation(scope: Scope, dense: ast.Call) -> ast.expr | None:
    """Return what gives a layer its activation: the argument, or the default of the parameter that it names."""
    argument = find_keyword(dense, "activation")
    node = argument.value if argument else dense.args[1] if len(dense.args) > 1 else None
    if not isinstance(node, ast.Name):
        return node
    function = scope.function_of(dense)
    if isinstance(function, ast.FunctionDef):
        names = [a.arg for a in function.args.args]
        defaults = dict(zip(names[::-1], function.args.defaults[::-1], strict=False))
        return defaults.get(node.id, node)
    return node


def _activation_name(node: ast.expr | None) -> str:
    match node:
        case None | ast.Constant(value=None):
            return "linear"
        case ast.Constant(value=str(name)):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _losses(scope: Scope) -> Iterator[ast.expr]:
    """Yield what `compile` gets as loss, or what the variable that it gets was set to."""
    for call in scope.nodes_of(ast.Call):
        if called_name(call) != "compile":
            continue
        argument = find_keyword(call, "loss")
        node = argument.value if argument else call.args[1] if len(call.args) > 1 else None
        if isinstance(node, ast.Name):
            name = node.id
            assigned = [
                a.value
                for a in scope.nodes_of(ast.Assign)
                if any(isinstance(t, ast.Name) and t.id == name for t in a.targets)
            ]
            node = assigned[0] if len(assigned) == 1 else None
        if node is not None:
            yield node


def _loss_name(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(name)):
            pass
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) | ast.Attribute(attr=name):
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        case _:
            return ""
    return _LOSS_NAMES.get(name, name)


def _is_layer_call(call: ast.Call) -> bool:
    """Return whether a layer is applied to something: `self.hidden(x)`, `Dense(8)(x)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self")):
            return True
        case ast.Call() as layer:
            return called_name(layer)[:1].isupper() and called_name(layer) not in _OPTIONAL_LAYERS
        case _:
            return False


def _fits(scope: Scope) -> Iterator[ast.Call]:
    return (c for c in scope.nodes_of(ast.Call) if called_name(c) == "fit" and isinstance(c.func, ast.Attribute))
