"""What is said of a network that learned nothing on other data: an honest reason, where there is one."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader.core.i18n import Bilingual
from grader.evidence.network import TrainedNetwork
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.networks.untrained import explain_not_learned
from tests.helpers.cases import text

CLASSES = Task(kind="classification", classes=2, labels="integers")


@pytest.mark.parametrize(("rate", "is_named"), [(50.0, True), (0.1, False)])
def test_weights_of_other_data_are_not_suspected_where_the_learning_rate_says_it_all(
    rate: float, is_named: bool
) -> None:
    compiled = SimpleNamespace(optimizer="SGD", learning_rate=rate, weight=None)
    after: Any = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    curves = {"loss": [1.4, 0.9, 1.0]}
    network = TrainedNetwork(Training(), 0, None, after, (), curves, returned_history=True)
    sentence = text(explain_not_learned(network, CLASSES, Bilingual(en="Two scores.", de="Zwei Werte.")))
    assert sentence.startswith("Two scores. So the network did not learn from the rows that train() was given")
    assert ("SGD ran with a learning rate of 50" in sentence) is is_named
    assert ("keep no weights, labels or rows of other data" in sentence) is not is_named
