"""Change-impact analysis: which plan steps a mutated reference cannot affect, so their evidence is reused.

Only for solutions of the course's own, such as mutants of a reference: where it is not clear what a piece of code
does to the rest, everything counts as affected. A submission is never graded by these means.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.authoring.validation.mutants.source import called_name
from grader.core.syntax_trees import (
    DEFINITIONS,
    bound_names,
    is_docstring,
    is_main_block,
    mentioned_names,
    parse_python,
)
from grader.protocol.plan import (
    Call,
    Describe,
    ReadGlobal,
    ResultOf,
    SetWeights,
    Step,
    TraceInTraining,
    TryLayer,
    depends_on,
)

_HARMLESS_IMPORTS = frozenset(
    {"collections", "dataclasses", "functools", "itertools", "keras", "math", "matplotlib", "numpy", "pandas"}
) | {"operator", "random", "re", "scipy", "sklearn", "statistics", "tensorflow", "typing", "warnings"}
_HARMLESS_DECORATORS = frozenset({"staticmethod", "classmethod", "property", "dataclass"}) | {
    "register_keras_serializable"
}
# Names through which code can reach what it does not name.
_OPAQUE = frozenset({"globals", "locals", "vars", "eval", "exec", "setattr", "delattr", "__import__"}) | {
    "importlib",
    "sys",
    "inspect",
    "gc",
    "submission",
}
# Every step begins with seeds of its own: setting them again reaches no other step.
_SEEDS = frozenset({"set_random_seed", "set_seed", "seed"})
_SETTINGS = frozenset({"seterr", "filterwarnings", "simplefilter", "use", "rc"})
_READERS = frozenset(
    {"len", "sorted", "sum", "min", "max", "tuple", "list", "set", "dict", "enumerate", "zip", "range"}
) | {"array", "asarray", "get", "items", "keys", "values", "index", "count", "copy"}


@dataclass(frozen=True)
class Script:
    """The top-level names of a script: what each is made of, and which others it names."""

    text: str

    @cached_property
    def statements(self) -> tuple[ast.stmt, ...]:
        """The statements that run when the script is imported."""
        body = parse_python(self.text).body
        return tuple(s for s in body if not (is_main_block(s) or is_docstring(s) or isinstance(s, ast.Pass)))

    @cached_property
    def definitions(self) -> dict[str, tuple[str, ...]]:
        """For each name, the statements that bind it, as text."""
        statements_by_name: dict[str, tuple[str, ...]] = {}
        for statement in self.statements:
            for name in bound_names(statement):
                statements_by_name[name] = (*statements_by_name.get(name, ()), ast.dump(statement))
        return statements_by_name

    @cached_property
    def mentions(self) -> dict[str, frozenset[str]]:
        """For each name, the names that its statements mention."""
        mentions: dict[str, frozenset[str]] = {}
        for statement in self.statements:
            mentioned = mentioned_names(statement)
            for name in bound_names(statement):
                mentions[name] = mentions.get(name, frozenset()) | mentioned
        return mentions

    @cached_property
    def side_effects(self) -> tuple[ast.stmt, ...]:
        """The statements that may do more than bind their names when the script is imported."""
        return tuple(s for s in self.statements if _has_effect(s))

    @cached_property
    def is_opaque(self) -> bool:
        """Whether a function may change what others see: then a change in one of them affects everything."""
        imported = {name for s in self.statements if _is_import(s) for name in bound_names(s)}
        functions = {s.name for s in self.statements if isinstance(s, DEFINITIONS)}
        variables = set(self.definitions) - imported - functions
        kinds = {name: _holds_plain_values(self.statements, name) for name in variables}
        mutable = {name: is_flat for name, is_flat in kinds.items() if is_flat is not None}
        detector = _SharedStateDetector(frozenset(imported), frozenset(self.definitions), mutable)
        return any(detector.may_change_shared_state(s) for s in self.statements if isinstance(s, DEFINITIONS))

    def names_needed_by(self, names: Iterable[str]) -> frozenset[str]:
        """Return the top-level names that `names` use, directly or through others, and `names` themselves."""
        needed = {name for name in names if name in self.mentions}
        open_ends = list(needed)
        while open_ends:
            more = (self.mentions[open_ends.pop()] & self.mentions.keys()) - needed
            needed |= more
            open_ends += more
        return frozenset(needed)

    def names_that_use(self, changed: Iterable[str]) -> frozenset[str]:
        """Return the names that use some of `changed`, directly or through others, and `changed` themselves."""
        users = set(changed)
        growing = True
        while growing:
            more = {name for name, mentioned in self.mentions.items() if name not in users and mentioned & users}
            users |= more
            growing = bool(more)
        return frozenset(users)


def find_affected_names(before: str, after: str) -> frozenset[str] | None:
    """Return the top-level names of `after` that may behave differently than in `before`; None: all of them may.

    Raises:
        SyntaxError: One of the texts is no Python.
    """
    old, new = Script(before), Script(after)
    if old.is_opaque or new.is_opaque:
        return None
    if list(map(ast.dump, old.side_effects)) != list(map(ast.dump, new.side_effects)):
        return None
    if any(_is_import(s) and not _is_harmless(s) for s in _added_statements(new, old)):
        return None
    names = set(old.definitions) | set(new.definitions)
    changed = {name for name in names if old.definitions.get(name) != new.definitions.get(name)}
    affected = old.names_that_use(changed) | new.names_that_use(changed)
    if any(mentioned_names(statement) & affected for statement in new.side_effects):
        return None
    return affected


def _added_statements(new: Script, old: Script) -> Iterator[ast.stmt]:
    """Yield the statements of `new` that are not in `old`."""
    old_statements = set(map(ast.dump, old.statements))
    return (s for s in new.statements if ast.dump(s) not in old_statements)


def find_unaffected_steps(steps: Sequence[Step], names: frozenset[str]) -> frozenset[str]:
    """Return the ids of the steps whose evidence stays the same where only `names` behave differently.

    A step that calls something affected may change what it was given. So it affects, for the steps after it, the
    live objects that it used, and whatever was made of these.
    """
    families = _object_families(steps)
    affected_families: set[str] = set()
    affected: set[str] = set()
    for step in steps:
        sources = depends_on(step)
        uses_affected = any(used in affected or families.get(used) in affected_families for used in sources)
        if uses_affected or _called_names(step) & names:
            affected.add(step.id)
            affected_families |= {families[used] for used in (step.id, *_live_inputs(step)) if used in families}
    return frozenset(step.id for step in steps) - affected


def _object_families(steps: Sequence[Step]) -> dict[str, str]:
    """Return, for each step, a name for the live objects that may share parts, as a model and its history do."""
    families = {step.id: step.id for step in steps}
    for step in steps:
        merged = {families[used] for used in (step.id, *_live_inputs(step)) if used in families}
        families = {name: step.id if family in merged else family for name, family in families.items()}
    return families


def _live_inputs(step: Step) -> set[str]:
    """Return the steps whose results a step gets as live objects; those that it gets as copies do not count."""
    match step:
        case Describe(step=used) | TraceInTraining(step=used) | TryLayer(step=used) | SetWeights(step=used):
            return {used}
        case Call(arguments=arguments):
            return {a.step for a in arguments if isinstance(a, ResultOf)}
        case _:
            return set()


def _called_names(step: Step) -> set[str]:
    match step:
        case Call(function=name) | ReadGlobal(name=name):
            return {name}
        case _:
            return set()


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_harmless(statement: ast.stmt) -> bool:
    """Return whether an import does nothing but to bind names."""
    match statement:
        case ast.Import(names=names):
            modules = [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names) if all(alias.name != "*" for alias in names):
            modules = [module]
        case _:
            return False
    return all(module.split(".")[0] in _HARMLESS_IMPORTS for module in modules)


def _has_effect(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return any(_decorator(d) not in _HARMLESS_DECORATORS for d in statement.decorator_list)
        case ast.Import() | ast.ImportFrom():
            return not _is_harmless(statement)
        case ast.Assign(targets=targets, value=value):
            plain = all(isinstance(t, ast.Name) for t in targets)
            return not plain or _calls(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None and _calls(value)
        case _:
            return True


def _calls(value: ast.AST) -> bool:
    return any(isinstance(node, ast.Call | ast.Await | ast.NamedExpr) for node in ast.walk(value))


def _decorator(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _holds_plain_values(statements: Sequence[ast.stmt], name: str) -> bool | None:
    """Return None for a variable that nobody can change in place, True for a collection of such values."""
    values = [
        s.value
        for s in statements
        if isinstance(s, ast.Assign | ast.AnnAssign) and s.value is not None and name in bound_names(s)
    ]
    if values and all(_is_constant(value) for value in values):
        return None
    return bool(values) and all(_is_flat(value) for value in values)


def _is_constant(value: ast.AST) -> bool:
    match value:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Tuple(elts=elements):
            return all(map(_is_constant, elements))
        case _:
            return False


def _is_flat(value: ast.AST) -> bool:
    match value:
        case ast.List(elts=elements) | ast.Set(elts=elements):
            return all(map(_is_constant, elements))
        case ast.Dict(keys=keys, values=values):
            return all(key is not None for key in keys) and all(map(_is_constant, values))
        case _:
            return _is_constant(value)


@dataclass(frozen=True)
class _SharedStateDetector:
    """Finds code that changes what outlives a call: modules, functions, global collections, defaults."""

    imported: frozenset[str]
    names: frozenset[str]
    mutable: dict[str, bool]  # variables that can be changed in place: whether they hold plain values only

    def may_change_shared_state(self, definition: ast.stmt) -> bool:
        """Return whether a function or class may change more than its own arguments and results."""
        parents = {child: node for node in ast.walk(definition) for child in ast.iter_child_nodes(node)}
        return any(self._is_suspect(node, parents) for node in ast.walk(definition))

    def _is_suspect(self, node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
        match node:
            case ast.Global() | ast.Delete():
                return True
            case ast.Import() | ast.ImportFrom():
                return not _is_harmless(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() as definition:
                return any(_decorator(d) not in _HARMLESS_DECORATORS for d in definition.decorator_list)
            case ast.arguments(defaults=defaults, kw_defaults=others):
                all_defaults = [*defaults, *(d for d in others if d is not None)]
                return not all(_is_constant(d) or isinstance(d, ast.Name | ast.Attribute) for d in all_defaults)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                return _root(node) is None or _root(node) in self.names
            case ast.Call(func=function) if _root(function) in self.imported:
                return _is_setting(called_name(node)) or "config" in _parts(function)
            case ast.Name(id=name) if name in _OPAQUE:
                return True
            case ast.Name(id=name) if name in self.mutable:
                return not (self.mutable[name] and _only_read(node, parents))
            case _:
                return False


def _is_setting(name: str) -> bool:
    return name in _SETTINGS or (
        name.startswith(("set_", "enable_", "disable_", "register_", "update")) and name not in _SEEDS
    )


def _parts(node: ast.AST) -> set[str]:
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def _root(node: ast.AST) -> str | None:
    """Return the name that a chain of attributes and subscripts begins with; None where it begins with a call."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _only_read(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether a collection is only looked into where it is named."""
    match parents.get(node):
        case ast.Subscript(ctx=ast.Load()) | ast.Starred() | ast.keyword(arg=None) | ast.Compare() | ast.Dict():
            return True
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is node
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _READERS
        case ast.Attribute(attr=name):
            return name in _READERS
        case _:
            return False
