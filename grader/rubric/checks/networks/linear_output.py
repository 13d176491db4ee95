"""A check of the output of a network that predicts numbers."""

from dataclasses import dataclass

import numpy as np

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.evidence.network import TrainedNetwork, read_network
from grader.rubric.checks.networks.output_and_loss import name_activation
from grader.rubric.checks.networks.single import NetworkCheck, require_certified


@dataclass(frozen=True)
class LinearOutput(NetworkCheck):
    """What the last layer gives is what the network predicts: no activation bends or limits it.

    >>> LinearOutput(Training())
    """

    topics = frozenset({"head"})
    kinds = frozenset({"regression"})

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph."""
        bends = require_certified(case, self.training, after=False).output_bends
        bends = bends or find_frozen_bends(read_network(case, self.training, case.seeds[0]))
        if not bends:
            return passed(_("The output is linear: it can be any number."))
        activation = name_activation(bends[-1])
        if bends[-1] in {"relu", "relu6"}:
            message = _(
                "The output goes through {activation}. Wherever the last layer is below zero, the prediction is "
                "0 and nothing is learned from the row; if that happens for all rows, the network is dead. "
                "Leave the activation of the last layer out.",
                activation=activation,
            )
        elif bends[-1] == "softmax":
            message = _("softmax over a single unit is always 1. Leave the activation of the output layer out.")
        else:
            message = _(
                "The output goes through {activation}, which bends or limits it: not every number can be "
                "predicted. Leave the activation of the last layer out.",
                activation=activation,
            )
        return failed(
            message,
            expected=_("a linear output"),
            received=_("an output with {activation}", activation=activation),
            blocks=False,
        )


def find_frozen_bends(network: TrainedNetwork) -> tuple[str, ...]:
    """Return the activations behind a Dense layer of one unit that only layers follow which training leaves alone.

    Such layers are factors that were written down: they learn nothing that could undo an activation.
    """
    graphs = [model.graph for model in (network.before, network.after) if model is not None]
    if len(graphs) != 2 or any(graph is None for graph in graphs):
        return ()
    before, after = graphs
    assert before is not None
    assert after is not None
    pairs = list(zip(before.kernels, after.kernels, strict=False))
    if not len(before.dense) == len(before.kernels) == len(after.kernels) == len(after.dense):
        return ()
    changed = [number for number, (old, new) in enumerate(pairs) if not np.array_equal(old[1], new[1])]
    if not changed or changed[-1] == len(pairs) - 1 or before.dense[changed[-1]].shape[-1] != 1:
        return ()
    return before.dense[changed[-1]].activations
