"""How many parameters a network may have, and how many that of the course has."""

from typing import Any

import keras
import pytest
from keras import layers

from grader.evidence.judgement import Judgement
from grader.protocol.evidence import NoneValue, Returned
from grader.protocol.verdict import Status
from grader.rubric.checks import ParameterCount, Training
from tests.helpers import lab
from tests.helpers.cases import Net, judged, replace_facts, seen, text

CHECK = ParameterCount(Training(rows="two_"), sizes=(2, 6, 4, 1), most=80)


def judge(*stack: Any) -> Judgement:
    def build_model() -> Any:
        model = keras.Sequential([keras.Input((2,)), *stack])
        model.compile(loss="mse")
        return model

    return judged(CHECK, lab.run(CHECK, lab.lines(), {"build_model": build_model}))


@pytest.mark.parametrize(
    "stack",
    [
        [layers.Dense(6, "sigmoid"), layers.Dense(4, "sigmoid"), layers.Dense(1)],
        [layers.Dense(6), layers.ReLU(), layers.Dense(4), layers.BatchNormalization(), layers.Dense(1)],
        [layers.Dense(6, use_bias=False), layers.Dense(1)],
        [layers.Dense(1)],
        [layers.Reshape((2, 1)), layers.Conv1D(4, 2), layers.Flatten(), layers.Dense(1)],
    ],
)
def test_other_networks_may_have_any_number_up_to_the_most(stack: list[Any]) -> None:
    judgement = judge(*stack)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_the_network_of_these_sizes_has_all_its_biases() -> None:
    judgement = judge(layers.Dense(6, use_bias=False), layers.Dense(4, "relu"), layers.Dense(1))
    assert judgement.status is Status.FAILED
    assert not judgement.blocks
    message = text(judgement.message)
    assert message.startswith("A network 2-6-4-1 has 51 parameters")
    assert "Yours has 45. Is a bias missing (use_bias=False)?" in message


def test_too_many_are_said() -> None:
    judgement = judge(layers.Dense(30, "relu"), layers.Dense(1))
    assert judgement.status is Status.FAILED
    assert "The network has 121 parameters, and 80 at most are allowed" in text(judgement.message)


def test_a_network_that_is_too_large_to_be_read_has_too_many() -> None:
    made = lab.run(CHECK, lab.lines(), {"build_model": lambda: None})
    huge = replace_facts(Net().facts(), graph=None, not_frozen=True, parameters=100_000_000)
    step = CHECK.training.model(0)
    made.steps[step] = seen(step, Returned(value=NoneValue()), model=huge)  # type: ignore[index]
    judgement = judged(CHECK, made)
    assert judgement.status is Status.FAILED
    assert "80 at most are allowed" in text(judgement.message)
