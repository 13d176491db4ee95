"""Mutations of computations: operators, comparisons, arguments, numbers, what a function returns."""

import ast
from collections.abc import Iterator

from grader.authoring.validation.mutants.change import SourceEdit
from grader.authoring.validation.mutants.context import (
    COSMETIC_STATEMENTS,
    is_cosmetic,
    is_layer_argument,
    split_words,
)
from grader.authoring.validation.mutants.source import Edit, Scope, called_name
from grader.core.syntax_trees import is_docstring

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "/",
    ast.Pow: "*",
}
_ORDERED: dict[type[ast.operator], str] = {ast.Sub: "-", ast.Div: "/", ast.FloorDiv: "//", ast.Pow: "**"}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_OTHER_FUNCTIONS = {
    "abs": "float",
    "all": "any",
    "any": "all",
    "argmax": "argmin",
    "argmin": "argmax",
    "ceil": "floor",
    "cumsum": "cumprod",
    "floor": "ceil",
    "log": "log2",
    "log10": "log",
    "log2": "log",
    "max": "min",
    "maximum": "minimum",
    "mean": "sum",
    "median": "mean",
    "min": "max",
    "minimum": "maximum",
    "ones": "zeros",
    "ones_like": "zeros_like",
    "prod": "sum",
    "sqrt": "abs",
    "square": "abs",
    "std": "var",
    "sum": "mean",
    "var": "std",
    "zeros": "ones",
    "zeros_like": "ones_like",
}
_SYMMETRIC = frozenset(
    split_words("""
        add allclose array_equal isclose isinstance maximum max minimum min multiply subplots set_title plot
    """)
)
_MEANINGFUL = frozenset(
    split_words("""
        average axis ddof from_logits keepdims labels minlength num_classes random_state seed stratify
        test_size train_size zero_division
    """)
)


def scaling(scope: Scope) -> Iterator[SourceEdit]:
    """A division left out, a scaler not applied, or fitted where it should only be applied."""
    for node in scope.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield _replace(scope, node, scope.source.operand(node.left))
        elif (
            isinstance(node, ast.Call)
            and called_name(node) in {"transform", "fit_transform"}
            and len(node.args) == 1
        ):
            yield _replace(scope, node, scope.source.operand(node.args[0]))
            if called_name(node) == "transform":
                yield _rename(scope, node, "fit_transform")


def arithmetic(scope: Scope) -> Iterator[SourceEdit]:
    """Another arithmetic operator."""
    for node in scope.nodes_of(ast.BinOp):
        other = _ARITHMETIC.get(type(node.op))
        if other and not _is_textual(node.left) and not _is_textual(node.right) and not is_cosmetic(scope, node):
            text = f"{scope.source.operand(node.left)} {other} {scope.source.operand(node.right)}"
            yield _replace(scope, node, f"({text})" if isinstance(node.op, ast.Pow) else text)


def operands(scope: Scope) -> Iterator[SourceEdit]:
    """Numerator and denominator, or minuend and subtrahend, the other way round."""
    for node in scope.nodes_of(ast.BinOp):
        sign = _ORDERED.get(type(node.op))
        if sign and not is_cosmetic(scope, node):
            yield _replace(
                scope, node, f"{scope.source.operand(node.right)} {sign} {scope.source.operand(node.left)}"
            )


def comparisons(scope: Scope) -> Iterator[SourceEdit]:
    """A comparison off by one, or the other way round."""
    for node in scope.nodes_of(ast.Compare):
        if len(node.ops) == 1:
            left, right = scope.source.operand(node.left), scope.source.operand(node.comparators[0])
            for other in _COMPARISONS.get(type(node.ops[0]), ()):
                yield _replace(scope, node, f"{left} {other} {right}")


def logic(scope: Scope) -> Iterator[SourceEdit]:
    """`and` for `or`, and the reverse; a condition turned round."""
    for node in scope.nodes:
        if isinstance(node, ast.BoolOp):
            sign = " or " if isinstance(node.op, ast.And) else " and "
            text = sign.join(scope.source.operand(value) for value in node.values)
            inner = isinstance(scope.parents.get(node), ast.BoolOp | ast.UnaryOp)
            yield _replace(scope, node, f"({text})" if inner else text)
        tests = [node.test] if isinstance(node, ast.If | ast.IfExp) else []
        tests += node.ifs if isinstance(node, ast.comprehension) else []
        for test in tests:
            yield _replace(scope, test, f"not {scope.source.operand(test)}")


def arguments(scope: Scope) -> Iterator[SourceEdit]:
    """Two neighbouring arguments in the wrong order."""
    for call in scope.nodes_of(ast.Call):
        if called_name(call) in _SYMMETRIC or is_cosmetic(scope, call):
            continue
        for first, second in zip(call.args, call.args[1:], strict=False):
            if _may_swap(first, second):
                yield _swap(scope, first, second)


def elements(scope: Scope) -> Iterator[SourceEdit]:
    """Two neighbouring elements of a tuple in the wrong order: results, shapes, unpacked names."""
    for node in scope.nodes_of(ast.Tuple):
        if not is_cosmetic(scope, node):
            for first, second in zip(node.elts, node.elts[1:], strict=False):
                if _may_swap(first, second):
                    yield _swap(scope, first, second)


def functions(scope: Scope) -> Iterator[SourceEdit]:
    """A function's counterpart: sum for mean, argmin for argmax, log2 for log."""
    for call in scope.nodes_of(ast.Call):
        other = _OTHER_FUNCTIONS.get(called_name(call))
        if other and not is_cosmetic(scope, call):
            # The absolute value has no counterpart: it is left out.
            yield (
                _replace(scope, call, f"({scope.source.segment(call.args[0])})")
                if (other == "float" and call.args)
                else _rename(scope, call, other)
            )


def slices(scope: Scope) -> Iterator[SourceEdit]:
    """The other part of a sequence: what comes before a place for what comes after it."""
    for node in scope.nodes_of(ast.Slice):
        if node.step is None and (node.lower is None) != (node.upper is None):
            text = scope.source.segment(node)
            place = node.lower or node.upper
            assert place is not None
            bound = scope.source.segment(place)
            other = f":{bound}" if node.upper is None else f"{bound}:"
            yield SourceEdit(f"{_short(text)}->{_short(other)}", (scope.source.replace(node, other),))


def keywords(scope: Scope) -> Iterator[SourceEdit]:
    """A keyword argument left out that changes the result."""
    for call in scope.nodes_of(ast.Call):
        parts = [*call.args, *call.keywords]
        for argument in call.keywords:
            if argument.arg in _MEANINGFUL:
                yield SourceEdit(
                    f"without {argument.arg}", (scope.source.remove_part(parts, parts.index(argument)),)
                )


def axes(scope: Scope) -> Iterator[SourceEdit]:
    """The other axis."""
    for node in scope.nodes_of(ast.keyword):
        if node.arg == "axis":
            try:
                old = ast.literal_eval(node.value)
            except ValueError:
                continue
            if isinstance(old, int):
                yield SourceEdit(
                    f"{old}->{int(old == 0)}" if old >= 0 else f"{old}->0", (_axis(scope, node, old),)
                )


def _axis(scope: Scope, node: ast.keyword, old: int) -> Edit:
    return scope.source.replace(node.value, "1" if old == 0 else "0")


def numbers(scope: Scope) -> Iterator[SourceEdit]:
    """A number that is one more or one less; a share that is its rest."""
    for node in scope.nodes_of(ast.Constant):
        if type(node.value) not in {int, float} or is_cosmetic(scope, node) or is_layer_argument(scope, node):
            continue
        parent = scope.parents.get(node)
        if isinstance(parent, ast.keyword) and parent.arg == "axis":
            continue
        for other in _other_numbers(node.value):
            yield SourceEdit(f"{node.value!r}->{other!r}", (scope.source.replace(node, repr(other)),))


def _other_numbers(value: object) -> tuple[float, ...]:
    if isinstance(value, int):
        return (value + 1, value - 1) if value > 0 else (value + 1,)
    assert isinstance(value, float)
    if 0 < value < 1e-3:
        return (0.0,)  # a small number that keeps something from being zero
    if 0 < value < 1:
        return (0.25,) if value == 0.5 else (round(1 - value, 6),)
    return (value + 1,)


def booleans(scope: Scope) -> Iterator[SourceEdit]:
    """True for False, and the reverse."""
    for node in scope.nodes_of(ast.Constant):
        if isinstance(node.value, bool) and not is_cosmetic(scope, node):
            parent = scope.parents.get(node)
            name = parent.arg if isinstance(parent, ast.keyword) else ""
            if name != "from_logits":  # has an operator of its own
                yield SourceEdit(f"{name}={not node.value}", (scope.source.replace(node, str(not node.value)),))


def returns(scope: Scope) -> Iterator[SourceEdit]:
    """A result that is forgotten, or made up."""
    for function in scope.functions():
        body = function.body[1:] if is_docstring(function.body[0]) else function.body
        if not body or function.name.startswith("__"):
            continue
        whole = Edit(scope.source.span(body[0])[0], scope.source.span(body[-1])[1], "")
        own = [r for r in scope.nodes_of(ast.Return) if scope.function_of(r) is function and r.value is not None]
        if not own:
            continue
        last = own[-1]
        assert last.value is not None
        prefix = "" if function is scope.node else f"{function.name} "
        yield SourceEdit(f"{prefix}forgotten", (scope.source.replace(last, scope.source.segment(last.value)),))
        yield SourceEdit(f"{prefix}0", (Edit(whole.start, whole.end, "return 0"),))
        names = [a.arg for a in function.args.args if a.arg != "self"]
        if names:
            yield SourceEdit(f"{prefix}{names[0]}", (Edit(whole.start, whole.end, f"return {names[0]}"),))
        if not isinstance(last.value, ast.Tuple | ast.Dict | ast.List | ast.Constant):
            text = f"{scope.source.operand(last.value)} * 0"
            yield SourceEdit(f"{prefix}zeros", (scope.source.replace(last.value, text),))


def statements(scope: Scope) -> Iterator[SourceEdit]:
    """A statement left out, where the names that it sets are there without it."""
    for node in scope.nodes:
        if isinstance(node, ast.stmt) and node is not scope.node and _may_go(scope, node):
            what = scope.source.segment(node).splitlines()[0]
            yield SourceEdit(f"without {_short(what)}", (scope.source.replace(node, "pass"),))


def _may_go(scope: Scope, node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call() as call):
            return called_name(call) not in COSMETIC_STATEMENTS and not called_name(call).startswith("__")
        case ast.AugAssign():
            return True
        case ast.If():
            return not any(isinstance(part, ast.Raise) for part in node.body)
        case ast.Assign(targets=[ast.Name(id=name)]):
            function = scope.function_of(node)
            parameters = {a.arg for a in function.args.args} if isinstance(function, ast.FunctionDef) else set()
            earlier = (
                n for n in scope.nodes_of(ast.Name) if isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
            )
            return name in parameters | {n.id for n in earlier}
        case ast.Assign(targets=[ast.Subscript()]):
            return True
        case _:
            return False


def _replace(scope: Scope, node: ast.expr, text: str) -> SourceEdit:
    return SourceEdit(f"{_short(scope.source.segment(node))}->{_short(text)}", (scope.source.replace(node, text),))


def _rename(scope: Scope, call: ast.Call, name: str) -> SourceEdit:
    """Return the change that calls something else with the same arguments."""
    end = scope.source.span(call.func)[1]
    old = called_name(call)
    return SourceEdit(f"{old}->{name}", (Edit(end - len(old.encode()), end, name),))


def _swap(scope: Scope, first: ast.expr, second: ast.expr) -> SourceEdit:
    one, other = scope.source.segment(first), scope.source.segment(second)
    edits = (scope.source.replace(first, other), scope.source.replace(second, one))
    return SourceEdit(f"{_short(one)}<->{_short(other)}", edits)


def _may_swap(first: ast.expr, second: ast.expr) -> bool:
    starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
    return not starred and ast.dump(first) != ast.dump(second)


def _is_textual(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:18]}...{text[-18:]}"
