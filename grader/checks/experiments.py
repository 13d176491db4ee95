"""Checks of experiments: networks trained anew under different settings, and what came of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.base import (
    Array,
    Case,
    Check,
    Judgement,
    UnmetError,
    failed,
    is_numeric,
    name_of,
    numbers,
    passed,
)
from grader.evidence import Entries, HistoryValue, Value
from grader.plan import Array as Given
from grader.plan import Call, Step
from grader.text import T


@dataclass(frozen=True)
class Experiments(Check):
    """Output activations compared by validation accuracy, losses compared by learning curves; both really trained.

    >>> Experiments(activations="compare_output_activations", losses="compare_losses")
    """

    activations: str
    losses: str
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
        )
        if problem:
            return problem
        if accuracies["relu"] >= min(accuracies["sigmoid"], accuracies["softmax"]):
            return failed(
                T(
                    "relu as output came out as good as sigmoid or softmax, or better. "
                    "Are the networks otherwise the same, and each trained anew?"
                ),
                expected=T("relu last"),
                received=", ".join(f"{name} {value:.3f}" for name, value in accuracies.items()),
            )
        return passed(
            T(
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
            raise UnmetError(
                failed(
                    T(
                        "{function}() has to return a dict with the keys {names}. Received: {received}.",
                        function=function,
                        names=", ".join(names),
                        received=name_of(value),
                    ),
                    expected=", ".join(names),
                    received=T("without {names}", names=", ".join(lacking)),
                )
            )
        return {name: _curve(entries[name], arrays, function, name) for name in names}

    def _not_trained(self, case: Case, function: str, networks: int) -> Judgement | None:
        fits = [fit for fit in case.seen(f"{function}@experiment").evidence.fits if fit.finished]
        if len(fits) >= networks:
            return None
        return failed(
            T(
                "{function}() has to train {networks} networks. Calls of fit seen: {fits}.",
                function=function,
                networks=networks,
                fits=len(fits),
            ),
            expected=T("{networks} trainings", networks=networks),
            received=T("{networks} trainings", networks=len(fits)),
        )

    def _implausible(self, accuracies: Mapping[str, float]) -> Judgement | None:
        for name, value in accuracies.items():
            if not np.isfinite(value) or not 0 <= value <= 1:
                return failed(
                    T(
                        "The accuracy for {name} is {value:g}; expected a number from 0 to 1.",
                        name=name,
                        value=value,
                    ),
                    expected=T("numbers from 0 to 1"),
                    received=f"{name}: {value:g}",
                )
        return None

    def _too_short(self, curves: Mapping[str, Array]) -> Judgement | None:
        for name, curve in curves.items():
            if curve.size < 2 or not np.isfinite(curve).all():
                return failed(
                    T(
                        "The learning curve for {name} needs a finite value for each epoch. Received: {count} "
                        "values.",
                        name=name,
                        count=curve.size,
                    ),
                    expected=T("a finite value for each epoch"),
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
        raise UnmetError(
            failed(
                T("{function}() gives no numbers for {name}.", function=function, name=name),
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
