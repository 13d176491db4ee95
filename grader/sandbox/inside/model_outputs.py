"""Describe models with several outputs: what belongs to each of these is described as if it were the only one.

Keras takes losses, their weights, metrics and labels for several outputs as a dict by name or as a list by place.
The places are those of the outputs when all dicts, lists and tuples are flattened; keys of a dict are sorted then.
Runs in the process of the submission.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import msgspec
import numpy as np
from keras.src.models.functional import Functional

from grader.protocol.evidence import MAX_OUTPUTS, CompileFacts, GraphFacts, ModelFacts, OutputFacts
from grader.protocol.plan import Describe, TraceInTraining
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.keras_facts import (
    describe,
    describe_compile,
    freeze_outputs,
    is_compiled,
    trace_in_training,
)
from grader.sandbox.inside.model_inputs import OneInput
from grader.sandbox.inside.try_losses import BatchForm, try_loss

Array = np.ndarray[Any, Any]


class Place(NamedTuple):
    """Where an output stands among all outputs of a model."""

    name: str  # "" where it has none
    number: int
    total: int  # outputs that there are

    def choose(self, parts: Any) -> Any:
        """Return what belongs to this output of losses, weights, metrics or labels: of one for all, that."""
        if isinstance(parts, dict):
            return parts.get(self.name)
        if isinstance(parts, list | tuple):
            return parts[self.number] if len(parts) == self.total else None
        return parts


def describe_for(
    step: Describe | TraceInTraining,
    model: Any,
    sample: Array,
    store: Store,
    fit: BatchForm | None,
    one_input: OneInput | None = None,
) -> ModelFacts:
    """Describe a model as a step asks for it.

    Args:
        step: asks for the description.
        model: a Keras model.
        sample: some rows of input, float32 of shape (n, ...).
        store: gets the arrays that the record names.
        fit: what the batches are like that the model was trained on; None where it was not.
        one_input: calls a model with several inputs on rows such as the sample; None for a model with one input.
    """
    if isinstance(step, TraceInTraining):
        return trace_in_training(model, sample, store)
    facts = describe(model, sample, store, fit, one_input)
    if one_input is not None:
        facts = msgspec.structs.replace(facts, inputs=one_input.describe())
    if not step.output_names or not 1 < facts.output_count <= MAX_OUTPUTS or facts.problem:
        return facts
    try:
        outputs = tuple(_describe_outputs(model, one_input or model, sample, store, fit or BatchForm()))
    except Exception as error:  # noqa: BLE001 - any code of the submission may run in a call
        problem = f"{type(error).__name__}: {error}"[:500]
        return msgspec.structs.replace(facts, problem=problem, not_frozen=True)
    return msgspec.structs.replace(facts, outputs=outputs)


def _describe_outputs(model: Any, call: Any, sample: Array, store: Store, fit: BatchForm) -> Sequence[OutputFacts]:
    """Return what belongs to each output. `call`: gives what the model gives for rows such as the sample."""
    answer = call(sample[:2], training=False)
    graphs = freeze_outputs(call, sample, store)
    names = _name_leaves(model, answer)
    if len(graphs) != len(names):
        raise ValueError(f"{len(names)} outputs, but the graph has {len(graphs)}")
    return [
        OutputFacts(
            name=name[:100],
            graph=graph,
            compiled=_describe_loss(model, Place(name, number, len(names)), graph, sample, store, fit),
        )
        for number, (name, graph) in enumerate(zip(names, graphs, strict=True))
    ]


def _describe_loss(
    model: Any, place: Place, graph: GraphFacts, sample: Array, store: Store, fit: BatchForm
) -> CompileFacts | None:
    """Return what of the arguments of `compile` belongs to one output."""
    if not is_compiled(model):
        return None
    loss = place.choose(getattr(model, "loss", None))
    form = BatchForm(fit.labels_ranks.get(place.name or place.number, fit.labels_rank), fit.rows)
    trials = try_loss(model, sample, graph.output_shape, form, store, loss)
    metrics = place.choose(_read_metrics(model))
    facts = describe_compile(
        model, trials, loss, list(metrics) if isinstance(metrics, list | tuple) else [metrics]
    )
    weight = place.choose(getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None))
    number = read_number(weight)
    return msgspec.structs.replace(facts, weight=number, is_weight_unknown=weight is not None and number is None)


def read_number(weight: Any) -> float | None:
    """Return a weight as a number, also that of an array or a variable with one; None for what is none."""
    if weight is None:
        return None
    try:
        values = np.asarray(weight, dtype=np.float64)
    except Exception:  # noqa: BLE001 - it may be any object of the submission
        return None
    return float(values.reshape(())) if values.size == 1 and np.isfinite(values).all() else None


def _read_metrics(model: Any) -> Any:
    return getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None)


def _name_leaves(model: Any, answer: Any) -> list[str]:
    """Return the names of the outputs in an answer of a model, in the order in which Keras flattens them."""
    leaves = keras.tree.flatten(answer)
    if isinstance(answer, dict):
        by_identity = {id(value): str(key) for key, value in answer.items()}
        return [by_identity.get(id(leaf), "") for leaf in leaves]
    names = getattr(model, "output_names", None)
    if isinstance(names, list | tuple) and len(names) == len(leaves):
        return [str(name) for name in names]
    return [""] * len(leaves)


def list_places(model: Any, labels: Any) -> list[Place]:
    """Return the places of the outputs of a model that `fit` is called on; nothing where it has one output.

    A subclassed model that was not called yet says nothing of its outputs: labels and losses do.
    """
    if isinstance(model, Functional):
        structure = getattr(model, "_outputs_struct", None)
        if isinstance(structure, dict):
            names = sorted(map(str, structure))
        else:
            names = [str(name) for name in model.output_names]
    else:
        named = next((part for part in (labels, getattr(model, "loss", None)) if isinstance(part, dict)), None)
        if named is not None:
            names = sorted(map(str, named))
        else:
            names = [""] * (len(labels) if _are_of_outputs(labels) else 1)
    count = len(names) if 1 < len(names) <= MAX_OUTPUTS else 0
    return [Place(name, number, count) for number, name in enumerate(names[:count])]


def _are_of_outputs(labels: Any) -> bool:
    """Return whether labels are a few arrays of one length, and not one list of labels."""
    if not isinstance(labels, list | tuple) or not 1 < len(labels) <= MAX_OUTPUTS:
        return False
    lengths = {len(part) if getattr(part, "shape", None) else -1 for part in labels}
    return len(lengths) == 1 and -1 not in lengths


def add_fitted(facts: ModelFacts, graphs: Sequence[GraphFacts]) -> ModelFacts:
    """Return a description with the frozen graphs of the model as `fit` left it, one for each output."""
    if facts.graph is not None and len(graphs) == 1:
        return msgspec.structs.replace(facts, fitted=graphs[0])
    if facts.outputs and len(graphs) == len(facts.outputs):
        outputs = tuple(
            msgspec.structs.replace(output, fitted=graph)
            for output, graph in zip(facts.outputs, graphs, strict=True)
        )
        return msgspec.structs.replace(facts, outputs=outputs)
    return facts
