"""Run a stub that nobody has changed without TensorFlow: none of its functions does anything yet.

What its steps leave is the same as with TensorFlow: each function raises `NotImplementedError`, whatever it gets.
"""

import ast

from msgspec.structs import replace

from grader.core.syntax_trees import is_main_guard, parse_or_none, read_names
from grader.grading.needed_libraries import is_library_import
from grader.protocol.parcels import replace_record, unpack_record
from grader.protocol.plan import (
    ArrayArg,
    BuildChain,
    BuildStandIn,
    Call,
    ListArg,
    LiteralArg,
    Plan,
    ResultOf,
    SetWeights,
    Step,
)
from grader.protocol.submission import Submission, Unit
from grader.submission.unwritten import find_unwritten_functions


def without_libraries(stub: Submission) -> Submission | None:
    """Return a stub without its imports of libraries, with the same lines; None where something may need them.

    Nothing needs them where all functions are unwritten, there are no classes, and no other statement reads a name
    that they bind.
    """
    trees = [parse_or_none(unit.source) for unit in stub.units]
    statements = [statement for tree in trees for statement in (tree.body if tree is not None else [])]
    unwritten = find_unwritten_functions(unit.source for unit in stub.units)
    bound: set[str] = set()
    read: set[str] = set()
    for statement in statements:
        if is_main_guard(statement):  # never runs
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if is_library_import(statement):
                bound |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.FunctionDef):
            if statement.name not in unwritten:
                return None
            read |= _names_of_head(statement)
        elif isinstance(statement, ast.AsyncFunctionDef | ast.ClassDef) or _has_import(statement):
            return None
        else:
            read |= read_names(statement)
    if None in trees or bound & read or "*" in bound:
        return None
    return replace(stub, units=tuple(map(_without_imports, stub.units)))


def _names_of_head(function: ast.FunctionDef) -> set[str]:
    """Return the names that a definition reads before the function is called."""
    parts = [
        *function.decorator_list,
        function.args,
        *([function.returns] if function.returns is not None else []),
    ]
    return set().union(*map(read_names, parts))


def _has_import(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(statement))


def _without_imports(unit: Unit) -> Unit:
    lines = unit.source.split("\n")
    tree = parse_or_none(unit.source)
    for statement in tree.body if tree is not None else []:
        if isinstance(statement, ast.Import | ast.ImportFrom) and is_library_import(statement):
            first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
            lines[first:last] = ["pass", *[""] * (last - first - 1)]
    return replace(unit, source="\n".join(lines))


def without_networks(parcel: bytes) -> bytes:
    """Return a plan that asks for no network of the grader's: functions that do nothing look at no argument."""
    plan = unpack_record(parcel, Plan)
    steps = [step for step in plan.steps if not isinstance(step, BuildStandIn | BuildChain | SetWeights)]
    dropped = {step.id for step in plan.steps} - {step.id for step in steps}
    return replace_record(parcel, replace(plan, steps=tuple(_simplify(step, dropped) for step in steps)))


def _simplify(step: Step, dropped: set[str]) -> Step:
    if not isinstance(step, Call):
        return step
    arguments = tuple(
        argument
        if isinstance(argument, ArrayArg | ListArg | LiteralArg)
        or (isinstance(argument, ResultOf) and argument.step not in dropped)
        else LiteralArg(value=None)
        for argument in step.arguments
    )
    return replace(step, arguments=arguments, freeze="", figure=False, refuses_layers=False)
