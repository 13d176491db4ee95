"""Say why training left a network as it was, or why it does so on other data."""

from collections.abc import Sequence

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.judgement import Judgement, failed
from grader.evidence.learning_rates import explain_far_too_high
from grader.evidence.network import TrainedNetwork
from grader.protocol.task import Task


def judge_untrained(network: TrainedNetwork) -> Judgement:
    """Return the judgement of a network whose training changed nothing."""
    return failed(
        explain_untrained(network),
        expected=_("weights that training changed"),
        received=_("the same weights as before"),
    )


def judge_idle_output(network: TrainedNetwork, idle: Sequence[Array]) -> Judgement:
    """Return the judgement of one of several outputs whose own kernels, `idle`, training left as they were."""
    return failed(
        _(
            "After {function}() the kernels that only this output uses ({shapes}) are what they were before; only "
            "those that it shares with other outputs have changed. Are its layers set to trainable=False, or does "
            "its loss not depend on them?",
            function=network.training.train,
            shapes=", ".join("×".join(map(str, kernel.shape)) for kernel in idle),
        ),
        expected=_("weights that training changed"),
        received=_("the same weights as before"),
    )


def explain_untrained(network: TrainedNetwork) -> Words:
    """Return what keeps the network from learning, or else what to look at."""
    before, train = network.before, network.training.train
    if before is not None and before.is_constant:
        return _(
            "After {function}() the weights are what they were before: what the network gives does not depend on "
            "them, as with softmax over a single unit, which is always 1. Mend the output first.",
            function=train,
        )
    if before is not None and before.facts.parameters > 0 and before.facts.trainable_parameters == 0:
        return _(
            "After {function}() the weights are what they were before: all of them are set to trainable=False. "
            "Let at least one layer learn.",
            function=train,
        )
    has_run = any(fit.finished for fit in network.own_fits)
    if has_run and network.training.stand_in is not None:  # a network that can learn
        return _(
            "After {function}() the weights are what they were before, although fit ran. Does {function}() put "
            "the old weights back afterwards? Leave them as fit left them.",
            function=train,
        )
    if has_run:
        return _(
            "After {function}() the weights are what they were before, although fit ran: nothing was learned. "
            "Does the loss fit the output activation, is the learning rate above 0, and does {function}() leave "
            "the weights as fit left them?",
            function=train,
        )
    return _(
        "After {function}() the weights are what they were before: nothing was learned. Does {function}() call "
        "model.fit() on the model that it is given?",
        function=train,
    )


def explain_not_learned(network: TrainedNetwork, task: Task, scores: Words) -> Words:
    """Return what to do about a network that learned nothing on other data, whose `scores` are a sentence."""
    rate = explain_far_too_high(network, task)
    if rate is not None:
        return _(
            "{scores} So the network did not learn from the rows that {function}() was given, or it does so only "
            "now and then. {rate}",
            scores=scores,
            function=network.training.train,
            rate=rate,
        )
    return _(
        "{scores} So the network did not learn from the rows that {function}() was given, or it does so only "
        "now and then. Train it with x_train and y_train only, and keep no weights, labels or rows of other "
        "data in the file. If the network or its loss have another mistake, mend that first.",
        scores=scores,
        function=network.training.train,
    )
