"""Evidence of a run, decoded: each step's and each replay's record with the arrays that it names."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.core.arrays import Array
from grader.protocol.evidence import ImportEvidence, ReplayEvidence, StepEvidence, Stopped


@dataclass(frozen=True)
class StepResult:
    """What one step left."""

    evidence: StepEvidence
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class ReplayResult:
    """What a frozen graph computed in a process without the submission."""

    evidence: ReplayEvidence
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class RunEvidence:
    """What a run left of its import and of each step, by the steps' ids."""

    imported: ImportEvidence
    steps: Mapping[str, StepResult]
    stops: Mapping[str, Stopped]  # steps during which the run ended early
    unwritten: frozenset[str] = frozenset()  # functions of the submission that are as in the stub, by their source
