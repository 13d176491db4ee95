"""Checks of experiments: networks trained anew under different settings, and what came of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, FitFacts, HistoryValue, Value
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import Call, Step
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.single import HELD_OUT_ROWS_SEEN
from grader.rubric.checks.networks.validation_rows import MAX_SHARE_SEEN

_CROSS_ENTROPY = "categorical_crossentropy"
_ROUNDING = 0.02  # accuracies that people round, or measure again


@dataclass(frozen=True)
class Experiments(Check):
    """Output activations compared by validation accuracy, losses compared by learning curves; both really trained.

    `activations(x_train, y_train, x_val, y_val)` and `losses(...)` are the functions that do so, on one-hot
    labels. `learned`: the accuracy that says that a network has learned something: far above chance, far below
    what any honest training reaches.

    >>> Experiments(activations="compare_output_activations", losses="compare_losses")
    """

    activations: str
    losses: str
    learned: float = 0.3
    limit_seconds: float = 180.0

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call of each experiment, with one-hot labels."""
        arguments = tuple(Given(name=name) for name in ("x_train", "y_train_one_hot", "x_val", "y_val_one_hot"))
        return tuple(
            Call(
                id=f"{f}@experiment",
                function=f,
                arguments=arguments,
                seed=seeds[0],
                limit_seconds=self.limit_seconds,
            )
            for f in (self.activations, self.losses)
        )

    def judge(self, case: Case) -> Judgement:
        """Judge that each variant was trained, that its values are finite, and that relu comes last."""
        names = ("relu", "sigmoid", "softmax")
        accuracies = {}
        for name, value in self._entries(case, self.activations, names).items():
            accuracies[name] = float(value.ravel()[-1])
        curves = self._entries(case, self.losses, ("mse", "categorical_crossentropy"))
        problem = (
            self._not_trained(case, self.activations, 3)
            or self._not_trained(case, self.losses, 2)
            or self._implausible(accuracies)
            or self._too_short(curves)
            or self._another_loss(case)
            or self._validated_on_training(case)
            or self._not_learned(self.activations, {n: a for n, a in accuracies.items() if n != "relu"})
            or self._not_learned(self.losses, {_CROSS_ENTROPY: float(curves[_CROSS_ENTROPY].ravel().max())})
            or self._not_what_fit_said(case, accuracies)
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
        return {name: _curve(entries[name], arrays, function, name) for name in names}

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
            known = fit.loss is not None and fit.loss not in {"", "custom", "several"}
            if known and (fit.from_logits or fit.loss not in {_CROSS_ENTROPY, f"sparse_{_CROSS_ENTROPY}"}):
                received = f"{fit.loss}, from_logits=True" if fit.from_logits else str(fit.loss)
                return failed(
                    _(
                        "{function}() has to train with the loss {expected} each time, so that only the output "
                        "activation differs. Received: {received}.",
                        function=self.activations,
                        expected=_CROSS_ENTROPY,
                        received=received,
                    ),
                    expected=_CROSS_ENTROPY,
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
                    received=f"{value:.3f}",
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
            if seen and not min(seen) - _ROUNDING <= value <= max(seen) + _ROUNDING:
                return failed(
                    _(
                        "The accuracy for {name} is {value:.3f}, but after its last epoch fit measured {seen:.3f} "
                        "on the validation data. Return what the trained network reaches.",
                        name=name,
                        value=value,
                        seen=seen[-2],
                    ),
                    expected=f"{seen[-2]:.3f}",
                    received=f"{value:.3f}",
                )
        return None

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
                    received=f"{name}: {value:g}",
                )
        return None

    def _too_short(self, curves: Mapping[str, Array]) -> Judgement | None:
        for name, curve in curves.items():
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


def _curve(value: Value, arrays: Mapping[str, Array], function: str, name: str) -> Array:
    """Return a learning curve: given as a list, as a History, or as a dict of curves."""
    if isinstance(value, HistoryValue):
        refs = value.curves
        chosen = _best_curve(refs)
        curve = arrays[refs[chosen]] if chosen is not None else np.array([])
    elif isinstance(value, Entries):
        entries = dict(value.entries)
        chosen = _best_curve(entries)
        curve = numbers(entries[chosen], arrays, function) if chosen is not None else np.array([])
    else:
        curve = numbers(value, arrays, function)
    if not is_numeric(curve) or curve.size == 0:
        raise PreconditionFailedError(
            failed(
                _("{function}() gives no numbers for {name}.", function=function, name=name),
                received=name_of(value),
            )
        )
    return curve


def _variant(key: str) -> str:
    """Return the name of a variant as the rubric has it, however it was written as a key."""
    plain = re.sub(r"[^a-z]", "", key.lower())
    names = {"mse": "mse", "meansquarederror": "mse", "cce": "categorical_crossentropy"}
    return {**names, "categoricalcrossentropy": "categorical_crossentropy"}.get(plain, plain)


def _best_curve(names: Iterable[str]) -> str | None:
    """Return the curve that tells most: of the accuracy on the validation data, whatever the metric is called."""

    def rank(name: str) -> tuple[bool, bool]:
        return not (name.startswith("val") and "acc" in name), not name.startswith("val")

    return min(names, key=rank, default=None)
