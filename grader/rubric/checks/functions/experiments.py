"""Checks of experiments: networks trained anew under different settings, and what came of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName, Seconds, Share
from grader.core.i18n import _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import Entries, FitFacts
from grader.protocol.plan import ArrayArg, Call, Replay, Step
from grader.rubric.checks.base import Check
from grader.rubric.checks.functions.continued_networks import (
    find_continued,
    read_head,
    read_loss,
    refuse_continued,
)
from grader.rubric.checks.functions.fitted_networks import (
    ROUNDING,
    FittedNetwork,
    choose_by_activation,
    is_curve_of,
    is_reached,
    make_replays,
    read_networks,
)
from grader.rubric.checks.functions.learning_curves import (
    CROSS_ENTROPY,
    find_missing_loss,
    find_other_epochs,
    find_other_head,
    find_other_measure,
    is_trained_with,
    read_curve,
)
from grader.rubric.checks.networks.validation_rows import HELD_OUT_ROWS_SEEN, MAX_SHARE_SEEN

_ACTIVATIONS = ("relu", "sigmoid", "softmax")


@dataclass(frozen=True)
class Experiments(Check):
    """Output activations compared by validation accuracy, losses compared by learning curves; both really trained.

    `activations(x_train, y_train, x_val, y_val)` and `losses(...)` are the functions that do so, on one-hot
    labels. Each network that they train is frozen and computed once more; what they return has to be what these
    networks reach, and a curve what `fit` measured after each epoch: the accuracy on the validation data, where
    `fit` measured that. The networks for losses end in softmax. `learned`: the accuracy that says that a
    network has learned something: far above chance, far below what any honest training reaches.

    >>> Experiments(activations="compare_output_activations", losses="compare_losses")
    """

    kinds = frozenset({"classification"})
    activations: FunctionName
    losses: FunctionName
    learned: Share = 0.3
    limit_seconds: Seconds = 180.0

    def __post_init__(self) -> None:
        """Raise `RubricError` where one function is to compare both."""
        super().__post_init__()
        if self.activations == self.losses:
            raise self.refuse(
                _("losses is the same function as activations: {name!r}", name=self.losses), "losses"
            )

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call of each experiment, with one-hot labels; the networks that it trains are frozen."""
        arguments = tuple(ArrayArg(name=name) for name in ("x_train", "y_train_one_hot", "x_val", "y_val_one_hot"))
        return tuple(
            Call(
                id=f"{f}@experiment",
                function=f,
                arguments=arguments,
                seed=seeds[0],
                limit_seconds=self.limit_seconds,
                freeze="x_train",
            )
            for f in (self.activations, self.losses)
        )

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays of all networks that the experiments have trained."""
        first, second = (make_replays(case, f"{f}@experiment") for f in (self.activations, self.losses))
        return [*first[0], *second[0]], {**first[1], **second[1]}

    def judge(self, case: Case) -> Judgement:
        """Judge that each variant was trained, that its values are finite, and that relu comes last."""
        accuracies = {}
        for name, value in self._entries(case, self.activations, _ACTIVATIONS).items():
            accuracies[name] = float(value.ravel()[-1])
        curves = self._entries(case, self.losses, ("mse", "categorical_crossentropy"))
        problem = (
            self._not_trained(case, self.activations, 3)
            or self._not_trained(case, self.losses, 2)
            or self._implausible(accuracies)
            or self._too_short(curves)
            or self._another_loss(case)
            or find_missing_loss(self.losses, self._fits(case, self.losses))
            or self._validated_on_training(case)
            or self._not_learned(self.activations, {n: a for n, a in accuracies.items() if n != "relu"})
            or self._not_learned(self.losses, {CROSS_ENTROPY: float(curves[CROSS_ENTROPY].ravel().max())})
            or self._not_what_fit_said(case, accuracies)
            or (self._not_computed(case, accuracies, curves) if case.seal.is_closed else None)
            or self._continued(case)
        )
        if problem:
            return problem
        if accuracies["relu"] >= min(accuracies["sigmoid"], accuracies["softmax"]):
            return failed(
                _(
                    "relu as output came out as good as sigmoid or softmax, or better. Are the networks "
                    "otherwise the same, and each trained anew?"
                ),
                expected=_("relu last"),
                received=", ".join(f"{name} {value:.3f}" for name, value in accuracies.items()),
            )
        return passed(
            _(
                "Trained and compared: relu {relu:.3f}, sigmoid {sigmoid:.3f}, softmax {softmax:.3f}; and the "
                "two losses.",
                **accuracies,
            )
        )

    def _entries(self, case: Case, function: str, names: Sequence[str]) -> dict[str, Array]:
        value, arrays = case.value(f"{function}@experiment")
        entries = dict(value.entries) if isinstance(value, Entries) else {}
        entries = {_variant(key): item for key, item in entries.items()}
        if lacking := [name for name in names if name not in entries]:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return a dict with the keys {names}. Received: {received}.",
                        function=function,
                        names=", ".join(names),
                        received=name_of(value),
                    ),
                    expected=", ".join(names),
                    received=_("without {names}", names=", ".join(lacking)),
                )
            )
        return {name: read_curve(entries[name], arrays, function, name) for name in names}

    def _not_trained(self, case: Case, function: str, networks: int) -> Judgement | None:
        fits = self._fits(case, function)
        if len(fits) >= networks:
            return None
        return failed(
            _(
                "{function}() has to train {networks} networks. Calls of fit seen: {fits}.",
                function=function,
                networks=networks,
                fits=len(fits),
            ),
            expected=_("{networks} trainings", networks=networks),
            received=_("{networks} trainings", networks=len(fits)),
        )

    def _fits(self, case: Case, function: str) -> list[FitFacts]:
        return [fit for fit in case.seen(f"{function}@experiment").evidence.fits if fit.finished]

    def _another_loss(self, case: Case) -> Judgement | None:
        """Only the output activation may differ. Losses of the student's own are not known, and not judged."""
        for fit in self._fits(case, self.activations):
            is_keras_loss = fit.loss is not None and fit.loss not in {"", "custom", "several"}
            if is_keras_loss and (fit.from_logits or fit.loss not in {CROSS_ENTROPY, f"sparse_{CROSS_ENTROPY}"}):
                received = f"{fit.loss}, from_logits=True" if fit.from_logits else str(fit.loss)
                return failed(
                    _(
                        "{function}() has to train with the loss {expected} each time, so that only the output "
                        "activation differs. Received: {received}.",
                        function=self.activations,
                        expected=CROSS_ENTROPY,
                        received=received,
                    ),
                    expected=CROSS_ENTROPY,
                    received=received,
                )
        return None

    def _validated_on_training(self, case: Case) -> Judgement | None:
        for function in (self.activations, self.losses):
            if any(fit.validation_seen > MAX_SHARE_SEEN for fit in self._fits(case, function)):
                return failed(
                    _("{function}(): {what}", function=function, what=HELD_OUT_ROWS_SEEN),
                    expected="validation_data=(x_val, y_val)",
                    received=_("training rows"),
                )
        return None

    def _not_learned(self, function: str, accuracies: Mapping[str, float]) -> Judgement | None:
        for name, value in accuracies.items():
            if value < self.learned:
                return failed(
                    _(
                        "In {function}(), {name} only reaches an accuracy of {value:.2f}: it has learned nothing. "
                        "Are rows and labels still in the same order, and is every layer trained?",
                        function=function,
                        name=name,
                        value=value,
                    ),
                    expected=_("at least {least:g}", least=self.learned),
                    received=write_number(value, ".3f"),
                )
        return None

    def _not_what_fit_said(self, case: Case, accuracies: Mapping[str, float]) -> Judgement | None:
        """Compare with the last value and the best one that `fit` saw itself, where these are known."""
        step = case.seen(f"{self.activations}@experiment")
        for name, value in accuracies.items():
            seen: list[float] = []
            for fit in self._fits(case, self.activations):
                chosen = next((key for key in fit.curves if key.startswith("val") and "acc" in key), None)
                if fit.head == name and chosen is not None:
                    curve = step.arrays[fit.curves[chosen]]
                    seen += [float(curve.ravel()[-1]), float(curve.max())]
            if seen and not min(seen) - ROUNDING <= value <= max(seen) + ROUNDING:
                return failed(
                    _(
                        "The accuracy for {name} is {value:.3f}, but after its last epoch fit measured {seen:.3f} "
                        "on the validation data. Return what the trained network reaches.",
                        name=name,
                        value=value,
                        seen=seen[-2],
                    ),
                    expected=write_number(seen[-2], ".3f"),
                    received=write_number(value, ".3f"),
                )
        return None

    def _not_computed(
        self, case: Case, accuracies: Mapping[str, float], curves: Mapping[str, Array]
    ) -> Judgement | None:
        """Compare what is returned with the networks that were trained, computed once more from their graphs."""
        activations, losses = (read_networks(case, f"{f}@experiment") for f in (self.activations, self.losses))
        for function, networks, least in ((self.activations, activations, 3), (self.losses, losses, 2)):
            if len(networks) < least:
                return _explain_few_networks(function, len(networks))
        for name, value in accuracies.items():
            own = choose_by_activation(activations, name)
            problem = None if own else self._explain_no_network(name, activations)
            if own and not is_reached(value, own):
                problem = _explain_not_reached(self.activations, name, value, own)
            if problem is not None:
                return self._find_unknown(case, self.activations, activations) or problem
        for name, curve in curves.items():
            problem = self._judge_curve(case, name, curve, losses)
            if problem is not None:
                return problem
        return None

    def _continued(self, case: Case) -> Judgement | None:
        """Each choice needs a network of its own: one that has learned before is no comparison."""
        for function, variant in ((self.activations, read_head), (self.losses, read_loss)):
            step = f"{function}@experiment"
            pair = find_continued(read_networks(case, step), case.seen(step).arrays, variant)
            if pair is not None:
                return refuse_continued(function, *pair)
        return None

    def _judge_curve(
        self, case: Case, name: str, curve: Array, networks: Sequence[FittedNetwork]
    ) -> Judgement | None:
        """Compare a curve with the networks that were trained with its loss, or with all where none is known."""
        own = [network for network in networks if is_trained_with(network.fit, name)] or networks
        other_measure = find_other_measure(self.losses, name, curve, own)
        if other_measure is not None:
            return other_measure
        if not is_curve_of(curve, own):
            problem = _explain_not_reached(self.losses, name, float(curve.ravel()[-1]), own)
            return self._find_unknown(case, self.losses, own) or problem
        best = max(network.accuracy for network in own)
        if name == CROSS_ENTROPY and best < self.learned:
            return self._find_unknown(case, self.losses, own) or self._not_learned(self.losses, {name: best})
        other_head = find_other_head(self.losses, name, curve, own)
        if other_head is not None or any(fit.graph is None for fit in self._fits(case, self.losses)):
            return other_head  # more networks than can be kept: then a part of the epochs is not known
        return find_other_epochs(self.losses, name, curve, own)

    def _find_unknown(self, case: Case, function: str, networks: Sequence[FittedNetwork]) -> Judgement | None:
        """Return the judgement where a function may be right in what no network of these shows; else None.

        More calls of `fit` than can be kept, such as one for each epoch, leave the last networks unknown.
        """
        if not _are_certain(networks):
            return _explain_unknown_rows(function)
        if any(fit.graph is None for fit in self._fits(case, function)):
            return _explain_few_networks(function, len(networks))
        return None

    def _explain_no_network(self, name: str, networks: Sequence[FittedNetwork]) -> Judgement:
        return failed(
            _(
                "None of the {count} networks that {function}() trained has {name} as output activation.",
                count=len(networks),
                function=self.activations,
                name=name,
            ),
            expected=_("a network with {name} at its output", name=name),
            received=_("networks with other outputs"),
        )

    def _implausible(self, accuracies: Mapping[str, float]) -> Judgement | None:
        for name, value in accuracies.items():
            if not np.isfinite(value) or not 0 <= value <= 1:
                return failed(
                    _(
                        "The accuracy for {name} is {value:g}; expected a number from 0 to 1.",
                        name=name,
                        value=value,
                    ),
                    expected=_("numbers from 0 to 1"),
                    received=_("{name}: {value}", name=name, value=write_number(value, "g")),
                )
        return None

    def _too_short(self, curves: Mapping[str, Array]) -> Judgement | None:
        for name, curve in curves.items():
            if curve.size == 1 and np.isfinite(curve).all():
                return failed(
                    _(
                        "The learning curve for {name} is a single number. Train each network for several epochs, "
                        "and return the value of every epoch.",
                        name=name,
                    ),
                    expected=_("a finite value for each epoch"),
                    received=str(curve.ravel().tolist()),
                )
            if curve.size < 2 or not np.isfinite(curve).all():
                return failed(
                    _(
                        "The learning curve for {name} needs a finite value for each epoch. Received: {count} "
                        "values.",
                        name=name,
                        count=curve.size,
                    ),
                    expected=_("a finite value for each epoch"),
                    received=str(curve.ravel()[:6].tolist()),
                )
        return None


def _are_certain(networks: Sequence[FittedNetwork]) -> bool:
    return all(network.is_certain for network in networks)


def _explain_few_networks(function: str, count: int) -> Judgement:
    return not_graded(
        _(
            "Of the networks that {function}() trained, the grader could compute only {count} once more. A person "
            "has to look at it.",
            count=count,
            function=function,
        )
    )


def _explain_unknown_rows(function: str) -> Judgement:
    return not_graded(
        _(
            "The networks that {function}() trained cannot be compared with what it returns: the grader does not "
            "know what was done to the rows before the training. A person has to look at it.",
            function=function,
        )
    )


def _explain_not_reached(function: str, name: str, value: float, networks: Sequence[FittedNetwork]) -> Judgement:
    accuracies = [network.accuracy for network in networks]
    lowest, highest = min(accuracies), max(accuracies)
    message = (
        _(
            "{function}() returns {value:.3f} for {name}, but the network that it trained reaches "
            "{highest:.3f} on the validation data, computed once more from its weights. Return what the trained "
            "network reaches.",
            function=function,
            value=value,
            name=name,
            highest=highest,
        )
        if len(networks) == 1
        else _(
            "{function}() returns {value:.3f} for {name}, but the networks that it trained reach {lowest:.3f} to "
            "{highest:.3f} on the validation data, computed once more from their weights. Return what the trained "
            "networks reach.",
            function=function,
            value=value,
            name=name,
            lowest=lowest,
            highest=highest,
        )
    )
    return failed(message, expected=write_number(highest, ".3f"), received=write_number(value, ".3f"))


def _variant(key: str) -> str:
    """Return the name of a variant as the rubric has it, however it was written as a key."""
    plain = re.sub(r"[^a-z]", "", key.lower())
    names = {"mse": "mse", "meansquarederror": "mse", "cce": "categorical_crossentropy"}
    return {**names, "categoricalcrossentropy": "categorical_crossentropy"}.get(plain, plain)
