"""Tell, without running it, which code of a submission a call of one of its functions depends on.

A part is a function at the top level. It depends on the functions that it names, on theirs, and on all that runs
at the top level. State couples functions further: those that name the same changeable thing, such as a list at the
top level or a module that has settings, may change it for each other. What this analysis does not understand makes
the whole submission one part.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.core.syntax_trees import bound_names, is_main_guard, parse_or_none
from grader.grading.repeatable import reads_nothing_else
from grader.protocol.submission import Submission

_SETTING_MODULES = frozenset({"os", "sys"})  # what functions change there reaches every library
# Modules without settings or other state that one function could change for another.
_STATELESS_MODULES = frozenset(
    {"numpy", "math", "typing", "itertools", "functools", "collections", "operator", "statistics", "string", "re"}
    | {
        "abc",
        "dataclasses",
        "datetime",
        "enum",
        "fractions",
        "numbers",
        "textwrap",
        "time",
        "__future__",
        "os",
        "sys",
    }
)
# Modules that share their state under several names.
_SAME_STATE = {
    "tensorflow": "keras",
    "seaborn": "matplotlib",
    "mpl_toolkits": "matplotlib",
    "pandas": "matplotlib",
}
# Functions of numpy that change how others work. Its random numbers start anew with each step.
_NUMPY_SETTINGS = frozenset({"seterr", "seterrcall", "setbufsize", "set_printoptions", "set_string_function"})


@dataclass(frozen=True)
class _Function:
    """A function at the top level. `state`: what it may share with others besides the names in `names`."""

    text: str
    names: frozenset[str]
    state: frozenset[str]
    has_own_state: bool
    """It remembers something from call to call: by a decorator, or in a default value."""


@dataclass
class CodeParts:
    """The functions of a submission, and what runs at its top level."""

    top_level: str
    """All that runs when the file is executed, in its order."""
    functions: dict[str, _Function] = field(default_factory=dict)
    changeable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Global names whose values can be changed, each with the state that it stands for."""

    def hash_parts(self, roots: Iterable[str]) -> str:
        """Return a SHA-256, in hex, of all code that the values of global names depend on."""
        reached = self._reach(roots)
        content = [self.top_level, *(f"{name}\0{self.functions[name].text}" for name in sorted(reached))]
        return hashlib.sha256("\0\0".join(content).encode("utf-8", "surrogatepass")).hexdigest()

    def find_state(self, roots: Iterable[str]) -> set[str]:
        """Return the state that the values of global names depend on, or may change."""
        return set().union(*map(self._states_of_function, self._reach(roots)))

    def _reach(self, roots: Iterable[str]) -> set[str]:
        """Return the names of the functions that some global names depend on, directly or not."""
        visited = self._follow(roots)
        while True:
            state = set().union(*map(self._state_of, visited))
            coupled = {n for n in self.functions if n not in visited and self._states_of_function(n) & state}
            if not coupled:
                return visited & set(self.functions)
            visited |= self._follow(coupled)

    def _follow(self, roots: Iterable[str]) -> set[str]:
        """Return names together with all that the functions among them name, directly or not."""
        visited: set[str] = set()
        to_visit = set(roots)
        while to_visit:
            name = to_visit.pop()
            visited.add(name)
            if name in self.functions:
                to_visit |= self.functions[name].names - visited
        return visited

    def _state_of(self, name: str) -> frozenset[str]:
        """Return the state that a global name stands for, and, of a function, what it shares besides."""
        function = self.functions.get(name)
        if function is not None:
            return function.state | ({f"of {name}"} if function.has_own_state else frozenset())
        return self.changeable.get(name, frozenset())

    def _states_of_function(self, name: str) -> set[str]:
        function = self.functions[name]
        return set().union(self._state_of(name), *map(self._state_of, function.names))


def split_code(submission: Submission) -> CodeParts | None:
    """Return the parts of a submission; None where it is to be taken as one piece."""
    trees = [parse_or_none(unit.source) for unit in submission.units]
    statements = [statement for tree in trees if tree is not None for statement in tree.body]
    if None in trees or not reads_nothing_else(submission) or any(map(_is_obscure, statements)):
        return None
    statements = [statement for statement in statements if not is_main_guard(statement)]
    definitions = [s for s in statements if isinstance(s, ast.FunctionDef)]
    executed = [s for s in statements if not isinstance(s, ast.FunctionDef)]
    names = [definition.name for definition in definitions]
    if len(set(names)) < len(names) or set(names) & set().union(*map(bound_names, executed)):
        return None  # which one counts depends on the order
    modules = _find_modules(executed)
    if modules is None:
        return None
    functions = {d.name: _describe_function(d, modules) for d in definitions}
    parts = CodeParts("", functions, _find_changeable(executed, functions, modules))
    parts.top_level = _describe_top_level(submission, statements, parts)
    return parts


def _is_obscure(statement: ast.stmt) -> bool:
    """Return whether a statement may change what no name of it tells: attributes, settings, names of others."""
    return any(_changes_others(node) or _uses_settings(node) for node in ast.walk(statement))


def _changes_others(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del(), value=base):
            return not (isinstance(base, ast.Name) and base.id == "self")
        case ast.Attribute(attr=name) | ast.alias(name=name):
            return name in _NUMPY_SETTINGS or name == "*"
        case ast.Global() | ast.AsyncFunctionDef() | ast.Await():
            return True
        case _:
            return False


def _uses_settings(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name in _SETTING_MODULES and alias.asname for alias in names)
        case ast.ImportFrom(module=module):
            return (module or "").partition(".")[0] in _SETTING_MODULES
        case ast.FunctionDef() as function:
            return any(isinstance(n, ast.Name) and n.id in _SETTING_MODULES for n in ast.walk(function))
        case _:
            return False


def _find_modules(executed: Iterable[ast.stmt]) -> Mapping[str, str] | None:
    """Return, for each name that an import binds, the module whose state it shares; "" for one without state.

    None where such a name is bound to something else as well.
    """
    modules: dict[str, str] = {}
    assigned: set[str] = set()
    for statement in executed:
        imported = dict(_imported_states(statement))
        if any(modules.setdefault(name, state) != state for name, state in imported.items()):
            return None
        assigned |= bound_names(statement) - set(imported)
    return None if assigned & set(modules) else modules


def _find_changeable(
    executed: Iterable[ast.stmt], functions: Mapping[str, _Function], modules: Mapping[str, str]
) -> Mapping[str, frozenset[str]]:
    """Return the global names whose values can be changed, each with its state and that of what it is made of."""
    constants = _find_constants(executed)
    changeable: dict[str, frozenset[str]] = {}
    for statement in executed:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        state = {f"module {modules[name]}" for name in names if modules.get(name)}
        state = state.union(*(functions[name].state for name in names if name in functions))
        state = state.union(*(changeable.get(name, ()) for name in names))
        for name in bound_names(statement) - constants - set(modules):
            changeable[name] = changeable.get(name, frozenset()) | state | {name}
    return changeable


def _imported_states(node: ast.AST) -> Iterator[tuple[str, str]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            for alias in inner.names:
                module = alias.name if isinstance(inner, ast.Import) else inner.module or ""
                root = module.partition(".")[0]
                state = "" if root in _STATELESS_MODULES else _SAME_STATE.get(root, root)
                yield (alias.asname or alias.name).partition(".")[0], state


def _describe_function(function: ast.FunctionDef, modules: Mapping[str, str]) -> _Function:
    names = frozenset(node.id for node in ast.walk(function) if isinstance(node, ast.Name))
    states = {modules[name] for name in names if name in modules}
    states |= {state for _, state in _imported_states(function)}
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    has_own_state = bool(function.decorator_list) or not all(map(_is_constant, defaults))
    return _Function(ast.dump(function), names, frozenset(f"module {s}" for s in states if s), has_own_state)


def _find_constants(executed: Iterable[ast.stmt]) -> set[str]:
    """Return the global names that are bound once, to a value that nobody can change."""
    bound: list[str] = [name for statement in executed for name in bound_names(statement)]
    constants = set()
    for statement in executed:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if _is_constant(value) and bound.count(name) == 1:
                    constants.add(name)
    return constants


def _is_constant(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts=elements):
            return all(map(_is_constant, elements))
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case _:
            return False


def _describe_top_level(submission: Submission, statements: Iterable[ast.stmt], parts: CodeParts) -> str:
    """Return what is executed, in its order: statements, and the functions that they may call."""
    executed = [s for s in statements if not isinstance(s, ast.FunctionDef)]
    used = {node.id for s in executed for node in ast.walk(s) if isinstance(node, ast.Name)}
    headers = {
        s.name: [*s.decorator_list, *s.args.defaults, *filter(None, s.args.kw_defaults), *_annotations(s)]
        for s in statements
        if isinstance(s, ast.FunctionDef)
    }
    used |= {
        node.id
        for expressions in headers.values()
        for expression in expressions
        for node in ast.walk(expression)
        if isinstance(node, ast.Name)
    }
    reached = parts._follow(used)
    texts: list[str] = [submission.kind]
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            header = [ast.dump(expression) for expression in headers[statement.name]]
            if statement.name in reached:
                texts.append(ast.dump(statement))
            elif any(header):
                texts.append("\0".join([statement.name, *header]))
        else:
            texts.append(ast.dump(statement))
    return "\0\0".join(texts)


def _annotations(function: ast.FunctionDef) -> list[ast.expr]:
    noted = [a.annotation for a in ast.walk(function.args) if isinstance(a, ast.arg) and a.annotation]
    return [*noted, *([function.returns] if function.returns else [])]
