"""Whether the layers that drop units did so while `fit` ran, and not only when somebody looked at the network."""

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.evidence.network import Model, read_network
from grader.protocol.training import Training

LEAST_RATE = 0.01  # one unit in a hundred: of the few that these networks have, hardly ever one
FEW = 0.1  # of the steps: a layer that drops is asked for random numbers in each


def judge_dropout_in_fit(case: Case, training: Training, model: Model) -> Judgement | None:
    """Return the judgement of layers whose rates were 0 while `fit` ran; None where that was not so.

    A layer that draws nothing at its own rate may have no part in the network, which may drop in another way: so
    rates of 0 have to be seen. But `fit` goes on with the rates of its first batch until the model is compiled
    again: so a layer that draws nothing did not drop, whatever its rate was later.

    Args:
        case: the evidence.
        training: of the network.
        model: the network as it was built.
    """
    built = {layer.name: layer.rate for layer in model.facts.layers if layer.rate}
    network = read_network(case, training, case.seeds[0])
    fits = [fit for fit in network.own_fits if fit.model and fit.finished and fit.steps > 0]
    if not fits or max(built.values(), default=0.0) < LEAST_RATE:
        return None
    if any(not built.keys() <= {one.name for one in fit.dropping} for fit in fits):
        return None
    seen = [(one, fit.steps) for fit in fits for one in fit.dropping if one.name in built]
    rates = [one.rate for one, _steps in seen if one.rate is not None and one.rate < LEAST_RATE]
    if not rates or any(one.rate not in rates and one.draws >= FEW * steps for one, steps in seen):
        return None
    return failed(
        _(
            "The network has layers that drop units, but while fit ran in {train}(), their rate was {rate:g}, so "
            "next to nothing was dropped. Leave the rates as {build}() sets them.",
            train=training.train,
            build=training.build,
            rate=max(rates),
        ),
        expected=_("dropout in training"),
        received=_("no dropout in training"),
        blocks=False,
    )
