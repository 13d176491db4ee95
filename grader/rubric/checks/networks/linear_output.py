"""A check of the output of a network that predicts numbers."""

from dataclasses import dataclass

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
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
