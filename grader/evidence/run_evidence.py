"""TODO: grader/evidence/run_evidence.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.core.arrays import Array
from grader.protocol.evidence import ReplayEvidence, StepEvidence


@dataclass(frozen=True)
class StepResult:
    """One step's evidence with its arrays."""

    evidence: StepEvidence
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class ReplayResult:
    """A graph's replay with its arrays: what the network really computes."""

    evidence: ReplayEvidence
    arrays: Mapping[str, Array]
