"""Networks of an experiment that go on with what another one has learned, in place of being built anew."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.core.array_hashes import array_hashes
from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed
from grader.evidence.known_losses import KERAS_LOSSES
from grader.rubric.checks.functions.fitted_networks import FittedNetwork


def find_continued(
    networks: Sequence[FittedNetwork],
    arrays: Mapping[str, Array],
    variant: Callable[[FittedNetwork], str | None],
) -> tuple[str, str] | None:
    """Return the variants of two networks where the second one began with kernels that the first one has learned.

    A network that is trained in several calls of `fit` goes on with its own kernels, and one whose first weights
    are put back begins anew.

    Args:
        networks: in the order in which they were trained.
        arrays: those of the step that trained them.
        variant: what is compared, such as the loss of a network; None where it is not known.
    """
    learned: list[tuple[str, frozenset[int]]] = []  # variant, hashes of the kernels that it changed
    for network in networks:
        hashes, name = arrays.get(network.fit.weight_hashes), variant(network)
        if hashes is None or name is None or network.model.graph is None:
            continue
        begin = frozenset(map(int, hashes[0]))
        for other, kernels in learned:
            if other != name and kernels & begin:
                return other, name
        own = array_hashes(np.asarray(kernel) for _node, kernel in network.model.graph.kernels)
        learned.append((name, frozenset(map(int, own)) - begin))
    return None


def read_head(network: FittedNetwork) -> str | None:
    """Return the output activation of a network; None where it is not known."""
    return network.fit.head or network.model.output_activation


def read_loss(network: FittedNetwork) -> str | None:
    """Return the loss that a network was trained with; None where it is not one that Keras has."""
    loss = (network.fit.loss or "").removeprefix("sparse_")
    return loss if loss in KERAS_LOSSES else None


def refuse_continued(function: str, first: str, second: str) -> Judgement:
    """Return the judgement where the network of one variant goes on with what that of another has learned."""
    return failed(
        _(
            "In {function}(), the network for {second} begins with weights that the one for {first} has learned, "
            "so it was trained for longer. Build the network anew for each choice, with new layers.",
            function=function,
            first=first,
            second=second,
        ),
        expected=_("a new network for each choice"),
        received=_("weights that were trained before"),
    )
