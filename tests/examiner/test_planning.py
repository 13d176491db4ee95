"""Plans of replays: each parcel takes as many graphs as a frame surely holds, and the next one goes on."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.examiner import planning
from grader.examiner.planning import MAX_PARCEL_GRAPHS, make_replays
from grader.protocol.channel import MAX_FRAME_BYTES
from grader.protocol.evidence import MAX_GRAPH_BYTES
from grader.protocol.parcels import unpack
from grader.protocol.plan import Plan, Replay

SIZE = 100


class Asks:
    """A check that asks for replays of graphs of its own."""

    def __init__(self, name: str, count: int) -> None:
        self.name, self.count = name, count

    def replays(self, _case: object) -> tuple[list[Replay], dict[str, Array]]:
        names = [f"{self.name}{number}" for number in range(self.count)]
        replays = [
            Replay(id=name, graph=f"{name}:graph", input_node="x", output_node="y", inputs=("rows",))
            for name in names
        ]
        graphs: dict[str, Array] = {f"{name}:graph": np.zeros(SIZE, np.uint8) for name in names}
        return replays, {**graphs, "rows": np.zeros(2), "unused": np.zeros(10 * SIZE)}


def test_the_graphs_of_checks_are_replayed_in_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MAX_PARCEL_GRAPHS", 150)
    checks = [SimpleNamespace(check=Asks("a", 3)), SimpleNamespace(check=Asks("b", 2))]
    rubric: Any = SimpleNamespace(checks_on_stand_ins=(), trainings=(), criteria=checks)
    case: Any = SimpleNamespace(second_trainings=(), seeds=(0,))
    done: list[str] = []
    sizes = []
    while parcel := make_replays(case, rubric, frozenset(done)):
        plan, arrays = unpack(parcel, Plan)
        assert set(arrays) == {"rows", *(step.graph for step in plan.steps if isinstance(step, Replay))}
        done += [step.id for step in plan.steps]
        sizes.append(len(plan.steps))
    assert done == ["a0", "a1", "a2", "b0", "b1"]
    assert sizes == [2, 2, 1]


def test_a_parcel_with_the_largest_graph_fits_into_a_frame() -> None:
    assert MAX_PARCEL_GRAPHS + MAX_GRAPH_BYTES + (16 << 20) < MAX_FRAME_BYTES
