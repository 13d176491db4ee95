"""The evidence that detectors look at: the network of the first seed, its graph, the history of its training."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words
from grader.evidence.case import Case
from grader.evidence.loss_identity import identify_network_loss
from grader.evidence.network import Model, TrainedNetwork, read_network
from grader.evidence.scores import compute_score
from grader.protocol.evidence import CompileFacts, FitFacts, LayerFacts, NodeFacts, TapFacts
from grader.protocol.task import Task
from grader.protocol.training import Training

CROSS_ENTROPIES = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy"})

# A functional model without one of these, with one input and one output, is a chain: its layers stand in order.
_MERGES = frozenset({"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"})
_PASSING = frozenset({"Identity", "Reshape", "Squeeze", "ExpandDims", "Cast", "StopGradient"})
_ACCURACIES = ("accuracy", "acc", "categorical_accuracy", "sparse_categorical_accuracy", "binary_accuracy")
# What an activation can give at least and at most.
_BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, np.inf),
    "exponential": (0.0, np.inf),
    "square": (0.0, np.inf),
    "absolute value": (0.0, np.inf),
    "hard_tanh": (-1.0, 1.0),
    "probability": (0.0, 1.0),
}


@dataclass(frozen=True)
class Explanation:
    """The hint of a detector that found its misconception."""

    text: Words  # what happened, why, and how to mend it
    function: str = ""  # of the submission: to whose criteria the hint belongs; empty where that is not known


@dataclass(frozen=True)
class NetworkView:
    """What the evidence says about one network of a submission, in the terms that detectors need."""

    case: Case
    training: Training

    @property
    def task(self) -> Task:
        """Return what the network has to learn."""
        return self.case.task

    @property
    def seed(self) -> int:
        """Return the seed that is always trained."""
        return self.case.seeds[0]

    @cached_property
    def network(self) -> TrainedNetwork:
        """Return the network of the first seed, before and after training."""
        return read_network(self.case, self.training, self.seed)

    def rows(self, role: str) -> Array | None:
        """Return the exercise's rows or labels of a role, such as `x_train`; None where there are none."""
        name = self.training.array(role)
        return self.case.inside.get(name, self.case.outside.get(name))

    @property
    def model(self) -> Model | None:
        """Return the network as `build_model` returned it."""
        return self.network.before

    @property
    def ignores_input(self) -> bool:
        """Return whether one of several inputs has no effect: that is why the network is poor then."""
        after = self.network.after
        return after is not None and any(map(after.ignores, self.training.inputs))

    @property
    def has_exclusive_classes(self) -> bool:
        """Return whether each row belongs to exactly one of several classes."""
        return self.task.kind == "classification" and self.task.classes > 2

    @property
    def is_binary(self) -> bool:
        """Return whether each row is answered by yes or no, for which one output is enough."""
        return self.task.kind == "classification" and self.task.classes == 2

    @property
    def is_regression(self) -> bool:
        """Return whether the targets are numbers."""
        return self.task.kind == "regression"

    @property
    def expected_units(self) -> int:
        """Return how many outputs there should be; 0 where that is not known."""
        if self.task.kind == "classification":
            return 1 if self.is_binary else self.task.classes
        labels = self.rows("y_train")
        return 0 if labels is None or not self.is_regression else int(labels.shape[1]) if labels.ndim > 1 else 1

    @property
    def usual_loss(self) -> str:
        """Return the name of the loss that an author would take."""
        if self.is_regression:
            return "mean_squared_error"
        if self.is_binary:
            return "binary_crossentropy"
        return "categorical_crossentropy" if self.task.labels == "one_hot" else "sparse_categorical_crossentropy"

    @property
    def usual_activation(self) -> str:
        """Return the activation of the output that an author would take for classes."""
        return "sigmoid" if self.is_binary else "softmax"

    # The network.

    @property
    def chain(self) -> tuple[LayerFacts, ...]:
        """Return the layers in the order in which they compute; nothing where that order is not known."""
        facts = self.model.facts if self.model is not None else None
        if facts is None or facts.style == "subclassed" or any(layer.kind in _MERGES for layer in facts.layers):
            return ()
        if self.case.output:
            return ()  # the ways to the outputs part somewhere
        return facts.layers

    @cached_property
    def output_activation(self) -> str:
        """Return the activation of the output: what the graph computes, else what the layers claim."""
        if self.model is not None and self.model.graph is not None:
            return self.model.output_activation
        return next((layer.activation for layer in reversed(self.chain) if layer.activation), "other")

    @property
    def stacked(self) -> tuple[str, ...]:
        """Return the activations at the output where two or more stand right behind one another, first to last."""
        return self.model.stacked if self.model is not None else ()

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Return the shape of the output, () where it is not known."""
        facts = self.model.facts if self.model is not None else None
        if facts is not None and facts.graph is not None:
            return facts.graph.output_shape
        if facts is not None and facts.output_count != 1:
            return ()
        return (self.chain[-1].output_shape or ()) if self.chain else ()

    @property
    def units(self) -> int | None:
        """Return how many numbers come out for one row."""
        return self.output_shape[-1] if len(self.output_shape) == 2 else None

    @property
    def compiled(self) -> CompileFacts | None:
        """Return what the network was compiled with when `build_model` returned it."""
        return self.model.facts.compiled if self.model is not None else None

    @cached_property
    def loss(self) -> tuple[str, bool]:
        """Return canonical name and `from_logits` of the loss; an empty name where there is none."""
        if self.compiled is None:
            return "", False
        after = self.network.after.facts.compiled if self.network.after is not None else None
        step = self.training.model(self.seed) if after is None else self.training.trained(self.seed)
        loss = identify_network_loss(self.case, self.training, step, after or self.compiled)
        return loss.name, loss.from_logits

    @property
    def is_output_unfit(self) -> bool:
        """Return whether the output itself keeps the network from learning: then nothing else explains that."""
        loss, from_logits = self.loss
        if self.model is not None and self.model.is_constant:
            return True
        if self.is_regression:
            return self.unreachable_targets is not None or loss in CROSS_ENTROPIES | {"binary_crossentropy"}
        unfit = CROSS_ENTROPIES | ({"binary_crossentropy"} if self.is_binary else set())
        activation = self.output_activation
        return activation == "relu" or (activation == "linear" and loss in unfit and not from_logits)

    @property
    def unreachable_targets(self) -> tuple[float, float] | None:
        """Return smallest and largest target of a regression where the output cannot give them all."""
        low, high = self.output_bounds
        label_range = self.fit.y_range if self.fit is not None else None
        labels = self.rows("y_train")
        if label_range is None and labels is not None and labels.size and labels.dtype.kind in "biuf":
            label_range = float(labels.min()), float(labels.max())
        if not self.is_regression or label_range is None or (label_range[0] >= low and label_range[1] <= high):
            return None
        return label_range

    @property
    def output_bounds(self) -> tuple[float, float]:
        """Return what the output's activation can give at least and at most."""
        return _BOUNDS.get(self.output_activation, (-np.inf, np.inf))

    @property
    def kernels(self) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Return the kernels before and after training, from input to output; empty where there is no graph."""
        graphs = [m.graph if m is not None else None for m in (self.network.before, self.network.after)]
        before, after = (tuple(kernel for _, kernel in g.kernels) if g is not None else () for g in graphs)
        return before, after

    # The graph.

    @cached_property
    def nodes(self) -> Mapping[str, NodeFacts]:
        """Return the nodes of the graph; none where it was not replayed."""
        if self.model is None or self.model.graph is None:
            return {}
        return {node.name: node for node in self.case.replays[self.training.model(self.seed)].evidence.nodes}

    def computing_node(self, name: str) -> NodeFacts | None:
        """Return the node of this name or, where it only passes its input on, the one before it that computes."""
        node = self.nodes.get(name)
        for _ in range(len(self.nodes)):
            if node is None or node.op not in _PASSING or not node.inputs:
                return node
            node = self.nodes.get(node.inputs[0])
        return None

    def constant_value(self, name: str) -> float | None:
        """Return the number that a node holds, None where it holds none or more than one."""
        node = self.computing_node(name)
        replayed = self.case.replays[self.training.model(self.seed)]
        ref = replayed.evidence.constants.get(node.name) if node is not None else None
        value = replayed.arrays[ref] if ref is not None else None
        return (
            float(value.reshape(-1)[0])
            if value is not None and value.size == 1 and value.dtype.kind in "iuf"
            else None
        )

    def taps(self, *operations: str) -> tuple[TapFacts, ...]:
        """Return statistics of the hidden activations of these operations after training.

        A sigmoid or tanh that something is multiplied with or added to is a part of swish or gelu: large values
        are no saturation there.
        """
        replayed = self.case.replays.get(self.training.trained(self.seed))
        after = self.network.after
        if replayed is None or after is None or after.graph is None or after.facts.graph is None:
            return ()
        nodes = {node.name: node for node in replayed.evidence.nodes}
        readers: dict[str, set[str]] = {}
        for node in nodes.values():
            for source in node.inputs:
                readers.setdefault(source, set()).add(node.op)
        return tuple(
            tap
            for tap in replayed.evidence.taps
            if nodes[tap.node].op in operations
            and not readers.get(tap.node, set()) & {"Mul", "Add", "AddV2"}
            and not _is_output(tap.node, after.facts.graph.output_node.split(":")[0], nodes)
        )

    # The training.

    @property
    def fit(self) -> FitFacts | None:
        """Return the call of `fit` that counts, else another one of this network, that was given arrays."""
        calls = [self.network.last_fit, *reversed(self.network.training_fits)]
        return next((fit for fit in calls if fit is not None and fit.x_shape), None)

    @property
    def validated_rows(self) -> int:
        """Return how many rows the last call of `fit` was validated on; where it is not known, those of y_val."""
        labels, fit = self.rows("y_val"), self.network.last_fit
        step = self.case.steps.get(self.training.fitted(self.seed))
        hashes = step.arrays.get(fit.validation_rows) if step is not None and fit is not None else None
        if hashes is not None and hashes.size:
            return int(hashes.size)
        return len(labels) if labels is not None else 0

    def curve(self, name: str) -> Array:
        """Return a curve of the history, empty where there is none. `accuracy` is known by its other names too."""
        prefix = "val_" if name.startswith("val_") else ""
        names = [prefix + n for n in _ACCURACIES] if name.endswith("accuracy") else [name]
        values = next((self.network.curves[n] for n in names if n in self.network.curves), [])
        return np.asarray(values, dtype=np.float64)

    @cached_property
    def validation_score(self) -> float | None:
        """Return accuracy or R² of the trained graph on the validation rows, else the accuracy of the history."""
        if self.rows("y_val") is None:
            return None
        if self.network.after is not None and "x_val" in self.network.after.outputs:
            return compute_score(self.network.after, self.case, self.training, "x_val")
        if self.task.kind != "classification":
            return None
        curve = self.curve("val_accuracy")
        return float(curve[-1]) if curve.size and np.isfinite(curve[-1]) else None


def _is_output(tap: str, output: str, nodes: Mapping[str, NodeFacts]) -> bool:
    while output in nodes and nodes[output].op in _PASSING and nodes[output].inputs and output != tap:
        output = nodes[output].inputs[0]
    return output == tap
