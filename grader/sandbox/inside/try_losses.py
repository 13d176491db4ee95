"""Name compiled losses, and try them on fixed batches: their values tell what they compute.

Runs in the process of the submission.
"""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import keras
import numpy as np
from keras.src.losses import ALL_OBJECTS
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.trainers.compile_utils import CompileLoss

from grader.protocol.evidence import LossTrial
from grader.protocol.loss_trial import MAX_ROWS, MAX_UNITS, make_batches, write_labels
from grader.protocol.task import LabelForm
from grader.sandbox.inside.array_store import Store

Array = np.ndarray[Any, Any]

# Short names that Keras accepts for a loss or metric, with the name of its function.
_SHORT_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "cce": "categorical_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
    "acc": "accuracy",
}
# The losses of Keras, as they were before any submission ran: a class may take the name of one of them.
_OF_KERAS = tuple(ALL_OBJECTS)
# Methods with which a model computes a loss by itself.
_OWN_METHODS = {name: getattr(keras.Model, name) for name in ("compute_loss", "train_step")}


class BatchForm(NamedTuple):
    """What the batches of a call of `fit` are like."""

    labels_rank: int = 1  # of class indices or numbers: 1 for (rows,), 2 for (rows, 1)
    rows: int = 32  # the batch size; that of Keras where it is not given
    labels_ranks: Mapping[str | int, int] = MappingProxyType({})  # of several outputs, by name and place


def canonical_name(name: str) -> str:
    """Return the name that a loss or metric has in all of its spellings, such as "mean_squared_error"."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return _SHORT_NAMES.get(snake, snake)


def unwrap_loss(loss: Any) -> Any:
    """Return the only loss in lists, tuples and dicts; these themselves where there is none or more than one."""
    if not isinstance(loss, list | tuple | dict):
        return loss
    leaves = [leaf for leaf in keras.tree.flatten(loss) if leaf is not None]
    return leaves[0] if len(leaves) == 1 else loss


def loss_facts(loss: Any) -> tuple[str, dict[str, Any]]:
    """Return the canonical name of a loss, and its options.

    Args:
        loss: the argument of `compile`: a name, a function, a class, or an object of one, also as the only one in
            a list or dict.

    Returns:
        The name, such as "mean_squared_error"; "" for None, "several" for more than one, "custom" for a function
        or class that is not of Keras. Options by name, such as `from_logits`.
    """
    loss = unwrap_loss(loss)
    if loss is None:
        return "", {}
    if isinstance(loss, str):
        return canonical_name(loss), {}
    if isinstance(loss, list | tuple | dict):
        return "several" if loss else "", {}
    if isinstance(loss, type) and issubclass(loss, keras.losses.Loss):
        loss = loss()
    if isinstance(loss, functools.partial):
        name, options = loss_facts(loss.func)
        return name, {**options, **loss.keywords}
    if type(loss) is LossFunctionWrapper or _is_of_keras(type(loss)):
        if hasattr(loss, "fn"):  # it wraps a function and its options
            return loss_facts(loss.fn)[0], dict(getattr(loss, "_fn_kwargs", {}))
        return canonical_name(type(loss).__name__), {}
    return (canonical_name(loss.__name__) if _is_of_keras(loss) else "custom"), {}


def _is_of_keras(loss: Any) -> bool:
    return any(loss is one for one in _OF_KERAS)


def find_own_methods(model: Any) -> tuple[str, ...]:
    """Return how a model computes a loss by itself: "compute_loss", "train_step", "add_loss"."""
    own = [name for name, method in _OWN_METHODS.items() if getattr(type(model), name, method) is not method]
    layers: Any = getattr(model, "_flatten_layers", list)()
    if any(
        getattr(layer, "_losses", None) and getattr(layer, "activity_regularizer", None) is None
        for layer in layers
    ):
        own.append("add_loss")
    return tuple(own)


def try_loss(
    model: Any,
    sample: np.ndarray[Any, Any],
    output_shape: tuple[int | None, ...],
    fit: BatchForm,
    store: Store,
    loss: Any,
) -> tuple[LossTrial, ...]:
    """Compute the compiled loss of a model for the batches of each form of labels that its outputs allow.

    Args:
        model: a compiled Keras model.
        sample: rows of input, for a loss that looks at them.
        output_shape: of the model, such as (None, 10).
        fit: what the batches of `fit` were like.
        store: gets the values.
        loss: what the model was compiled with for these outputs.
    """
    units = output_shape[-1] if len(output_shape) == 2 else 1
    if len(output_shape) not in {1, 2} or not isinstance(units, int) or not 1 <= units <= MAX_UNITS:
        return ()
    rows = fit.rows if 0 < fit.rows <= MAX_ROWS else BatchForm().rows
    forms: tuple[LabelForm, ...] = ("integers", "one_hot") if units > 1 else ("yes_no", "numbers")
    name, has_method = loss_facts(loss)[0], "compute_loss" in find_own_methods(model)
    if name in {"", "several"} and not has_method:
        return ()
    is_own = name == "custom" or has_method
    x = sample[np.arange(rows) % len(sample)]
    trial = _Trial(model, loss, x, len(output_shape), fit.labels_rank, only_scattered=not is_own)
    settings = keras.config.floatx(), keras.config.epsilon()
    key = len(output_shape), fit.labels_rank, units, rows, *settings
    named = _named_losses.setdefault((loss, key), {}) if not is_own and isinstance(loss, str) else {}
    for form in forms:
        if form not in named:
            named[form] = trial.run(form, units, rows)
    return tuple(named[form].write(form, units, rows, store) for form in forms)


class _Values(NamedTuple):
    """What a loss gave for the batches of one form of labels."""

    values: Array
    swapped: Array  # with labels and outputs in the wrong order; empty where that was not tried
    problem: str

    def write(self, form: LabelForm, units: int, rows: int, store: Store) -> LossTrial:
        """Return this as evidence; its arrays go to `store`."""
        return LossTrial(
            form=form,
            units=units,
            rows=rows,
            ref=store.add(self.values),
            swapped=store.add(self.swapped) if self.swapped.size else "",
            problem=self.problem,
        )


# What losses gave that are compiled by their names: it depends on no model, and each network is described twice.
_named_losses: dict[tuple[str, tuple[object, ...]], dict[LabelForm, _Values]] = {}


def _describe_error(error: Exception) -> str:
    """Return class and message of an exception, without the names of TensorFlow's operations."""
    text = re.sub(r"\{\{.*?\}\}|\[Op:\w+\](?: name:)?", "", str(error))
    return f"{type(error).__name__}: {' '.join(text.split())}"[:300]


class _Trial:
    """The trial of one model's loss."""

    def __init__(
        self,
        model: Any,
        loss: Any,
        x: np.ndarray[Any, Any],
        outputs_rank: int,
        labels_rank: int,
        *,
        only_scattered: bool,
    ) -> None:
        self.model, self.x, self.outputs_rank, self.labels_rank = model, x, outputs_rank, labels_rank
        self.only_scattered = only_scattered
        self.loss: Any = None
        if "compute_loss" not in find_own_methods(model):
            loss = unwrap_loss(loss)
            self.loss = CompileLoss(loss() if isinstance(loss, type) else loss)

    def run(self, form: LabelForm, units: int, rows: int) -> _Values:
        """Compute the loss for all batches of a form of labels; NaN where it raises."""
        batches = make_batches(form, units, rows)
        values: list[float] = []
        swapped: list[float] = []
        problem = ""
        for labels, outputs in batches.pairs(only_scattered=self.only_scattered):
            try:
                values.append(self._compute(write_labels(form, labels, units), outputs))
            except Exception as error:  # noqa: BLE001 - a loss may be the student's own code
                values.append(float("nan"))
                problem = problem or _describe_error(error)
        if not self.only_scattered and self.loss is not None:
            swapped = [self._compute_swapped(form, batches.labels, o) for o in batches.outputs["scattered"]]
        return _Values(np.array(values), np.array(swapped), problem)

    def _compute(self, labels: Any, outputs: Any) -> float:
        """Return the loss as training computes it; the mean where it is not reduced to one number."""
        if self.labels_rank == 2 and labels.ndim == 1:
            labels = labels[:, None]
        y_true, y_pred = keras.ops.convert_to_tensor(labels), self._as_outputs(outputs)
        if self.loss is None:
            value = self.model.compute_loss(x=self.x, y=y_true, y_pred=y_pred, sample_weight=None)
        else:
            value = self.loss(y_true, y_pred)
        return float(np.mean(keras.ops.convert_to_numpy(value)))

    def _compute_swapped(self, form: LabelForm, labels: Any, outputs: Any) -> float:
        """Return the loss with labels and outputs in the wrong order; NaN where it raises."""
        targets = write_labels(form, labels, outputs.shape[-1]).astype(np.float32)
        try:
            value = self.loss(self._as_outputs(outputs), self._as_outputs(targets.reshape(len(targets), -1)))
            return float(np.mean(keras.ops.convert_to_numpy(value)))
        except Exception:  # noqa: BLE001 - as above
            return float("nan")

    def _as_outputs(self, outputs: Any) -> Any:
        return keras.ops.convert_to_tensor(outputs[:, 0] if self.outputs_rank == 1 else outputs)
