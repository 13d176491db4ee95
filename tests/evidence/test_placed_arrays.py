"""Constants that stand in a graph: they are read there, and only there."""

import hashlib

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.placed_arrays import GraphIndex, read_placed
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import NoneValue, PlacedArray, ReplayEvidence, Returned, StepEvidence
from grader.protocol.parcels import BadParcelError

NUMBERS = np.arange(6, dtype=np.float32).reshape(2, 3)
GRAPH = np.frombuffer(b"abc" + NUMBERS.tobytes() + b"xyz", np.uint8)


def evidence(offset: int = 3, dtype: str = "<f4", shape: tuple[int, ...] = (2, 3)) -> ReplayEvidence:
    return ReplayEvidence(id="r", placed={"k": PlacedArray(offset=offset, dtype=dtype, shape=shape)}, graph="0")


def test_a_constant_is_a_view_of_the_graph() -> None:
    array = read_placed(evidence(), GRAPH)["k"]
    np.testing.assert_array_equal(array, NUMBERS)
    assert np.shares_memory(array, GRAPH)


def test_nothing_is_read_where_nothing_is_placed() -> None:
    assert read_placed(ReplayEvidence(id="r"), None) == {}


BAD = {
    "behind the end": evidence(offset=7),
    "far behind the end": evidence(offset=10**18),
    "before the beginning": evidence(offset=-1),
    "more than there is": evidence(shape=(10**9, 10**9)),
    "a negative length": evidence(shape=(-2, -3)),
    "too many dimensions": evidence(shape=(1,) * 40),
    "objects": evidence(dtype="|O8"),
    "texts": evidence(dtype="<U1"),
    "a type that there is not": evidence(dtype="<f3"),
    "a type of another length": evidence(dtype="<f1"),
    "a length of zero": evidence(shape=(0, 2**62)),
    "zero behind the end": evidence(offset=10**6, shape=(0,)),
    "items of no bytes": evidence(dtype="<U0", shape=(10**15,)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_place_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadParcelError):
        read_placed(BAD[name], GRAPH)


def test_a_graph_that_is_not_there_is_told() -> None:
    with pytest.raises(BadParcelError, match="not there"):
        read_placed(evidence(), None)


def step(**arrays: Array) -> StepResult:
    return StepResult(StepEvidence(id="s", outcome=Returned(value=NoneValue())), arrays)


def test_a_graph_is_found_by_its_bytes() -> None:
    other = GRAPH[::-1].copy()
    steps = [step(a=other, b=np.zeros(3)), step(a=GRAPH)]
    index = GraphIndex()
    for _again in range(2):
        assert index.find(steps, hashlib.sha256(GRAPH.tobytes()).hexdigest()) is GRAPH
        assert index.find(steps, hashlib.sha256(b"").hexdigest()) is None
