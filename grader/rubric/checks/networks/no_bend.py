"""What is wrong with hidden layers that make no difference to what a network computes."""

from grader.core.i18n import _
from grader.evidence.affine import is_never_bent
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.protocol.training import Training


def judge_no_bend(case: Case, training: Training, hidden: int) -> Judgement | None:
    """Return the judgement for a network whose hidden layers bend nothing, although it needs some; else None.

    Operations that bend are in its graph; that they bend nothing is told from its outputs. Whatever those leave
    open is no mistake.
    """
    if not hidden or not is_never_bent(case, training):
        return None
    return failed(
        _(
            "The hidden layers make no difference: on all rows, what the network computes in front of its output "
            "activation is a weighted sum of the features, before the training and after it. Does the activation "
            "change any number, and does the output depend on every hidden layer? A factor of 0, or a leaky_relu "
            "with a slope of 1, leaves a network without hidden layers."
        ),
        expected=_("hidden layers: at least {count}", count=hidden),
        received=_("a network that is a straight line"),
        blocks=False,
    )
