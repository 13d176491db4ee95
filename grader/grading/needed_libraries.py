"""Tell, without running it, what surely needs TensorFlow or another library than NumPy."""

import ast
import sys
import warnings
from collections.abc import Iterator

from grader.core.syntax_trees import is_main_guard, parse_or_none
from grader.protocol.plan import Call, HistoryArg, ReadGlobal, Step
from grader.protocol.submission import Submission

_AT_HAND = frozenset({*sys.stdlib_module_names, "numpy", "grader"})


def imports_libraries(submission: Submission) -> bool:
    """Return whether a submission has an import of something else than Python's own modules and NumPy."""
    trees = (parse_or_none(unit.source) for unit in submission.units)
    statements = (statement for tree in trees if tree is not None for statement in tree.body)
    # What stands under `if __name__ == "__main__"` is not run here.
    return any(is_library_import(s) for s in statements if not is_main_guard(s))


def is_library_import(statement: ast.stmt) -> bool:
    """Return whether a statement imports, also within, something else than Python's own modules and NumPy."""
    return any(name.partition(".")[0] not in _AT_HAND for name in _list_imports(statement))


def is_unreadable(submission: Submission) -> bool:
    """Return whether Python can compile no part of a submission: then there is nothing that any step could use."""
    return not any(_compiles(unit.source) for unit in submission.units)


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "submission", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False
    return True


def _list_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def needs_libraries(step: Step) -> bool:
    """Return whether a step works with networks, histories or figures."""
    if isinstance(step, Call):
        has_history = any(isinstance(argument, HistoryArg) for argument in step.arguments)
        return bool(step.figure or step.freeze or step.model_stands_in or has_history)
    return not isinstance(step, ReadGlobal)
