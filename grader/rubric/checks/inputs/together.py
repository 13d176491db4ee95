"""Checks of the inputs of a network that has several: their names and order, and whether each of them counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.inputs import find_layout, name_exchanged
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.network import Model, read_network
from grader.evidence.outputs import list_views
from grader.protocol.evidence import FitFacts, ModelFacts
from grader.protocol.task import Task
from grader.rubric.checks.networks.no_graph import describe_inputs
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data.dataset import Data

_MIN_SHARE = 0.5  # of the rows of a training that tell in which order the inputs came


@dataclass(frozen=True)
class OfAllInputs(NetworkCheck):
    """Base class of checks that look at all inputs of a network."""

    kinds = frozenset({"classification", "regression", "several"})

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the network has a single input."""
        if not self.training.inputs:
            raise self.refuse(_("the training names no inputs: write Training(inputs=(...))"), "training")

    def held_back(self) -> tuple[str, ...]:
        """Return the rows that the graphs are replayed on."""
        return self.training.list_rows("x_test")

    def _name_inputs(self) -> str:
        return ", ".join(self.training.inputs)


@dataclass(frozen=True)
class NamedInputs(OfAllInputs):
    """The network has the inputs of its training, each for rows of its shape, in their order or under their names.

    In a list or tuple, the order is enough, or the names of the `keras.Input`; in a dict, its keys have to be the
    names. A class that takes both from one argument may take a list or a dict.

    >>> NamedInputs(Training(inputs=("numbers", "kind")))
    """

    topics = frozenset({"architecture"})

    def judge(self, case: Case) -> Judgement:
        """Judge by what the model says that it takes; it was called with that."""
        for view in list_views(case, self.training):
            require_certified(view, self.training, after=False)
        before = read_network(case, self.training, case.seeds[0]).before
        assert before is not None
        return self._judge_names(before.facts)

    def _judge_names(self, facts: ModelFacts) -> Judgement:
        names = [one.name for one in facts.inputs]
        order = tuple(one.gets for one in facts.inputs)
        if set(names) == set(self.training.inputs):
            if names == list(order):
                return passed(_("The network has the inputs {names}.", names=self._name_inputs()))
            wrong = next(one for one in facts.inputs if one.name != one.gets)
            return failed(
                _(
                    "The names of the inputs are swapped: what has the shape of {expected} is called {received}. "
                    "Whoever uses the network gives the one for the other.",
                    expected=wrong.gets,
                    received=wrong.name,
                ),
                expected=self._name_inputs(),
                received=", ".join(f"{one.gets}: {one.name}" for one in facts.inputs),
                blocks=False,
            )
        if any(one.is_key for one in facts.inputs):
            return failed(
                _(
                    "The network takes a dict with the keys {received}; {names} are expected. Give the inputs "
                    'these names: keras.Input(shape=..., name="{first}").',
                    received=", ".join(names),
                    names=self._name_inputs(),
                    first=self.training.inputs[0],
                ),
                expected=self._name_inputs(),
                received=", ".join(names),
                blocks=False,
            )
        if order != self.training.inputs:
            return failed(
                _(
                    "The network takes the inputs in the order {received}; {names} is expected. Change the order "
                    "in keras.Model([...]), or give each keras.Input its name and keras.Model a dict.",
                    received=", ".join(order),
                    names=self._name_inputs(),
                ),
                expected=self._name_inputs(),
                received=", ".join(order),
                blocks=False,
            )
        shapes = describe_inputs({one.gets: one.shape for one in facts.inputs})
        return passed(_("The network takes the inputs in the right order: {shapes}.", shapes=shapes))


@dataclass(frozen=True)
class UsesInputs(OfAllInputs):
    """`fit` gets each input at its place, and what the trained network gives depends on all of them.

    On held-out rows, one input after the other gets the values of other rows. Where no output changes, the network
    does without it. With several outputs, it is enough that one of them changes.

    >>> UsesInputs(Training(inputs=("numbers", "kind")))
    """

    topics = frozenset({"training"})

    def judge(self, case: Case) -> Judgement:
        """Judge by the replay of the trained network, and by the rows that `fit` got."""
        views = list_views(case, self.training)
        models = [require_certified(view, self.training, after=True) for view in views]
        order = self._find_order_in_fit(case)
        if order and order != self.training.inputs:
            return failed(
                _(
                    "fit got the inputs in the order {received}; {names} is expected. So the network has learned "
                    "to take the one for the other, and answers wrongly where they come in the right order. Pass "
                    "them to fit in the order of the network's inputs, or give these names and pass a dict.",
                    received=", ".join(order),
                    names=self._name_inputs(),
                ),
                expected=self._name_inputs(),
                received=", ".join(order),
                blocks=False,
            )
        for model in models:
            _require_answers(model, self.training.inputs)
        unused = [name for name in self.training.inputs if all(model.ignores(name) for model in models)]
        if not unused:
            return passed(_("What the network gives depends on each input: {names}.", names=self._name_inputs()))
        if all(model.says_the_same for model in models):
            message = _("The network gives the same for all rows, whatever its inputs are. Mend that first.")
        else:
            message = _(
                "What the network gives does not depend on {names}: for the held-out rows, nothing changes when "
                "these get the values of other rows. Is the input made, but never used in a layer that leads to "
                "the output?",
                names=", ".join(unused),
            )
        return failed(
            message,
            expected=_("outputs that depend on {names}", names=self._name_inputs()),
            received=_("no effect of {names}", names=", ".join(unused)),
            blocks=False,
        )

    def _find_order_in_fit(self, case: Case) -> tuple[str, ...]:
        """Return the order in which the inputs came to the last training; nothing where that is not known."""
        network = read_network(case, self.training, case.seeds[0])
        step, fit = case.steps.get(self.training.fitted(network.seed)), network.last_fit
        layout = find_layout(case.inside, self.training)
        if step is None or fit is None or layout is None or len(set(layout.shapes)) == len(layout.shapes):
            return ()  # inputs of different shapes cannot be taken for one another
        rows = _read_rows(fit, step.arrays)
        parts = [case.inside[name] for name in self.training.list_rows("x_train")]
        for order in permutations(range(len(parts))):
            if [layout.shapes[number] for number in order] == list(layout.shapes) and len(rows):
                exchanged = row_hashes(layout.pack([parts[number] for number in order]))
                if np.isin(rows, exchanged).mean() > _MIN_SHARE:
                    return tuple(self.training.inputs[number] for number in order)
        return ()


def _read_rows(fit: FitFacts, arrays: Mapping[str, Array]) -> Array:
    return arrays[fit.rows] if fit.rows else np.zeros(0, dtype=np.uint64)


def _require_answers(model: Model, names: Sequence[str]) -> None:
    """Raise `PreconditionFailedError` where a network does not give finite numbers for each row."""
    usual, *changed = (model.outputs.get(role) for role in ("x_test", *map(name_exchanged, names)))
    if usual is None or any(
        one is None or one.shape[1:] != usual.shape[1:] or len(one) > len(usual) for one in changed
    ):
        raise PreconditionFailedError(
            not_graded(
                _(
                    "The network does not give one answer for each row, so the grader cannot tell which inputs it "
                    "uses. A person has to look at it."
                )
            )
        )
    if not np.isfinite(usual).all():
        raise PreconditionFailedError(
            failed(
                _("The outputs of the network are not numbers for every row (NaN or infinite)."), received="NaN"
            )
        )
