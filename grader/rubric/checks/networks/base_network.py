"""Checks of a network that builds on another one: that one is in it, and training leaves it as it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, partial, passed
from grader.evidence.network import Model, TrainedNetwork, read_network
from grader.evidence.values import is_numeric
from grader.protocol.plan import BuildStandIn, Call, Replay, ResultOf, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.networks.base_in_fit import judge_base_in_fit
from grader.rubric.checks.networks.base_use import LEAST_OF_FIRST, BaseUse, measure_base_use, replay_base
from grader.rubric.checks.networks.nested_counts import judge_nested, make_nested
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data.base_network import BASE_WEIGHT
from grader.rubric.data.dataset import Data

_MAX_STATES = 40  # numbers that the random generators of some layers have: two for each
_SMALL_UNITS = 11  # of the single Dense layer of the network that a count is tried with besides


@dataclass(frozen=True)
class _BaseCheck(NetworkCheck):
    """Base class for checks that compare a network with the base that it was given."""

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the network is given no base."""
        if not self.training.base:
            raise self.refuse(
                _("{check} is about a network on a base: write Training(base=True)", check=type(self).__name__),
                "training",
            )

    def held_back(self) -> tuple[str, ...]:
        """Return the arrays that the data have to hold outside: also the first weight of the base."""
        return (*super().held_back(), self.training.array(f"{BASE_WEIGHT}0000"))

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replay that shows whether the answers depend on the base."""
        return replay_base(case, self.training, self._held_kernels(case))

    def _held_kernels(self, case: Case) -> list[Array]:
        """Return the kernels of the base that the network holds before the training, in their order."""
        before = read_network(case, self.training, case.seeds[0]).before
        kernels = [weight for weight in read_base(case, self.training) if weight.ndim > 1]
        return [kernel for kernel in kernels if before is not None and _holds(before, kernel)]

    def _measure_use(self, case: Case) -> BaseUse | Judgement:
        """Return how much of the answers comes from the base, or the judgement where that is too little."""
        use = measure_base_use(case, self.training, self._held_kernels(case))
        if use is None:
            return not_graded(
                _(
                    "The base is in the network. The grader cannot tell whether the network uses it: it gives the "
                    "same for all pictures, or the grader could not run it with the features of other pictures. A "
                    "person has to look at it."
                )
            )
        if use.is_used:
            return use
        share = max(0.0, *use.shares[:1])
        return failed(
            _(
                "The weights of the base are in the network, but what the base gives has next to no part in the "
                "answers: with what other pictures give in its place, they stay as they are ({share:.1%} of the "
                "differences between the answers come from the base; {least:.0%} expected). Put the pictures "
                "through the base, base(inputs), and let your head follow on its features.",
                share=share,
                least=LEAST_OF_FIRST,
            ),
            expected=_("answers that depend on the base"),
            received=_("{share:.1%} of their differences", share=share),
        )


@dataclass(frozen=True)
class UsesBase(_BaseCheck):
    """The network puts its rows through the whole base that it is given, with the weights that this one has.

    However it is called, nested or layer by layer, and copies with these weights are right as well. Layers at its
    end that have no weights, such as a pooling, may be left out: they have learned nothing. A part of the base
    keeps half of the points. The answers have to depend on it: a tenth of their differences has to come from the
    base, so that one whose features are multiplied by zero is none, and one beside other layers may be one.

    >>> UsesBase(Training(base=True))
    """

    topics = frozenset({"architecture"})

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph: the weights in it, their order, and what the answers depend on."""
        model = require_certified(case, self.training, after=False)
        assert model.graph is not None
        weights = read_base(case, self.training)
        used = [weight for weight in weights if _holds(model, weight)]
        kernels = [weight for weight in weights if weight.ndim > 1]
        followed = _follow(kernels, [value for _name, value in model.graph.kernels])
        use = self._measure_use(case) if followed else None
        if isinstance(use, Judgement):
            return use
        is_whole = len(used) == len(weights) and followed == len(kernels)
        if is_whole and use is not None and use.is_whole:
            return passed(
                _(
                    "Each picture goes through the base: all {count} numbers of it are in the network.",
                    count=sum(weight.size for weight in weights),
                )
            )
        expected = _("all {count} arrays of weights of the base", count=len(weights))
        received = _("{count} of them", count=len(used))
        if is_whole:
            return partial(0.5, _explain_cut(), expected=_("answers that depend on all layers of the base"))
        if followed:
            return partial(0.5, _explain_part(used, weights), expected=expected, received=received)
        return failed(_explain_missing(model, kernels), expected=expected, received=received)


def read_base(case: Case, training: Training) -> list[Array]:
    """Return the weights of the base that a network is built on, in their order."""
    prefix = training.array(BASE_WEIGHT)
    return [case.outside[name] for name in sorted(case.outside) if name.startswith(prefix)]


def _holds(model: Model, weight: Array) -> bool:
    """Return whether a network computes with a weight, the same bit for bit."""
    arrays = model.graph.weights if model.graph is not None else ()
    return any(array.shape == weight.shape and np.array_equal(array, weight) for array in arrays)


def _follow(kernels: Sequence[Array], of_network: Sequence[Array]) -> int:
    """Return how many kernels come in a network in their order, the first one first."""
    count = 0
    for kernel in of_network:
        if (
            count < len(kernels)
            and kernel.shape == kernels[count].shape
            and np.array_equal(kernel, kernels[count])
        ):
            count += 1
    return count


def _explain_part(used: Sequence[Array], weights: Sequence[Array]) -> Words:
    if len(used) == len(weights):
        return _(
            "All weights of the base are in the network, but its layers do not come in their order. Call base as "
            "a whole, base(inputs), or go through base.layers from the first to the last."
        )
    return _(
        "Only a part of the base is in the network: {found} of {all} arrays of weights are. Call base as a whole, "
        "base(inputs), or go through all of base.layers.",
        found=len(used),
        all=len(weights),
    )


def _explain_cut() -> Words:
    return _(
        "All weights of the base are in the network, but the answers depend on a part of its layers only. Let "
        "your head follow on what the whole base gives: base(inputs), or the last of base.layers."
    )


def _explain_missing(model: Model, kernels: Sequence[Array]) -> Words:
    assert model.graph is not None
    shapes = [value.shape for _name, value in model.graph.kernels]
    if all(kernel.shape in shapes for kernel in kernels):
        return _(
            "The network has layers like those of the base, but with other weights, so that nothing which the "
            "base has learned is used. clone_model() and from_config() copy the layers without their weights, "
            "and layers that you write anew begin with random ones. Use base itself: base(inputs)."
        )
    return _(
        "The base is not in the network: none of its weights is. Put the pictures through it, base(inputs) or "
        "keras.Sequential([base, ...]), and let your head follow."
    )


@dataclass(frozen=True)
class FreezesBase(_BaseCheck):
    """Training leaves the base as it is, bit for bit, also while it runs.

    A base that learns in `fit` and is put back by a callback or afterwards was not frozen, nor was one of which a
    copy in the network learns. Where nothing was trained at all, no weight of the base may count as trainable. A
    base that the answers do not depend on is worth nothing: see `UsesBase`.

    >>> FreezesBase(Training(base=True))
    """

    topics = frozenset({"training"})

    def judge(self, case: Case) -> Judgement:
        """Judge by the graphs before and after the training."""
        before = require_certified(case, self.training, after=False)
        network = read_network(case, self.training, case.seeds[0])
        used = [weight for weight in read_base(case, self.training) if _holds(before, weight)]
        size = sum(weight.size for weight in used)
        expected = _("the {count} numbers of the base as they were", count=size)
        if not used:
            return failed(
                _("No weight of the base is in the network, so there is none that could stay as it is."),
                expected=expected,
                received=_("a network without the base"),
            )
        if network.after is None:
            return self._judge_untrained(case, before, size)
        if not before.facts.trainable_parameters and not _has_changed(before, network.after):
            use = self._measure_use(case)  # whatever an untrained head may know by luck
            return use if isinstance(use, Judgement) else self._judge_by_claim(before, size)
        after = require_certified(case, self.training, after=True)
        changed = [weight for weight in used if not _holds(after, weight)]
        if changed:
            count = sum(weight.size for weight in changed)
            return failed(
                _explain_change(network, used, changed, count),
                expected=expected,
                received=_("{count} numbers that changed", count=count),
            )
        use = self._measure_use(case)
        if isinstance(use, Judgement):
            return use
        while_fit_ran = judge_base_in_fit(case, network, used)
        if while_fit_ran is not None:
            return while_fit_ran
        facts = after.facts
        if not _has_changed(before, after):
            return self._judge_by_claim(before, size)
        return passed(
            _(
                "All {base} numbers of the base are after the training what they were before; only the {head} "
                "others have learned.",
                base=size,
                head=max(0, facts.parameters - size),
            )
        )

    def _judge_untrained(self, case: Case, before: Model, size: int) -> Judgement:
        """Return the judgement where there is no network after the training."""
        failure = explain_failure(case.run, self.training.fitted(case.seeds[0]))
        use = failure if failure.status is Status.NOT_GRADED else self._measure_use(case)
        return use if isinstance(use, Judgement) else self._judge_by_claim(before, size)

    def _judge_by_claim(self, before: Model, size: int) -> Judgement:
        """Return the judgement where nothing was trained: by what training could have changed."""
        facts = before.facts
        head = facts.parameters - size
        if not facts.trainable_parameters:
            return partial(
                0.5,
                _(
                    "The whole network is frozen, your head as well, so nothing can learn. Freeze only the base: "
                    "base.trainable = False, not model.trainable = False."
                ),
                expected=_("a head that learns"),
                received=_("{count} trainable numbers", count=0),
            )
        if facts.trainable_parameters > head:
            return failed(
                _(
                    "Nothing was trained, and {count} numbers would be: those of the base are among them. Set "
                    "base.trainable = False before you compile.",
                    count=facts.trainable_parameters,
                ),
                expected=_("at most {count} trainable numbers", count=head),
                received=_("{count} trainable numbers", count=facts.trainable_parameters),
            )
        return passed(_("The {base} numbers of the base are frozen; nothing was trained.", base=size))


def _has_changed(before: Model, after: Model) -> bool:
    assert before.graph is not None
    return any(not _holds(after, weight) for weight in before.graph.weights)


def _explain_change(network: TrainedNetwork, used: Sequence[Array], changed: Sequence[Array], count: int) -> Words:
    assert network.before is not None
    facts, training = network.before.facts, network.training
    is_frozen = facts.trainable_parameters <= facts.parameters - sum(weight.size for weight in used)
    if any(fit.stale for fit in network.fits):
        return _(
            "{train}() changed {count} numbers of the base. It was frozen after fit had run, and fit goes on with "
            "the weights that were trainable before, until the model is compiled again. Freeze first, then "
            "compile.",
            train=training.train,
            count=count,
        )
    if is_frozen:
        return _(
            "The base was frozen when {build}() returned, but {train}() changed {count} of its numbers all the "
            "same. Leave base.trainable as it is, and set no weights by hand.",
            build=training.build,
            train=training.train,
            count=count,
        )
    if all(weight.ndim == 1 for weight in changed):
        return _(
            "The training changed {count} numbers of the base: not its kernels, but its biases or what its "
            "BatchNormalization layers have measured. Freeze every layer, with base.trainable = False, before you "
            "compile.",
            count=count,
        )
    return _(
        "The training changed {count} numbers of the base, and with them what it had learned before. Freeze it "
        "before you compile: base.trainable = False.",
        count=count,
    )


@dataclass(frozen=True)
class CountsTrainable(DrawnCheck, NetworkCheck):
    """`function(model)` returns how many numbers of a network training may change, and how many it may not.

    With a secret, it is called for two networks of the grader's too. For a small one, the same answer is wrong.
    In the other one a nested model has BatchNormalization and a frozen layer, and two layers follow it: whose
    counts are wrong only for that one keeps half of the points.

    >>> CountsTrainable(Training(base=True))
    """

    topics = frozenset({"architecture"})
    function: FunctionName = "count_parameters"

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call with the network of the first seed, as it is before the training, and one with another."""
        training = self.training
        own = Call(id=self._step, function=self.function, arguments=(ResultOf(step=training.built(seeds[0])),))
        if not self.seal.is_closed:
            return (*training.steps(seeds), own)
        sample = training.array("x_train")
        small = BuildStandIn(
            id=self._small, sample=sample, units=_SMALL_UNITS, activation="linear", loss="mse", metric="mae"
        )
        other = Call(id=self._other_step, function=self.function, arguments=(ResultOf(step=self._small),))
        nested = make_nested(self._nested, sample)
        third = Call(id=self._nested_step, function=self.function, arguments=(ResultOf(step=self._nested),))
        return (*training.steps(seeds), own, small, other, nested, third)

    @property
    def _step(self) -> str:
        return f"{self.function}{self.training.suffix}"

    @property
    def _other_step(self) -> str:
        return f"{self.function}@small{self.training.suffix}"

    @property
    def _small(self) -> str:
        return f"small@{self.training.array('x_train')}"

    @property
    def _nested_step(self) -> str:
        return f"{self.function}@nested{self.training.suffix}"

    @property
    def _nested(self) -> str:
        return f"nested@{self.training.array('x_train')}"

    def judge(self, case: Case) -> Judgement:
        """Judge by the weights that the network has."""
        received = case.array(self._step, self.function)
        require_certified(case, self.training, after=False)
        before = read_network(case, self.training, case.seeds[0]).before
        assert before is not None
        trainable = before.facts.trainable_parameters
        right = (trainable, before.facts.parameters - trainable)
        if not is_numeric(received) or received.size != 2:
            return failed(
                _(
                    "{function}() has to return two numbers: how many training may change, and how many it may "
                    "not. Received: {dtype} of the shape {shape}.",
                    function=self.function,
                    dtype=str(received.dtype),
                    shape=str(received.shape),
                ),
                expected=str(right),
                received=str(received.shape),
            )
        answer = tuple(received.ravel().tolist())
        if answer == right:
            return self._judge_others(case, right) or passed(
                _("{trainable} numbers learn, {frozen} do not.", trainable=right[0], frozen=right[1]),
            )
        text = f"({answer[0]:g}, {answer[1]:g})"
        if answer == right[::-1]:
            message = _("{function}() returns both numbers in the wrong order.", function=self.function)
            return partial(0.5, message, expected=str(right), received=text)
        if sum(right) in answer:
            message = _(
                "{function}() returns {received}, but {count} is how many numbers there are in all: {trainable} "
                "learn and {frozen} do not. model.count_params() counts both.",
                function=self.function,
                received=text,
                count=sum(right),
                trainable=right[0],
                frozen=right[1],
            )
            return failed(message, expected=str(right), received=text)
        if answer[0] == right[0] and 0 < answer[1] - right[1] <= _MAX_STATES:
            message = _(
                "{function}() returns {received}, but {frozen} numbers of the network do not learn. "
                "non_trainable_variables also holds the states of random generators, such as that of Dropout, "
                "which are no weights: count non_trainable_weights.",
                function=self.function,
                received=text,
                frozen=right[1],
            )
            return failed(message, expected=str(right), received=text)
        return failed(
            _(
                "{function}() returns {received} for a network in which {trainable} numbers learn and {frozen} "
                "do not. An array of weights holds as many numbers as its shape says, and the weights of nested "
                "models and of BatchNormalization belong to them.",
                function=self.function,
                received=text,
                trainable=right[0],
                frozen=right[1],
            ),
            expected=str(right),
            received=text,
        )

    def _judge_others(self, case: Case, right: tuple[int, int]) -> Judgement | None:
        """Return the judgement for a function that counts other networks wrongly; else None."""
        if not self.seal.is_closed:
            return None
        rows = case.inside[self.training.array("x_train")]
        return self._find_constants(case, right) or judge_nested(case, self.function, self._nested_step, rows)

    def _find_constants(self, case: Case, right: tuple[int, int]) -> Judgement | None:
        """Return the judgement for a function whose count of what learns is the same for any network, else None.

        How it finds the numbers may depend on there being a base: so nothing else is asked of the small network.
        """
        try:
            again = case.array(self._other_step, self.function)
        except PreconditionFailedError as unmet:
            return unmet.judgement if unmet.judgement.status is Status.NOT_GRADED else None
        if not is_numeric(again) or again.ravel()[:1].tolist() != [right[0]]:
            return None
        shape = case.inside[self.training.array("x_train")].shape[1:]
        count, received = _SMALL_UNITS * (math.prod(shape) + 1), str(tuple(again.ravel().tolist()))
        message = _(
            "{function}() returns {received} for a network of {count} numbers, all of which learn. So it "
            "does not count them. Count in the weights of the model that the function is given.",
            function=self.function,
            received=received,
            count=count,
        )
        layers = f"[keras.Input({shape}), keras.layers.Flatten(), keras.layers.Dense({_SMALL_UNITS})]"
        call = write_call(self.function, f"keras.Sequential({layers})")
        return show_call(failed(message, expected=str((count, 0)), received=received), call)
