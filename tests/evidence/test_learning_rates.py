"""A learning rate that explains a low score by itself, and those that do not."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader.evidence.learning_rates import explain_far_too_high
from grader.evidence.network import TrainedNetwork
from grader.protocol.evidence import CompileFacts
from grader.protocol.task import Task
from grader.protocol.training import Training
from tests.helpers.cases import text

CLASSES, NUMBERS = Task(kind="classification", classes=2, labels="integers"), Task(kind="regression")
JUMPING = (0.9, 0.8, 1.3, 0.8, 1.1, 0.8)


def network(
    rate: float | None, optimizer: str = "SGD", loss: tuple[float, ...] = JUMPING, **facts: Any
) -> TrainedNetwork:
    """Return a network that says it was trained with this rate, and whose loss went so."""
    compiled = CompileFacts(
        loss="binary_crossentropy",
        from_logits=False,
        label_smoothing=0.0,
        optimizer=optimizer,
        learning_rate=rate,
        metrics=(),
        **facts,
    )
    after: Any = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    return TrainedNetwork(Training(), 0, None, after, (), {"loss": list(loss)}, returned_history=True)


@pytest.mark.parametrize(("rate", "optimizer"), [(50.0, "SGD"), (10.0, "SGD"), (50.0, "Adam"), (0.5, "RMSprop")])
def test_a_rate_that_is_far_too_high_is_named(rate: float, optimizer: str) -> None:
    sentence = text(explain_far_too_high(network(rate, optimizer), CLASSES))
    assert f"{optimizer} ran with a learning rate of {rate:g}; usual is" in sentence


def test_few_epochs_do_not_show_that_a_rate_is_right() -> None:
    assert explain_far_too_high(network(50.0, loss=(0.9, 0.8)), CLASSES) is not None


@pytest.mark.parametrize(
    "trained",
    [
        network(0.1),
        network(9.0),
        network(0.05, "Adam"),
        network(50.0, "Lion"),
        network(None),
        network(float("nan")),
        network(float("inf")),
        network(50.0, loss=(0.9, 0.8, 0.7, 0.6, 0.5, 0.45)),
        network(50.0, weight=0.01),
    ],
)
def test_nothing_is_said_of_a_rate_that_may_be_right(trained: TrainedNetwork) -> None:
    assert explain_far_too_high(trained, CLASSES) is None


def test_nothing_is_said_of_a_rate_for_numbers_which_may_be_large() -> None:
    assert explain_far_too_high(network(50.0, "Adam"), NUMBERS) is None


def test_nothing_is_said_of_a_network_without_facts() -> None:
    assert explain_far_too_high(TrainedNetwork(Training(), 0, None, None, (), {}, False), CLASSES) is None
