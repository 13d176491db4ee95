"""Record every call of `fit`: what it was called with, and the curves that it left.

Runs in the process of the submission, in which it replaces `keras.Model.fit`.
"""

import contextlib
import functools
import inspect
import math
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast

import keras
import msgspec
import numpy as np

from grader.core.row_hashes import MAX_ROWS, row_hashes
from grader.protocol.evidence import FitFacts, GraphFacts, LabelFacts
from grader.sandbox.inside.array_store import Store, curves_of
from grader.sandbox.inside.fitted_weights import FittedWeights
from grader.sandbox.inside.keras_facts import flatten_layers, freeze_model, layer_facts
from grader.sandbox.inside.model_inputs import SeveralInputs
from grader.sandbox.inside.model_outputs import list_places
from grader.sandbox.inside.training_watch import TrainingWatch, find_step, watch_callbacks
from grader.sandbox.inside.try_losses import BatchForm, loss_facts

FIRST_ROWS = 128  # of x, which show what was done to the rows before they were trained on
MAX_FIRST_NUMBERS = 1 << 18  # in these rows; of wider ones, none is recorded
MAX_GRAPHS = 40  # of the networks that one step trains
MAX_GRAPH_BYTES = 32 << 20  # of all of them: those of several steps are replayed together
ReadRows = Callable[[Any], np.ndarray[Any, Any]]  # makes an array of what `fit` gets
_MOST_BATCHES = 500  # of a data set that is looked at for validation rows: it may be endless


@dataclass
class _RecordedFit:
    """One call of `fit`, as far as it has come."""

    facts: FitFacts
    model: Any = None
    batch: BatchForm = field(default_factory=BatchForm)
    row_hashes: np.ndarray[Any, Any] | None = None  # a uint64 for each row of x; None where x is no table
    # A float32 for each of these rows, of y or of the labels of each output; None where they are no labels.
    labels: list[np.ndarray[Any, Any] | None] = field(default_factory=list)
    validation_rows: list[np.ndarray[Any, Any]] = field(default_factory=list)  # likewise, of the validation rows
    history: object = None  # `History.history` of the call, once it has returned
    graph: GraphFacts | None = None  # of the network that it left, its bytes in `FitWatch._graphs`
    first_rows: np.ndarray[Any, Any] | None = None  # of x, where networks are frozen
    finished: bool = False
    evaluates: bool = False  # a callback has evaluated the model
    validations: int = 0  # how often the model was evaluated, by `fit` itself or by a callback
    watch: TrainingWatch = field(default_factory=TrainingWatch)


class FitWatch:
    """Records the calls of `fit` of every Keras model in this process, from its creation on."""

    def __init__(self) -> None:
        """Replace `fit` and `evaluate` of `keras.Model` by functions that record and then call the originals."""
        self._fits: list[_RecordedFit] = []
        self.sample: np.ndarray[Any, Any] | None = (
            None  # rows to trace trained networks with; None: none is frozen
        )
        self.inputs: SeveralInputs | None = None  # of a network that has several
        self._graphs = Store()  # of the networks that the current step has trained so far
        self.fitted = FittedWeights()
        self._running: list[_RecordedFit] = []
        # Paths of the weights that were trainable when a model's training function was traced. Keras uses that
        # function until the model is compiled again.
        self._trained: weakref.WeakKeyDictionary[Any, frozenset[str]] = weakref.WeakKeyDictionary()
        self._batches: weakref.WeakKeyDictionary[Any, BatchForm] = weakref.WeakKeyDictionary()
        original, original_evaluate = keras.Model.fit, keras.Model.evaluate
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, *positional: Any, **named: Any) -> Any:
            read = self._choose_reader(model)
            recorded = _record_call(model, signature, positional, named, read)
            if self.sample is not None:
                recorded.first_rows = _read_first_rows(signature, (model, *positional), named)
            self._fits.append(recorded)
            with contextlib.suppress(Exception):  # a class of the student's may define its own comparison
                self._batches[model] = recorded.batch
                recorded.facts = msgspec.structs.replace(recorded.facts, stale=self._find_stale(model))
            recorded.watch = TrainingWatch(model)
            self._running.append(recorded)
            try:
                result = original(model, *positional, **named)
            finally:
                self._running.pop()
                recorded.watch.end()
            with contextlib.suppress(Exception):
                self.fitted.keep(model)
            with contextlib.suppress(Exception):
                self._trained.setdefault(model, _list_trainable(model))
            with contextlib.suppress(Exception):
                bound = signature.bind(model, *positional, **named)
                recorded.validation_rows += _rows_of_dataset(bound.arguments, read)
            with contextlib.suppress(Exception):
                recorded.graph = self._freeze(model, recorded)
            recorded.history, recorded.finished = _copy_history(getattr(result, "history", None)), True
            return result

        @functools.wraps(original_evaluate)
        def evaluate(model: Any, *positional: Any, **named: Any) -> Any:
            with contextlib.suppress(Exception):
                self._record_evaluation(model, positional, named)
            return original_evaluate(model, *positional, **named)

        keras.Model.fit, keras.Model.evaluate = fit, evaluate
        watch_callbacks(self._find_watch)

    def _find_watch(self, model: Any) -> TrainingWatch | None:
        """Return what watches the innermost `fit` that runs; None where it trains another model."""
        fit = self._running[-1] if self._running else None
        return fit.watch if fit is not None and fit.model is model else None

    def _choose_reader(self, model: Any) -> "ReadRows":
        """Return what makes one array of the rows that a model is trained or validated on."""
        inputs = self.inputs
        return _as_array if inputs is None else lambda x: _as_array(inputs.read_rows(model, x))

    def _freeze(self, model: Any, recorded: _RecordedFit) -> GraphFacts | None:
        """Return the graph of a network that was just trained, where the step asks for it and there is room."""
        size = sum(array.nbytes for array in self._graphs.arrays.values())
        if self.sample is None or size > MAX_GRAPH_BYTES or len(self._graphs.arrays) >= MAX_GRAPHS:
            return None
        row = recorded.facts.x_shape[1:]  # it may be a picture by now
        is_same = math.prod(row) == math.prod(self.sample.shape[1:])
        return freeze_model(model, self.sample.reshape(-1, *row) if row and is_same else self.sample, self._graphs)

    def _record_evaluation(self, model: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Record the rows that a callback evaluates a model on: it watches the training like `fit` itself does.

        `fit` evaluates the model on its validation data by calling the same method.
        """
        fit = self._running[-1] if self._running else None
        if fit is None or fit.model is not model:
            return
        fit.validations += 1
        if fit.evaluates or named.get("_use_cached_eval_dataset"):
            return
        rows = _hash_table(positional[0] if positional else named.get("x"), self._choose_reader(model))
        if rows is not None:
            fit.evaluates = True
            fit.validation_rows.append(rows)
            fit.facts = msgspec.structs.replace(fit.facts, validation="data")

    def batch_form(self, model: Any) -> BatchForm:
        """Return what the batches were like that a model was last trained on; the usual ones where it was not."""
        with contextlib.suppress(Exception):
            return self._batches.get(model, BatchForm())
        return BatchForm()

    def _find_stale(self, model: Any) -> tuple[str, ...]:
        """Return the names of the layers whose `trainable` has changed since the training function was traced.

        Measured with Keras 3.15: that function is traced in the first `fit` after `compile` and goes on changing
        what it changed then. Run eagerly, nothing is traced.
        """
        if model.train_function is None or model.run_eagerly:
            self._trained.pop(model, None)
            return ()
        changed = self._trained.get(model, _list_trainable(model)) ^ _list_trainable(model)
        layers = [layer for layer, _ in flatten_layers(model)]
        return tuple(str(x.name) for x in layers if any(w.path in changed for w in x.weights))[:20]

    def take(self, store: Store, models: Mapping[str, object]) -> tuple[FitFacts, ...]:
        """Return the calls of `fit` since the last time this was called; their arrays go to `store`.

        `models`: by id of a step, what it returned; those that are no models are left out.
        """
        facts = tuple(
            msgspec.structs.replace(
                fit.watch.describe(fit.facts, store),
                model=find_step(fit.model, models),
                rows="" if fit.row_hashes is None else store.add(fit.row_hashes),
                **_store_labels(fit, store),
                validation_rows=store.add(np.concatenate(fit.validation_rows)) if fit.validation_rows else "",
                first_rows=store.add(fit.first_rows)
                if fit.graph is not None and fit.first_rows is not None
                else "",
                finished=fit.finished,
                validations=fit.validations,
                graph=self._move_graph(fit.graph, store),
                curves=curves_of(fit.history, store),
            )
            for fit in self._fits
        )
        self._fits.clear()
        self._graphs = Store()
        self.fitted.end_step()
        return facts

    def _move_graph(self, graph: GraphFacts | None, store: Store) -> GraphFacts | None:
        """Return a graph whose bytes are in `store`."""
        if graph is None:
            return None
        return msgspec.structs.replace(graph, ref=store.add(self._graphs.arrays[graph.ref]))


def _store_labels(fit: _RecordedFit, store: Store) -> dict[str, Any]:
    """Return the fields of a call of `fit` that name its labels; the arrays go to `store`."""
    refs = ["" if labels is None else store.add(labels) for labels in fit.labels]
    if not fit.facts.outputs:
        return {"labels": refs[0] if refs else ""}
    outputs = zip(fit.facts.outputs, refs or [""] * len(fit.facts.outputs), strict=True)
    return {"outputs": tuple(msgspec.structs.replace(output, labels=ref) for output, ref in outputs)}


def _read_first_rows(
    signature: inspect.Signature, positional: tuple[Any, ...], named: dict[str, Any]
) -> np.ndarray[Any, Any] | None:
    """Return the first rows of x as `fit` gets them; None where they are no table of numbers."""
    with contextlib.suppress(Exception):  # fit may be called with anything
        rows = _as_array(signature.bind(*positional, **named).arguments.get("x"))[:FIRST_ROWS]
        if rows.dtype.kind in "biuf" and rows.size <= MAX_FIRST_NUMBERS:
            return rows.astype(np.float32)
    return None


def _copy_history(history: Any) -> Any:
    """Return what a call of `fit` left, as it is now: whoever gets the History may change it."""
    with contextlib.suppress(Exception):
        return {key: list(values) for key, values in history.items()}
    return history


def _as_array(rows: Any) -> np.ndarray[Any, Any]:
    """Return rows as an array; one without axes for a data set or generator, which may look like a list.

    Keras takes the array of a network's only input, or output, in a list, tuple or dict as well.
    """
    if isinstance(rows, list | tuple | dict) and len(rows) == 1:
        only = next(iter(rows.values() if isinstance(rows, dict) else rows))
        rows = only if hasattr(only, "__array__") else rows
    is_array = isinstance(rows, list | tuple) or hasattr(rows, "__array__")
    return np.asarray(rows if is_array else None)


def _hash_table(x: Any, read: ReadRows) -> np.ndarray[Any, Any] | None:
    """Return the hashes of the rows of a table; None where they tell nothing.

    Rows of a single number cannot be distinguished: their hashes ignore scale.
    """
    table = read(x)
    return row_hashes(table) if table.dtype.kind in "biuf" and table.ndim > 1 and table.size > len(table) else None


def _read_labels(y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Return one number for each row of y, a column or a table of one-hot rows; None for any other y."""
    if y.dtype.kind not in "biuf" or y.ndim not in {1, 2} or not y.size:
        return None
    first = y[:MAX_ROWS].reshape(min(len(y), MAX_ROWS), -1)
    return (first[:, 0] if first.shape[1] == 1 else first.argmax(axis=1)).astype(np.float32)


def _rows_of_dataset(arguments: Mapping[str, Any], read: ReadRows) -> list[np.ndarray[Any, Any]]:
    """Return the hashes of the validation rows where these came as a data set of TensorFlow."""
    import tensorflow as tf

    data = arguments.get("validation_data")
    if not isinstance(data, tf.data.Dataset):
        return []
    hashes = [_hash_table(batch[0], read) for batch in data.take(_MOST_BATCHES)]
    return [rows for rows in hashes if rows is not None]


def _list_trainable(model: Any) -> frozenset[str]:
    return frozenset(weight.path for weight in model.trainable_variables)


def _range(x: np.ndarray[Any, Any]) -> tuple[float, float] | None:
    # JSON has no NaN: a range with one would make this evidence unreadable.
    if x.size == 0 or x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        return None
    return float(x.min()), float(x.max())


def _share_seen(validation_data: Any, rows: np.ndarray[Any, Any] | None, read: ReadRows) -> float:
    """Return the share of the validation rows that are training rows too; 0 where that cannot be determined.

    Args:
        validation_data: the argument of `fit`.
        rows: hashes of the training rows.
        read: makes an array of rows.
    """
    if rows is None or not isinstance(validation_data, list | tuple) or not validation_data:
        return 0.0
    validation_rows = _hash_table(validation_data[0], read)
    return (
        0.0
        if validation_rows is None or not len(validation_rows)
        else float(np.isin(validation_rows, rows).mean())
    )


def _find_validation_rows(
    arguments: Mapping[str, Any], rows: np.ndarray[Any, Any] | None, read: ReadRows
) -> np.ndarray[Any, Any] | None:
    """Return the hashes of the rows that `fit` is to validate on; None where they are not known yet.

    `rows`: hashes of x, where they tell rows apart. Keras splits off its last rows (`train_validation_split`).
    `read`: makes an array of rows.
    """
    data, share = arguments.get("validation_data"), arguments.get("validation_split")
    if isinstance(data, list | tuple) and data:
        return _hash_table(data[0], read)
    if data is None and share and rows is not None:
        return rows[math.floor(len(rows) * (1.0 - float(share))) :]
    return None


def _find_batch_form(arguments: Mapping[str, Any], y: np.ndarray[Any, Any]) -> BatchForm:
    """Return what the batches of a call of `fit` are like."""
    spec = getattr(arguments.get("x"), "element_spec", None)  # of a data set of TensorFlow
    if isinstance(spec, tuple) and len(spec) > 1 and getattr(spec[1], "shape", None) is not None:
        shape = spec[1].shape
        return BatchForm(shape.rank or 1, int(shape[0] or 32) if shape.rank else 32)
    size = int(arguments.get("batch_size") or 32)
    return BatchForm(min(y.ndim, 2), min(size, len(y))) if y.ndim and len(y) else BatchForm(rows=size)


class _LabelsOfOutput(NamedTuple):
    """The labels that `fit` got for one of several outputs."""

    facts: LabelFacts
    labels: np.ndarray[Any, Any]  # without axes where they are no array


def _find_outputs(model: Any, y: Any) -> list[_LabelsOfOutput]:
    """Return the labels for each output of a model; nothing where it has one."""
    outputs = []
    for place in list_places(model, y):
        labels = _as_array(place.choose(y) if isinstance(y, dict | list | tuple) else None)
        loss, options = loss_facts(place.choose(getattr(model, "loss", None)))
        facts = LabelFacts(
            name=place.name[:100],
            loss=loss,
            from_logits=bool(options.get("from_logits")),
            y_shape=labels.shape,
            y_dtype=str(labels.dtype),
            y_range=_range(labels),
        )
        outputs.append(_LabelsOfOutput(facts, labels))
    return outputs


def _record_call(
    model: Any,
    signature: inspect.Signature,
    positional: tuple[Any, ...],
    named: dict[str, Any],
    read: ReadRows,
) -> _RecordedFit:
    """Record the arguments of a call of `fit`; nothing of one whose arguments cannot be read.

    `read`: makes an array of rows.
    """
    try:
        arguments = signature.bind(model, *positional, **named).arguments
        x = read(arguments.get("x"))
        outputs = _find_outputs(model, arguments.get("y"))
        y = _as_array(None if outputs else arguments.get("y"))
        activations = [layer_facts(layer, "").activation for layer, _ in flatten_layers(model)]
        validation = "data" if arguments.get("validation_data") is not None else ""
        rows = row_hashes(x) if x.dtype.kind in "biuf" and x.ndim > 1 else None
        loss, options = loss_facts(getattr(model, "loss", None))
        facts = FitFacts(
            head=next((name for name in reversed(activations) if name), None),
            loss=loss,
            from_logits=bool(options.get("from_logits")),
            x_shape=x.shape,
            x_range=_range(x),
            x_finite=x.dtype.kind not in "f" or bool(np.isfinite(x).all()),
            x_dtype=str(x.dtype),
            y_shape=y.shape,
            y_dtype=str(y.dtype),
            y_range=_range(y),
            epochs=int(arguments.get("epochs", 1)),
            validation=cast(
                "Literal['', 'data', 'split']",
                validation or ("split" if arguments.get("validation_split") else ""),
            ),
            validation_seen=_share_seen(arguments.get("validation_data"), rows, read),
            weighted=any(arguments.get(name) is not None for name in ("class_weight", "sample_weight")),
            outputs=tuple(output.facts for output in outputs),
        )
        batch = _find_batch_form(arguments, outputs[0].labels if outputs else y)
        ranks = {key: min(o.labels.ndim, 2) for place, o in enumerate(outputs) for key in (place, o.facts.name)}
        validation_rows = _find_validation_rows(arguments, _hash_table(x, _as_array), read)
        return _RecordedFit(
            facts,
            model=model,
            batch=batch._replace(labels_ranks=ranks),
            row_hashes=rows,
            labels=[_read_labels(one) for one in ([o.labels for o in outputs] or [y])] if rows is not None else [],
            validation_rows=[] if validation_rows is None else [validation_rows],
        )
    except Exception:  # noqa: BLE001 - fit may be called with anything; Keras itself will report errors
        return _RecordedFit(FitFacts(), model=model)
