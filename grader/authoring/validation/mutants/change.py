"""The type of a mutation operator: a function that proposes small mistakes in one top-level statement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.authoring.validation.mutants.source import Edit, Scope


@dataclass(frozen=True)
class SourceEdit:
    """The edits that make one mistake."""

    label: str  # such as `mse->mae`: the last part of a mutant's id
    edits: tuple[Edit, ...]


Operator = Callable[[Scope], Iterator[SourceEdit]]
