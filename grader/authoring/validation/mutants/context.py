"""Which parts of a solution are cosmetic, so that a mutant of them says nothing: figures' looks, printed text."""

import ast

from grader.authoring.validation.mutants.source import Scope, called_name


def split_words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


# Keyword arguments and keys whose value is a matter of taste, or which operators of their own change.
COSMETIC_ARGUMENTS = frozenset(
    split_words("""
        alpha batch_size c cmap color dpi epochs figsize fontsize label layout learning_rate linestyle
        linewidth loc lw marker name patience random_state s seed sharex sharey size subplot_kw title
        verbose xlabel xlim xticks ylabel ylim yticks
    """)
)
DRAWING = frozenset(
    split_words("""
        annotate axhline axvline bar colorbar figure fill_between grid hist imshow legend plot savefig
        scatter set_axis_off set_title set_xlabel set_xlim set_ylabel set_ylim subplots suptitle supxlabel
        supylabel text tick_params tight_layout
    """)
)
PRINTING = frozenset({"print", "summary", "show", "warn", "info", "debug"})
COSMETIC_STATEMENTS = PRINTING | {"set_axis_off", "set_title", "tick_params", "tight_layout", "grid", "colorbar"}
_WITH_NUMBERS_OF_THE_TASK = frozenset({"Input", "InputLayer"})


def is_cosmetic(scope: Scope, node: ast.AST) -> bool:
    """Return whether a value is a matter of taste, judged by the call, table or statement around it."""
    inner: ast.AST = node
    for outer in scope.ancestors(node):
        if isinstance(outer, ast.keyword) and outer.arg in COSMETIC_ARGUMENTS:
            return True
        if isinstance(outer, ast.Dict) and _key_of(outer, inner) in COSMETIC_ARGUMENTS:
            return True
        if called_name(outer) in DRAWING | PRINTING:
            return True
        if isinstance(outer, ast.Raise | ast.Assert):
            return True
        inner = outer
    return False


def is_layer_argument(scope: Scope, node: ast.AST) -> bool:
    """Return whether a number is an argument of a layer, an optimizer or the like: other numbers are as right."""
    names = (called_name(outer) for outer in scope.ancestors(node))
    return any(name[:1].isupper() and name not in _WITH_NUMBERS_OF_THE_TASK for name in names)


def _key_of(table: ast.Dict, value: ast.AST) -> object:
    for key, entry in zip(table.keys, table.values, strict=True):
        if entry is value and isinstance(key, ast.Constant):
            return key.value
    return None
