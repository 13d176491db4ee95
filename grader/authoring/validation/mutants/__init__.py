"""Mutants of a reference solution: systematic small mistakes, made from its syntax tree.

A rubric is worth what it notices. Every mutant has to lose a point, or be known to be just as right.
"""

import ast
import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from grader.authoring.validation.mutants import networks, tables, values
from grader.authoring.validation.mutants.change import Operator, SourceEdit
from grader.authoring.validation.mutants.source import Scope, Source
from grader.core.syntax_trees import parse_python

__all__ = ["OPERATORS", "Mutant", "choose", "mutants_of"]

_OF_NETWORKS: dict[str, Operator] = {
    "output-activation": networks.output_activation,
    "hidden-activations": networks.hidden_activations,
    "loss": networks.loss,
    "from-logits": networks.logits,
    "output-units": networks.output_units,
    "layer": networks.layers,
    "bias": networks.bias,
    "frozen": networks.freeze,
    "learning-rate": networks.learning_rate,
    "epochs": networks.epochs,
    "labels": networks.labels,
    "validation": networks.validation,
}
OPERATORS: dict[str, Operator] = _OF_NETWORKS | {
    "scaling": values.scaling,
    "arithmetic": values.arithmetic,
    "operands": values.operands,
    "comparison": values.comparisons,
    "logic": values.logic,
    "arguments": values.arguments,
    "elements": values.elements,
    "function": values.functions,
    "slice": values.slices,
    "keyword": values.keywords,
    "axis": values.axes,
    "number": values.numbers,
    "boolean": values.booleans,
    "return": values.returns,
    "statement": values.statements,
    "entry": tables.entries,
    "column": tables.columns,
    "member": tables.members,
    "text": tables.texts,
}


@dataclass(frozen=True)
class Mutant:
    """The reference with one mistake. `id` stays the same as long as the statement that it is made from does."""

    id: str  # such as "build_model:loss:mean_squared_error->mae"
    operator: str
    function: str  # the top-level name that is changed
    line: int
    before: str
    after: str
    source: str


def make_mutants(text: str, names: Iterable[str]) -> tuple[Mutant, ...]:
    """Return all mutants of the top-level statements that define `names`, in the order of the text.

    Each compiles, differs from the original in more than spelling, and is there once. Raises `SyntaxError` for a
    text that is no Python.
    """
    source = Source(text)
    names_to_mutate = frozenset(names)
    seen = {ast.dump(source.tree)}
    counted: Counter[str] = Counter()
    mutants = []
    for scope in _scopes(source):
        if scope.name not in names_to_mutate:
            continue
        for operator, change in _changes(scope):
            mutated = source.apply(change.edits)
            tree = _compiled(mutated)
            if tree is None or tree in seen:
                continue
            seen.add(tree)
            name = f"{scope.name}:{operator}:{change.label}"
            counted[name] += 1
            number = counted[name]
            mutants.append(
                _mutant(source, scope, operator, change, mutated, f"{name}#{number}" if number > 1 else name)
            )
    return tuple(mutants)


def choose_mutants(mutants: Iterable[Mutant], most: int) -> tuple[Mutant, ...]:
    """Return at most `most` mutants, by a fixed rule, in the order given.

    Half of the room is for mistakes in networks, as far as there are any; the rest is for all that is left.
    Each time, the function that has given fewest gives one, of the operator that it has given fewest of.
    """
    order = list(mutants)
    draw = _Draw()
    draw.take([m for m in order if m.operator in _OF_NETWORKS], most // 2)
    draw.take(order, most)
    return tuple(mutant for mutant in order if mutant.id in draw.chosen)


@dataclass(frozen=True)
class _Draw:
    """Counts what has been chosen, so that the next choice goes where least was."""

    chosen: set[str] = field(default_factory=set)
    functions: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)

    def take(self, mutants: Sequence[Mutant], until: int) -> None:
        """Choose of these until there are so many, or none is left. The first of equals wins."""
        remaining = [m for m in mutants if m.id not in self.chosen]
        while remaining and len(self.chosen) < until:
            best = min(remaining, key=self._rank)
            remaining.remove(best)
            self.chosen.add(best.id)
            self.functions[best.function] += 1
            self.pairs[best.function, best.operator] += 1
            self.operators[best.operator] += 1

    def _rank(self, mutant: Mutant) -> tuple[int, int, int]:
        pair = self.pairs[mutant.function, mutant.operator]
        return self.functions[mutant.function], pair, self.operators[mutant.operator]


def _scopes(source: Source) -> Iterator[Scope]:
    for node in source.tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield Scope(source, name, node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield Scope(source, name, node)
            case _:
                pass


def _changes(scope: Scope) -> Iterator[tuple[str, SourceEdit]]:
    for name, operator in OPERATORS.items():
        for change in operator(scope):
            yield name, change


def _compiled(text: str) -> str | None:
    """Return the syntax tree of a text as text, or None for one that is no Python."""
    with contextlib.suppress(SyntaxError, ValueError):
        compile(text, "<mutant>", "exec", dont_inherit=True)
        return ast.dump(parse_python(text))
    return None


def _mutant(source: Source, scope: Scope, operator: str, change: SourceEdit, mutated: str, name: str) -> Mutant:
    first = min(change.edits, key=lambda edit: edit.start)
    line = source.data.count(b"\n", 0, first.start) + 1
    before = source.touched_lines(first)
    length = len(mutated.splitlines()) - len(source.text.splitlines()) + len(before.splitlines())
    after = "\n".join(mutated.splitlines()[line - 1 : line - 1 + max(length, 1)])
    return Mutant(
        id=name,
        operator=operator,
        function=scope.name,
        line=line,
        before=dedent(before).strip(),
        after=dedent(after).strip(),
        source=mutated,
    )
