"""Explain that a network gives one row several answers, by chance or by the rows around it."""

from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed
from grader.evidence.run_evidence import ReplayResult


def draws_random_numbers(replay: ReplayResult) -> bool:
    """Return whether a graph draws random numbers for what it gives."""
    names = [*(node.op for node in replay.evidence.nodes), *replay.evidence.forbidden]
    return any("Random" in name for name in names)


def explain_two_answers(*, is_random: bool) -> Judgement:
    """Return the judgement for a network whose answer for a row depends on the rows around it.

    Args:
        is_random: whether it draws random numbers when it predicts.
    """
    if is_random:
        return failed(
            _(
                "The network draws random numbers when it predicts, so what it answers for a row is a matter of "
                "luck, and there is no score to be measured. Is a layer such as Dropout called with "
                "training=True? Leave that out first: Keras switches it on in fit, and off in predict."
            ),
            expected=_("one answer for each row"),
            received=_("random answers"),
        )
    return failed(
        _(
            "The network answers differently for the same row when other rows are around it, or when it comes at "
            "another place. What it predicts for a row has to follow from that row alone. Does it compute along "
            "the wrong axis, such as softmax(axis=0), or call a layer with training=True?"
        ),
        expected=_("one answer for each row"),
        received=_("answers that depend on the other rows"),
    )
