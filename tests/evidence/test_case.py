"""What a case remembers: each thing is computed once, and never in place of another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence import network
from grader.evidence.certification import certify
from grader.evidence.graph import GraphSummary, summarise_graph
from grader.evidence.network import read_network
from grader.protocol.evidence import ReplayEvidence
from grader.rubric.data import Data
from tests.examiner.test_service import FULL, QUESTION, held
from tests.helpers.cases import Training, case, data
from tests.helpers.decoded import decoded_case


class Counted:
    """A sum that counts how often it is computed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *arrays: Array) -> float:
        self.times += 1
        return float(sum(array.sum() for array in arrays))


def test_what_is_made_of_a_case_is_made_once_for_each_key() -> None:
    made, total = case(), Counted()
    assert [made.once(key, total) for key in ("a", "a", "b", None, None)] == [0.0] * 5
    assert total.times == 3


def test_what_fails_is_tried_again_and_fails_alike() -> None:
    made = case()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            made.once("a", lambda: 1 / 0)


def test_a_changed_copy_of_a_case_is_looked_at_anew() -> None:
    made = Training().case()
    assert read_network(made, made.trainings[0], 0).after is not None
    assert read_network(replace(made, steps={}), made.trainings[0], 0).after is None


def test_a_graph_is_read_once_for_all_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(evidence: ReplayEvidence, arrays: Mapping[str, Array], output: str) -> GraphSummary:
        read.append(evidence.id)
        return summarise_graph(evidence, arrays, output)

    monkeypatch.setattr(network, "summarise_graph", counted)
    made = Training().case()
    for _ in range(2):
        assert certify(made)
        assert read_network(made, made.trainings[0], 0).after is not None
    assert sorted(read) == sorted(set(read))
    assert len(read) == 2


def given() -> Data:
    return Data({**data().inside}, {**data().outside})


def test_what_is_made_of_the_data_is_made_once_for_all_submissions() -> None:
    total, mine = Counted(), given()
    first, second = (decoded_case(QUESTION, FULL, mine, held()) for _ in range(2))
    assert first.of_data(total, "x_train", "x_test") == second.of_data(total, "x_train", "x_test")
    assert total.times == 1
    second.of_data(total, "x_test", "x_train")
    decoded_case(QUESTION, FULL, given(), held()).of_data(total, "x_train", "x_test")
    assert total.times == 3


def test_other_arrays_of_the_same_name_are_not_taken_for_the_data() -> None:
    made, total = case(), Counted()
    moved = replace(made, inside={**made.inside, "x_train": made.inside["x_train"] + 1})
    assert made.of_data(total, "x_train") != moved.of_data(total, "x_train")
    # An array that is gone must not lend its identity to the next one.
    sums = [replace(made, inside={"x": np.full(3, i)}).of_data(total, "x") for i in range(50)]
    assert sums == [3.0 * i for i in range(50)]


def test_different_functions_of_the_same_data_are_kept_apart() -> None:
    made = case()
    assert made.of_data(np.max, "x_train") != made.of_data(np.min, "x_train")


def test_data_that_are_not_there_are_an_error() -> None:
    with pytest.raises(KeyError, match="x_nowhere"):
        case().of_data(np.max, "x_nowhere")


def test_what_follows_from_equal_values_is_computed_once_for_all_submissions() -> None:
    total = Counted()

    def add(values: Sequence[Array]) -> float:
        return total(*values)

    one = case()
    other = replace(case(), results_of_data=one.results_of_data)
    x = np.arange(6.0)
    assert one.of_values(add, [x, x]) == 30
    assert other.of_values(add, [x.copy(), np.concatenate([x, x])[6:]]) == 30
    assert total.times == 1
    # Another shape, another type, another cut: each is something else.
    for values in ([x.reshape(2, 3), x], [x.astype(np.float32), x], [x], [x[:3], x[3:], x], [x, x + 1]):
        other.of_values(add, values)
    assert total.times == 6
