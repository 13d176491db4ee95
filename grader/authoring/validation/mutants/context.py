"""What a change would not matter to: looks of figures, texts for people, choices that are free."""

import ast

from grader.authoring.validation.mutants.source import Scope, called


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


# Keyword arguments and keys whose value is a matter of taste, or which operators of their own change.
FREE = frozenset(
    words("""
        alpha batch_size c cmap color dpi epochs figsize fontsize label layout learning_rate linestyle
        linewidth loc lw marker name patience random_state s seed sharex sharey size subplot_kw title
        verbose xlabel xlim xticks ylabel ylim yticks
    """)
)
DRAWING = frozenset(
    words("""
        annotate axhline axvline bar colorbar figure fill_between grid hist imshow legend plot savefig
        scatter set_axis_off set_title set_xlabel set_xlim set_ylabel set_ylim subplots suptitle supxlabel
        supylabel text tick_params tight_layout
    """)
)
TALKING = frozenset({"print", "summary", "show", "warn", "info", "debug"})
FREE_STATEMENTS = TALKING | {"set_axis_off", "set_title", "tick_params", "tight_layout", "grid", "colorbar"}
_WITH_NUMBERS_OF_THE_TASK = frozenset({"Input", "InputLayer"})


def is_free(scope: Scope, node: ast.AST) -> bool:
    """Return whether a value is a matter of taste, told from where it stands."""
    inner: ast.AST = node
    for outer in scope.around(node):
        if isinstance(outer, ast.keyword) and outer.arg in FREE:
            return True
        if isinstance(outer, ast.Dict) and _key_of(outer, inner) in FREE:
            return True
        if called(outer) in DRAWING | TALKING:
            return True
        if isinstance(outer, ast.Raise | ast.Assert):
            return True
        inner = outer
    return False


def is_setting_of_a_layer(scope: Scope, node: ast.AST) -> bool:
    """Return whether a number is an argument of a layer, an optimizer or the like: others are right as well."""
    names = (called(outer) for outer in scope.around(node))
    return any(name[:1].isupper() and name not in _WITH_NUMBERS_OF_THE_TASK for name in names)


def _key_of(table: ast.Dict, value: ast.AST) -> object:
    for key, held in zip(table.keys, table.values, strict=True):
        if held is value and isinstance(key, ast.Constant):
            return key.value
    return None
