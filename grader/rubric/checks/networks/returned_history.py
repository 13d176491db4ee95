"""What `train` returns: the history of the calls of `fit`, or something else."""

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.histories import find_foreign_curve
from grader.evidence.judgement import Judgement, partial
from grader.evidence.network import TrainedNetwork
from grader.evidence.values import name_of


def judge_history(case: Case, network: TrainedNetwork) -> list[Judgement]:
    """Return what is wrong with the history that a training returned, if anything.

    It has to have the curves that `fit` has recorded: those of one call, or of several behind one another.
    """
    function = network.training.train
    if not network.returned_history:
        message = _("train() has to return the History that model.fit() returns: `return model.fit(...)`.")
        received = name_of(case.value(network.training.fitted(network.seed))[0])
        return [partial(0.5, message, expected="History", received=received)]
    foreign = find_foreign_curve(network, case)
    if foreign is None:
        return []
    expected = _("the History that fit returns")
    if not any(network.curves.values()):
        message = _(
            "{function}() returns a History without values. A new one, as by keras.callbacks.History(), knows "
            "nothing of the training: return the one that model.fit() returns, as in `return model.fit(...)`.",
            function=function,
        )
        return [partial(0.5, message, expected=expected, received=_("a History without values"))]
    message = _(
        "The History that {function}() returns does not have the values of {curve} that fit has recorded. Return "
        "the History of model.fit() as it is: `return model.fit(...)`. Where fit is called several times, you may "
        "join the curves.",
        curve=foreign,
        function=function,
    )
    other = _("a History with other values of {curve}", curve=foreign)
    return [partial(0.5, message, expected=expected, received=other)]
