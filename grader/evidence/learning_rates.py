"""What learning rates are usual for an optimizer, and which one a network was trained with."""

from dataclasses import dataclass

import numpy as np

from grader.core.i18n import Words, _
from grader.evidence.network import TrainedNetwork
from grader.protocol.task import Task


@dataclass(frozen=True)
class Rates:
    """Learning rates of one optimizer. At or below `low`, and at or above `high`, a bad result is no surprise."""

    low: float
    usual: float
    high: float


# `usual`: the default of Keras, but for Adagrad and Adadelta, whose own pages advise more than the default,
# "1.0 to match the original paper". `low` is a tenth of usual or less, `high` thirty times as much or more.
_ADAPTIVE = Rates(low=1e-4, usual=1e-3, high=3e-2)
RATES = {
    "Adam": _ADAPTIVE,
    "AdamW": _ADAPTIVE,
    "Adamax": _ADAPTIVE,
    "Nadam": _ADAPTIVE,
    "RMSprop": _ADAPTIVE,
    "SGD": Rates(low=1e-3, usual=1e-2, high=1.0),
    "Adagrad": Rates(low=1e-3, usual=1e-2, high=1.0),
    "Adadelta": Rates(low=1e-2, usual=1.0, high=100.0),
}
# Times `high`: without hidden layers there is one minimum only, which a rate a little above `high` still reaches.
_FAR = 10.0
_SETTLED_EPOCHS = 5  # a loss that fell in each of so many epochs shows that no step was too long


def read_learning_rate(network: TrainedNetwork) -> tuple[str, float]:
    """Return the optimizer and the largest learning rate seen; a schedule or a callback may have changed it."""
    models = (network.before, network.after)
    compiled = [m.facts.compiled for m in models if m is not None and m.facts.compiled is not None]
    if not compiled:
        return "", 0.0
    optimizer = compiled[-1].optimizer
    rates = [c.learning_rate for c in compiled if c.optimizer == optimizer and c.learning_rate is not None]
    return optimizer, max(rates, default=0.0)


def explain_far_too_high(network: TrainedNetwork, task: Task) -> Words | None:
    """Return a sentence where a network for classes had a learning rate so high that no other advice helps.

    None elsewhere: for numbers that are large, a high rate may be right, and so it may where the loss of one of
    several outputs has a weight, or where the loss fell from epoch to epoch.
    """
    optimizer, rate = read_learning_rate(network)
    compiled = network.after.facts.compiled if network.after is not None else None
    rates = RATES.get(optimizer)
    if rates is None or not _FAR * rates.high <= rate < np.inf or task.kind != "classification":
        return None
    loss = np.asarray(network.curves.get("loss", []), dtype=np.float64)
    is_steady = loss.size >= _SETTLED_EPOCHS and bool((np.diff(loss) < 0).all())
    if is_steady or (compiled is not None and compiled.weight is not None):
        return None
    return _(
        "{optimizer} ran with a learning rate of {rate:g}; usual is {usual:g}. Steps that long jump over the best "
        "weights again and again, so it is chance where the training ends. Start with {usual:g}.",
        optimizer=optimizer,
        rate=rate,
        usual=rates.usual,
    )
