"""How large the evidence of a step may be, and what is recorded of a step that leaves more."""

from collections.abc import Iterable, Sized
from typing import Any

import msgspec
import numpy as np

from grader.core.errors import GraderError
from grader.protocol.evidence import (
    MAX_RECORD_BYTES,
    MAX_STEP_BYTES,
    ExceptionFacts,
    ImportEvidence,
    Raised,
    ReplayEvidence,
    StepEvidence,
    Stopped,
    StopReason,
)
from grader.protocol.parcels import MAX_ARRAYS, BadParcelError, measure_record, pack
from grader.protocol.plan import Replay, Step
from grader.sandbox.inside.array_store import Store


class EvidenceTooLargeError(GraderError):
    """Evidence that is larger than the supervisor keeps."""


def check_size(body: bytes, arrays: Sized) -> None:
    """Raise `EvidenceTooLargeError` for packed evidence, with these arrays, that is larger than is kept."""
    if len(arrays) > MAX_ARRAYS or len(body) > MAX_STEP_BYTES or measure_record(body) > MAX_RECORD_BYTES:
        raise EvidenceTooLargeError


def has_room_for_graph(arrays: Iterable[np.ndarray[Any, Any]]) -> bool:
    """Return whether the evidence of a step with these arrays has room for another graph as large as they are."""
    return 2 * sum(array.nbytes for array in arrays) <= MAX_STEP_BYTES - MAX_RECORD_BYTES


def describe_too_large(step: Step) -> StepEvidence | ReplayEvidence:
    """Return the evidence of a step that left more than is kept."""
    stopped = Stopped(reason=StopReason.TOO_LARGE)
    if isinstance(step, Replay):
        return ReplayEvidence(id=step.id, stopped=stopped)
    return StepEvidence(id=step.id, outcome=stopped)


def describe_out_of_memory(step: Step, error: MemoryError) -> StepEvidence | ReplayEvidence:
    """Return the evidence of a step for whose result there was not enough memory."""
    if isinstance(step, Replay):
        return ReplayEvidence(id=step.id, stopped=Stopped(reason=StopReason.MEMORY))
    exception = ExceptionFacts(type="MemoryError", message=str(error)[:300], bases=("MemoryError",))
    return StepEvidence(id=step.id, outcome=Raised(exception=exception))


def replace_invalid(tree: Any) -> Any:
    """Return a tree of lists and dicts in which what is no valid Unicode is a question mark, for JSON."""
    if isinstance(tree, str):
        return tree.encode(errors="replace").decode()
    if isinstance(tree, dict):
        return {replace_invalid(key): replace_invalid(value) for key, value in tree.items()}
    return [replace_invalid(value) for value in tree] if isinstance(tree, list | tuple) else tree


def pack_evidence(evidence: StepEvidence | ImportEvidence | ReplayEvidence, store: Store) -> bytes:
    """Pack evidence with its arrays. Raises `EvidenceTooLargeError` for more than is kept."""
    try:
        body = pack(evidence, store.arrays)
    except UnicodeEncodeError:
        body = pack(replace_invalid(msgspec.to_builtins(evidence)), store.arrays)
    except BadParcelError as error:  # a graph may hold numbers that cannot travel, such as quantised ones
        if not isinstance(evidence, ReplayEvidence):
            raise
        body = pack(ReplayEvidence(id=evidence.id, problem=str(error)[:500]), {})
    check_size(body, store.arrays)
    return body
