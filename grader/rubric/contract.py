"""Compare a rubric with the stub that students get: what checks call has to be there, with the same arguments."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from grader.core.declarations import Declared
from grader.core.field_rules import suggest
from grader.core.i18n import _
from grader.core.syntax_trees import bound_names, parse_or_none
from grader.protocol.plan import Argument, ArrayArg, Call, LiteralArg, ReadGlobal, ResultOf, ResultOrTruth
from grader.rubric.model import Criterion, Rubric


@dataclasses.dataclass(frozen=True)
class _Stub:
    """What a stub defines."""

    names: frozenset[str]
    own_names: tuple[str, ...]  # without what it imports, sorted
    functions: dict[str, ast.FunctionDef]  # those whose parameters are as they are written


def refuse_broken_contract(rubric: Rubric, stub_file: Path) -> None:
    """Raise `RubricError` where a check calls what the stub does not define, or calls it differently.

    A stub that is missing or no Python is another finding, of `grader validate`; nothing is compared then.
    """
    stub = _read_stub(stub_file)
    if stub is None:
        return
    for criterion in rubric.criteria:
        for step in criterion.check.steps(rubric.seeds[:1]):
            if isinstance(step, Call):
                _require(step.function, criterion, stub)
                _require_arguments(step, criterion, stub)
            elif isinstance(step, ReadGlobal):
                _require(step.name, criterion, stub)


def _read_stub(file: Path) -> _Stub | None:
    try:
        tree = parse_or_none(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return None
    if tree is None:
        return None
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    if any(alias.name == "*" for node in imports for alias in node.names):
        return None  # it defines what nobody can know here
    bound = [name for statement in tree.body for name in bound_names(statement)]
    functions = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and bound.count(node.name) == 1
    }
    own = sorted({name for statement in tree.body if not _is_import(statement) for name in bound_names(statement)})
    return _Stub(frozenset(bound), tuple(own), functions)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _require(name: str, criterion: Criterion, stub: _Stub) -> None:
    if name in stub.names:
        return
    record, field = _find_holder(criterion, name)
    known = ", ".join(stub.own_names) or "–"
    if guess := suggest(name, stub.own_names):
        text = _(
            "the stub submission.py defines no {name} (did you mean {guess}?); it defines: {known}",
            name=name,
            guess=guess,
            known=known,
        )
    else:
        text = _("the stub submission.py defines no {name}; it defines: {known}", name=name, known=known)
    raise record.refuse(text, field)


def _require_arguments(step: Call, criterion: Criterion, stub: _Stub) -> None:
    definition = stub.functions.get(step.function)
    if definition is None or definition.args.vararg is not None:
        return
    parameters = [*definition.args.posonlyargs, *definition.args.args]
    least = len(parameters) - len(definition.args.defaults)
    has_required_keyword = any(default is None for default in definition.args.kw_defaults)
    if least <= len(step.arguments) <= len(parameters) and not has_required_keyword:
        return
    record, field = _find_holder(criterion, step.function)
    raise record.refuse(
        _(
            "the stub defines {function}({parameters}), but the check calls {function}({arguments})",
            function=step.function,
            parameters=ast.unparse(definition.args),
            arguments=", ".join(map(_describe, step.arguments)),
        ),
        field,
    )


def _describe(argument: Argument) -> str:
    match argument:
        case LiteralArg(value=value):
            return repr(value)
        case ArrayArg(name=name) | ResultOrTruth(name=name):
            return name.rpartition(":")[2]
        case ResultOf():
            return "model"
        case _:
            return "..."


def _find_holder(criterion: Criterion, name: str) -> tuple[Declared, str]:
    """Return the record that names a function, and the parameter that does: the check, or one of its trainings."""
    for record in (criterion.check, *criterion.check.trainings()):
        for field, value in _fields(record):
            if value == name or (isinstance(value, tuple) and name in value):
                return record, field
    return criterion.check, ""


def _fields(record: Declared) -> Iterator[tuple[str, object]]:
    names = getattr(record, "__dataclass_fields__", {})  # an author's own check may be no dataclass
    yield from ((name, getattr(record, name)) for name in names)
