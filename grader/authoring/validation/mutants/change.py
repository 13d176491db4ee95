"""What an operator of mutation is: a rule that proposes changes of one top-level statement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.authoring.validation.mutants.source import Edit, Scope


@dataclass(frozen=True)
class SourceEdit:
    """Edits that belong together, and a short word for them such as `mse->mae`."""

    what: str
    edits: tuple[Edit, ...]


Operator = Callable[[Scope], Iterator[SourceEdit]]
