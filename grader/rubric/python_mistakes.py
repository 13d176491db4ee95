"""Say plainly what Python says about a rubric: names and parameters that do not exist, imports, wrong calls."""

import ast
import importlib
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, MappingProxyType, ModuleType
from typing import Any

from grader.core.errors import RubricError
from grader.core.field_rules import suggest
from grader.core.i18n import Message, Words, _
from grader.core.syntax_trees import bound_names, parse_or_none
from grader.evidence.error_texts.rule import apply_rules, read_error
from grader.evidence.error_texts.syntax import SYNTAX
from grader.protocol.evidence import ExceptionFacts, Frame
from grader.rubric.old_imports import NEW_MODULES
from grader.rubric.places import find_failed_call

PUBLIC_MODULES = ("grader.rubric", "grader.rubric.checks", "grader.rubric.data")
_HIDDEN_PARAMETERS = frozenset({"seal", "stand_in"})  # that the examiner sets

# What a rubric may not import, by the first part of the name or by more of it.
FRAMEWORKS = frozenset({"tensorflow", "keras", "tf_keras", "torch", "jax"})
_STUDENTS = frozenset({"submission", "reference"})
_ROOMS = frozenset(
    {"authoring", "ci", "classroom", "commands", "examiner", "grading", "sandbox", "submission"}
)  # of the grader, above or beside the rubrics


def refuse_forbidden_imports(tree: ast.AST, file: str) -> None:
    """Raise `RubricError` for an import of what rubrics are never read with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            if (problem := _find_forbidden(module)) is not None:
                raise RubricError(problem, place=(file, node.lineno))


def _find_forbidden(module: str) -> Message | None:
    first, *rest = module.split(".")
    if first in FRAMEWORKS:
        return _(
            "a rubric cannot import {module}: it is read where no network is built, in a process without {name}. "
            "Load data with scikit-learn, NumPy or pandas, or from a file beside the rubric",
            module=module,
            name=first,
        )
    if first in _STUDENTS:
        return _(
            "a rubric cannot import {module}: what students or the reference write is run behind walls only",
            module=module,
        )
    is_old = any(f"{module}.".startswith(f"{old}.") for old in NEW_MODULES)
    if first == "grader" and rest and rest[0] in _ROOMS and not is_old:
        return _(
            "a rubric cannot import {module}: it is no part of what rubrics are written with, which is {known}",
            module=module,
            known=", ".join(PUBLIC_MODULES),
        )
    return None


def describe_python_error(folder: Path, error: BaseException) -> tuple[Message, int | None] | None:
    """Return what an error of Python's means to an author, and the line where it is another than Python's.

    None where there is nothing better to say than Python does.
    """
    match error:
        case NameError(name=str(name)):
            return _with_line(_describe_name(folder, name, _last_frame(error)))
        case ModuleNotFoundError(name=str(name)):
            return _with_line(_describe_module(folder, name))
        case ImportError(name=str(module)):
            return _with_line(_describe_import(module, str(error)))
        case AttributeError(name=str(name), obj=ModuleType() as module):
            return _with_line(_describe_attribute(name, module))
        case TypeError():
            found = find_failed_call(folder, error)
            return None if found is None else _describe_call(*found)
        case _:
            return None


def describe_syntax_error(error: SyntaxError) -> Words | str:
    """Return why Python cannot read a file, as students are told it; else Python's own words."""
    if isinstance(error, IndentationError):  # the others are told in several lines
        return error.msg
    facts = ExceptionFacts(
        type="SyntaxError",
        message=error.msg,
        frames=(Frame(line=error.lineno or 1),),
        bases=("SyntaxError",),
        lines=((error.text or "").rstrip("\n"),),
    )
    return apply_rules(SYNTAX, read_error(facts)) or error.msg


def _with_line(text: Message | None) -> tuple[Message, int | None] | None:
    return None if text is None else (text, None)


def _last_frame(error: BaseException) -> FrameType | None:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return None if last is None else last.tb_frame


def _public_names() -> dict[str, str]:
    """Return the module of each public name."""
    return {name: module for module in PUBLIC_MODULES for name in importlib.import_module(module).__all__}


def _describe_name(folder: Path, name: str, frame: FrameType | None) -> Message | None:
    public = _public_names()
    if name in public:
        return _("{name} is not imported: write from {module} import {name}", name=name, module=public[name])
    if name in read_stub_names(folder):
        return _(
            'the name {name} is not defined; for the function of the submission, write "{name}" in quotes',
            name=name,
        )
    known = {
        *public,
        *(frame.f_globals if frame is not None else ()),
        *(frame.f_locals if frame is not None else ()),
    }
    if guess := suggest(name, known):
        return _("the name {name} is not defined (did you mean {guess}?)", name=name, guess=guess)
    return None


def read_stub_names(folder: Path) -> frozenset[str]:
    """Return the names that an exercise's stub defines; none where it cannot be read."""
    try:
        tree = parse_or_none((folder / "submission.py").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(name for statement in (tree.body if tree else ()) for name in bound_names(statement))


def _describe_module(folder: Path, name: str) -> Message | None:
    if name.partition(".")[0] == "grader":
        known: tuple[str, ...] = PUBLIC_MODULES
    else:
        known = tuple(file.stem for file in folder.glob("*.py") if file.stem not in {"rubric", "submission"})
    if guess := suggest(name, known):
        return _("there is no module {name} (did you mean {guess}?)", name=name, guess=guess)
    return None


def _describe_import(module: str, text: str) -> Message | None:
    name = text.partition("'")[2].partition("'")[
        0
    ]  # "cannot import name 'Acuracy' from 'grader.rubric.checks' (...)"
    source = sys.modules.get(module)
    if not name or source is None or not text.startswith("cannot import name"):
        return None
    return _describe_attribute(name, source)


def _describe_attribute(name: str, module: ModuleType) -> Message | None:
    public = _public_names()
    if name in public and public[name] != module.__name__:
        return _(
            "{name} is not in {module}: write from {home} import {name}",
            name=name,
            module=module.__name__,
            home=public[name],
        )
    known = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    if guess := suggest(name, known):
        return _("{module} has no {name} (did you mean {guess}?)", module=module.__name__, name=name, guess=guess)
    return _("{module} has no {name}", module=module.__name__, name=name)


def _describe_call(call: ast.Call, frame: FrameType) -> tuple[Message, int | None] | None:
    """Return what is wrong with the arguments of a call, or None."""
    called = _resolve(call.func, {**frame.f_globals, **frame.f_locals})
    if called is None:
        return None
    try:
        signature = inspect.signature(called)
    except (TypeError, ValueError):
        return None
    parameters: Mapping[str, inspect.Parameter] = MappingProxyType(
        {n: p for n, p in signature.parameters.items() if n not in _HIDDEN_PARAMETERS}
    )
    is_variadic = any(p.kind in {p.VAR_POSITIONAL, p.VAR_KEYWORD} for p in parameters.values())
    if (
        is_variadic
        or any(k.arg is None for k in call.keywords)
        or any(isinstance(a, ast.Starred) for a in call.args)
    ):
        return None
    return _find_argument_problem(call, ast.unparse(call.func), parameters)


def _find_argument_problem(
    call: ast.Call, name: str, parameters: Mapping[str, inspect.Parameter]
) -> tuple[Message, int | None] | None:
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in parameters:
            return _describe_parameter(name, keyword.arg, tuple(parameters)), keyword.lineno
    positional = [n for n, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    if len(call.args) > len(positional):
        if not positional:
            example = f"{name}({', '.join(f'{n}=...' for n in parameters)})"
            return _("{name} takes its arguments by name: write {example}", name=name, example=example), None
        text = _(
            "{name} takes {count} arguments by position ({known}), and gets {received}",
            name=name,
            count=len(positional),
            known=", ".join(positional),
            received=len(call.args),
        )
        return text, None
    written = {*positional[: len(call.args)], *(k.arg for k in call.keywords)}
    if twice := [k for k in call.keywords if k.arg in positional[: len(call.args)]]:
        text = _("{name} gets {parameter} twice, by position and by name", name=name, parameter=str(twice[0].arg))
        return text, twice[0].lineno
    required = [n for n, p in parameters.items() if p.default is p.empty]
    if missing := [n for n in required if n not in written]:
        return _("{name}(...): {missing} is missing", name=name, missing=", ".join(missing)), None
    return None


def _describe_parameter(name: str, received: str, known: tuple[str, ...]) -> Message:
    listed = ", ".join(known)
    if guess := suggest(received, known):
        return _(
            "{name} has no parameter {received} (did you mean {guess}?); it has: {known}",
            name=name,
            received=received,
            guess=guess,
            known=listed,
        )
    return _("{name} has no parameter {received}; it has: {known}", name=name, received=received, known=listed)


def _resolve(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return what a name, or a name in a module or class, stands for; None for any other expression."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        holder = _resolve(node.value, names)
        return getattr(holder, node.attr, None) if isinstance(holder, ModuleType | type) else None
    return None
