"""Evidence that was changed anywhere: the examiner always has a verdict, or a reason why there is none.

The evidence of right solutions is changed in a few places: values that no field has, parts of other steps, arrays
of other kinds and shapes, bytes. A short run with fixed seeds is part of the tests; `make fuzz` tries for long.
"""

import copy
import os
import random
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.core.arrays import Array
from grader.protocol.evidence import ReplayEvidence, StepEvidence
from grader.protocol.messages import Evidence, Judged
from grader.protocol.parcels import pack, unpack
from grader.protocol.verdict import Status
from tests.attacks.trusted.recordings import EXERCISES, Recording, load

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
MOST_SECONDS, MOST_BYTES = 20.0, 5_000_000  # of one verdict
MOST_REPEATED_BYTES = 200_000  # of a list that is repeated: it and what is within it may be repeated again
Change = Callable[[random.Random, dict[str, Any], dict[str, Array]], None]

# Values of fields: none of them is what was there.
LEAVES: tuple[object, ...] = (
    *(None, True, -1, 0, 1, 7, 10**6, 2**31, 2**63 - 1, -(2**63), 10**25, 0.0, -0.5, 1e308, 5e-324),
    *("", "a", "0", "relu", "softmax", "custom", "x" * 9000, "\u202e\x00\n", "{0}", "{name}", "%s", "²", "1e400"),
    *([], {}, [[]], [None], [1, 2], {"is": "NoneValue"}, {"is": "Raised"}, {"is": "OtherValue", "type": "T"}),
)
SHAPES = ((), (0,), (1,), (3,), (0, 5), (5, 0), (1, 1), (450, 10), (2, 2, 2), (1,) * 16)
KINDS = ("float64", "float32", "float16", "int64", "uint8", "bool", "complex64", "<U3", "S4")
NUMBERS = (0.0, 1.0, -1.0, 1e30, -1e300, float("nan"), float("inf"))


def containers(tree: object) -> list[Any]:
    """Return all lists and dicts of a tree that hold something."""
    found, unvisited = [], [tree]
    while unvisited:
        part = unvisited.pop()
        if isinstance(part, dict | list) and part:
            found.append(part)
            unvisited += part.values() if isinstance(part, dict) else part
    return found


def change_leaf(chance: random.Random, tree: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Replace one field, or one item of a list, by something else."""
    place = chance.choice(containers(tree))
    key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
    place[key] = copy.deepcopy(chance.choice(LEAVES))  # a later change may be made within it


def repeat_item(chance: random.Random, tree: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Repeat or leave out what a list holds."""
    lists = [place for place in containers(tree) if isinstance(place, list)]
    if lists:
        place = chance.choice(lists)
        is_small = len(msgspec.json.encode(place)) <= MOST_REPEATED_BYTES
        place *= chance.choice((0, 2, 50) if is_small else (0,))


def change_array(chance: random.Random, tree: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Replace an array by one of another kind, shape or with other numbers; sometimes the record agrees."""
    if not arrays:
        return
    name = chance.choice(list(arrays))
    old = arrays[name]
    shape = chance.choice((*SHAPES, old.shape, old.shape[::-1], old.shape[:-1]))
    with np.errstate(all="ignore"):
        kind = chance.choice((*KINDS, str(old.dtype), str(old.dtype)))
        values = np.full(shape, chance.choice(NUMBERS))
        arrays[name] = np.nan_to_num(values).astype(kind) if np.dtype(kind).kind in "iub" else values.astype(kind)
    if chance.random() < 0.7:
        for place in containers(tree):
            if isinstance(place, dict) and place.get("ref") == name and "dtype" in place:
                place |= {"dtype": str(arrays[name].dtype), "shape": list(shape)}


def remove_array(chance: random.Random, tree: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Leave an array out."""
    if arrays:
        del arrays[chance.choice(list(arrays))]


CHANGES: tuple[Change, ...] = (*[change_leaf] * 3, repeat_item, *[change_array] * 2, remove_array)


def changed(chance: random.Random, body: bytes, kind: type[Any]) -> bytes:
    """Return packed evidence with a few changes."""
    record, arrays = unpack(body, kind)
    tree, arrays = msgspec.json.decode(msgspec.json.encode(record)), dict(arrays)
    for _number in range(chance.choice((1, 1, 2, 5))):
        chance.choice(CHANGES)(chance, tree, arrays)
    packed = pack(tree, arrays)
    if chance.random() < 0.05:  # a byte that was damaged on its way
        position = chance.randrange(len(packed))
        packed = packed[:position] + bytes([chance.randrange(256)]) + packed[position + 1 :]
    return packed


def with_part_of_another(chance: random.Random, recording: Recording, name: str) -> bytes:
    """Return evidence of a step with what another step left."""
    other = load(chance.choice(EXERCISES))
    record, arrays = other.step(chance.choice(list(other.evidence.bodies)))
    own = recording.step(name)[0]
    part = chance.choice(({"outcome": record.outcome}, {"model": record.model}, {"fits": record.fits}))
    return pack(msgspec.structs.replace(own, **part), {**recording.step(name)[1], **arrays})


def forge(chance: random.Random, recording: Recording) -> Evidence:
    """Return the evidence of a recording, changed in some of its parts."""
    bodies, replays = dict(recording.evidence.bodies), dict(recording.evidence.replays)
    imported = recording.evidence.imported
    for _number in range(chance.choice((1, 1, 2, 4))):
        name = chance.choice(list(bodies))
        draw = chance.random()
        if draw < 0.5:
            bodies[name] = changed(chance, recording.evidence.bodies[name], StepEvidence)
        elif draw < 0.65:
            bodies[name] = with_part_of_another(chance, recording, name)
        elif draw < 0.7:
            del bodies[name]
            if not bodies:
                bodies[name] = recording.evidence.bodies[name]
        elif draw < 0.75:
            imported = chance.randbytes(40)
        elif replays:
            replay = chance.choice(list(replays))
            replays[replay] = changed(chance, recording.evidence.replays[replay], ReplayEvidence)
    return Evidence(imported=imported, bodies=bodies, replays=replays)


@settings(
    max_examples=EXAMPLES or 200,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False), st.sampled_from(EXERCISES))
def test_whatever_evidence_there_is_the_examiner_has_an_answer(chance: random.Random, exercise: str) -> None:
    recording = load(exercise)
    evidence = forge(chance, recording)
    start = time.process_time()
    reply = recording.judge(evidence)
    assert time.process_time() - start < MOST_SECONDS
    assert len(msgspec.msgpack.encode(reply)) < MOST_BYTES or not isinstance(reply, Judged)
    if isinstance(reply, Judged):
        verdict = reply.verdict
        assert len(verdict.criteria) == len(recording.loaded.rubric.criteria)
        assert all(c.message and 0 <= c.points <= c.max_points + c.bonus for c in verdict.criteria)
        assert all(c.points == 0 for c in verdict.criteria if c.status in (Status.FAILED, Status.NOT_GRADED))
