"""Checks of what the outputs of a network have in common: names, the trunk, the balance of their losses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Range
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.losses import compute_loss
from grader.evidence.network import Model, read_network
from grader.evidence.outputs import assign_outputs, list_views
from grader.protocol.evidence import CompileFacts, ModelFacts, NodeFacts
from grader.protocol.task import Task
from grader.rubric.checks.networks.output_and_loss import read_last_compiled
from grader.rubric.checks.networks.own_loss import explain_not_compiled
from grader.rubric.checks.networks.single import NetworkCheck, count_outputs, require_certified


@dataclass(frozen=True)
class OfAllOutputs(NetworkCheck):
    """Base class of checks that look at all outputs of a network."""

    kinds = frozenset({"several"})

    def held_back(self) -> tuple[str, ...]:
        """Return the rows that the graphs are replayed on."""
        return (self.training.array("x_test"),)

    def _read_facts(self, case: Case) -> ModelFacts | None:
        model = read_network(case, self.training, case.seeds[0]).before
        return model.facts if model is not None else None

    def _name_outputs(self) -> str:
        return ", ".join(output.name for output in self.training.outputs)


@dataclass(frozen=True)
class NamedOutputs(OfAllOutputs):
    """The network has the outputs of its training, with these names, and as many numbers in each as it needs.

    Subclassed models that return a tuple have no names: the order of the outputs is enough there.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> NamedOutputs(Training(outputs=(PRICE, KIND)))
    """

    topics = frozenset({"architecture"})

    def judge(self, case: Case) -> Judgement:
        """Judge by names and shapes of the frozen graph."""
        views = list_views(case, self.training)
        for view in views:
            require_certified(view, self.training, after=False)
        facts = self._read_facts(case)
        assert facts is not None
        return self._judge_count(facts) or self._judge_widths(views) or self._judge_names(facts)

    def _judge_count(self, facts: ModelFacts) -> Judgement | None:
        if len(facts.outputs) == len(self.training.outputs):
            return None
        return failed(
            _(
                "The network has {count} outputs, but these are expected: {names}. Give keras.Model one for each; "
                "Sequential has a single one, that of its last layer.",
                count=len(facts.outputs),
                names=self._name_outputs(),
            ),
            expected=self._name_outputs(),
            received=_("{count} outputs", count=len(facts.outputs)),
            blocks=False,
        )

    def _judge_widths(self, views: tuple[Case, ...]) -> Judgement | None:
        for view, output in zip(views, self.training.outputs, strict=True):
            model = read_network(view, self.training, view.seeds[0]).before
            units = count_outputs(model) if model is not None else None
            task = output.task
            expected = 1 if task.kind == "regression" else task.classes
            if units == expected or (task.classes == 2 and units == 1):
                continue
            shape = str(model.output_shape) if model is not None else ""
            message = _(
                "Output {output} gives the shape {shape}; {units} numbers for each row are expected, one for each "
                "class.",
                output=output.name,
                shape=shape,
                units=expected,
            )
            if task.kind == "regression":
                message = _(
                    "Output {output} gives the shape {shape}; a single number for each row is expected: Dense(1).",
                    output=output.name,
                    shape=shape,
                )
            return failed(message, expected=f"(None, {expected})", received=shape, blocks=False)
        return None

    def _judge_names(self, facts: ModelFacts) -> Judgement:
        places = assign_outputs(facts, self.training.outputs)
        names = {name: facts.outputs[place].name for name, place in places.items()}
        wrong = {expected: name for expected, name in names.items() if expected != name}
        received = ", ".join(names.values())
        if not any(names.values()):
            in_order = list(places.values()) == sorted(places.values())
            if in_order:
                return passed(
                    _(
                        "The outputs have no names, but come in the right order: {names}.",
                        names=self._name_outputs(),
                    )
                )
            return failed(
                _(
                    "The outputs have no names, so their order tells which is which: {names}. They come in "
                    "another "
                    "order. Return a dict, then no order has to be remembered.",
                    names=self._name_outputs(),
                ),
                expected=self._name_outputs(),
                received=", ".join(sorted(places, key=lambda name: places[name])),
                blocks=False,
            )
        if not wrong:
            return passed(_("The network has the outputs {names}.", names=self._name_outputs()))
        if set(names.values()) == set(names):
            message = _(
                "The names of the outputs are swapped: what has the shape of {expected} is called {received}. "
                "Whoever uses the network takes the one for the other.",
                expected=next(iter(wrong)),
                received=next(iter(wrong.values())),
            )
        else:
            message = _(
                "The outputs are called {received}; {names} are expected. Give the layers of the outputs these "
                'names, as in Dense(1, name="{first}"), or give keras.Model a dict of outputs.',
                received=received,
                names=self._name_outputs(),
                first=self.training.outputs[0].name,
            )
        return failed(message, expected=self._name_outputs(), received=received, blocks=False)


@dataclass(frozen=True)
class SharedTrunk(OfAllOutputs):
    """All outputs are computed from the same trained layers, and what each of them learns goes back into these.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> SharedTrunk(Training(outputs=(PRICE, KIND)))
    """

    topics = frozenset({"architecture"})

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph: which kernels lie on the way to every output."""
        views = list_views(case, self.training)
        models = [require_certified(view, self.training, after=False) for view in views]
        ways = [self._find_ways(view, model) for view, model in zip(views, models, strict=True)]
        shared = set.intersection(*(set(way) for way, _learning in ways))
        if not shared:
            return _refuse_trunk(self._explain_apart([set(way) for way, _learning in ways]))
        learning = set.intersection(*(set(learning) for _way, learning in ways))
        if not learning:
            return _refuse_trunk(
                _(
                    "The outputs share layers, but stop_gradient keeps one of them from teaching these: no "
                    "gradient of its loss gets there. Remove stop_gradient."
                )
            )
        shapes = ", ".join("×".join(map(str, ways[0][0][node].shape)) for node in ways[0][0] if node in learning)
        if self._is_frozen(views, learning):
            return _refuse_trunk(
                _(
                    "The outputs share layers ({shapes}), but training left these as they were. Are they set to "
                    "trainable=False?",
                    shapes=shapes,
                )
            )
        return passed(_("All outputs are computed from the same layers; their kernels: {shapes}.", shapes=shapes))

    def _explain_apart(self, ways: list[set[str]]) -> Words:
        fewest = min(range(len(ways)), key=lambda number: len(ways[number]))
        name = self.training.outputs[fewest].name
        if len(ways[fewest]) == 1 and max(map(len, ways)) > 1:
            return _(
                "Output {output} hangs on the input itself, not on the layers that the others are computed from. "
                "Call its layer on what the last shared layer gives.",
                output=name,
            )
        return _(
            "No layer is used by all outputs: these are separate networks in one model. Let the first layers be "
            "the same for all outputs, so that what one output learns helps the others."
        )

    def _find_ways(self, view: Case, model: Model) -> tuple[dict[str, Array], set[str]]:
        """Return the kernels that an output depends on by their nodes, and those that its gradient reaches."""
        assert model.graph is not None
        kernels = dict(model.graph.kernels)
        replay = view.replays[self.training.model(view.seeds[0])]
        assert model.facts.graph is not None
        reached = _walk_back(replay.evidence.nodes, model.facts.graph.output_node)
        return kernels, {node for node in kernels if node in reached}

    def _is_frozen(self, views: tuple[Case, ...], nodes: set[str]) -> bool:
        """Return whether a training left all kernels at some nodes as they were; not so without a training."""
        network = read_network(views[0], self.training, views[0].seeds[0])
        if network.before is None or network.after is None or network.before.graph is None:
            return False
        if network.after.graph is None:
            return False
        before = [kernel for node, kernel in network.before.graph.kernels if node in nodes]
        after = [kernel for _node, kernel in network.after.graph.kernels]
        moved_any = not all(any(np.array_equal(a, b) for b in after) for _n, a in network.before.graph.kernels)
        return moved_any and all(any(np.array_equal(a, b) for b in after) for a in before)


def _refuse_trunk(message: Words) -> Judgement:
    return failed(
        message,
        expected=_("layers that all outputs are computed from, and teach"),
        received=_("no such layers"),
        blocks=False,
    )


def _walk_back(nodes: tuple[NodeFacts, ...], output: str) -> set[str]:
    """Return the nodes that an output is computed from, without those that only stop_gradient leads to."""
    by_name = {node.name: node for node in nodes}
    reached: set[str] = set()
    unvisited = [output.split(":", maxsplit=1)[0]]
    while unvisited:
        node = by_name.get(unvisited.pop())
        if node is None or node.name in reached:
            continue
        reached.add(node.name)
        if node.op != "StopGradient":
            unvisited += node.inputs
    return reached


@dataclass(frozen=True)
class BalancedLosses(OfAllOutputs):
    """The loss of each output counts: none has the weight 0, and none drowns the others.

    The losses are compared as they are for the best answer that is the same for all rows, each times its weight in
    `loss_weights`: the largest is at most `most` times the smallest. A loss that the grader has no formula for is
    not compared.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> BalancedLosses(Training(outputs=(PRICE, KIND)), most=20.0)
    """

    topics = frozenset({"training"})
    most: Annotated[float, Range(_("from 1 to a million"), low=1.0, high=1e6)]

    def judge(self, case: Case) -> Judgement:
        """Judge by what the network was compiled with when it was trained."""
        losses = [self._read_loss(view) for view in list_views(case, self.training)]
        for name, weight, _value in losses:
            if weight is not None and weight <= 0:
                return _refuse_weight(name, weight)
        weighted = {
            name: value * (1.0 if weight is None else weight)
            for name, weight, value in losses
            if value is not None
        }
        written = ", ".join(f"{name}: {1.0 if weight is None else weight:g}" for name, weight, _value in losses)
        if len(weighted) < len(losses):
            return passed(_("The loss of each output counts; weights: {weights}.", weights=written))
        largest, smallest = max(weighted, key=_by(weighted)), min(weighted, key=_by(weighted))
        ratio = weighted[largest] / weighted[smallest]
        sizes = ", ".join(f"{name} {value:.3g}" for name, value in weighted.items())
        if ratio <= self.most:
            return passed(
                _(
                    "The losses are about the same size. For the best answer that is the same for all rows, times "
                    "the weights: {sizes}.",
                    sizes=sizes,
                ),
                received=sizes,
            )
        return failed(
            _(
                "The loss of {largest} drowns that of {smallest}: it is {ratio:.0f} times as large (for the best "
                "answer that is the same for all rows, times the weights: {sizes}). So the shared layers hardly "
                "learn for {smallest}. Choose loss_weights that make both about the same size.",
                largest=largest,
                smallest=smallest,
                ratio=ratio,
                sizes=sizes,
            ),
            expected=_("at most {most:g} times", most=self.most),
            received=_("{ratio:.0f} times", ratio=ratio),
            blocks=False,
        )

    def _read_loss(self, view: Case) -> tuple[str, float | None, float | None]:
        """Return name and weight of an output's loss, and its value for one answer to all rows, if it is known."""
        model = require_certified(view, self.training, after=False)
        _step, compiled = read_last_compiled(view, self.training, model)
        if compiled is not None and compiled.own_methods:
            raise PreconditionFailedError(_explain_own_methods(compiled))
        if compiled is None or not compiled.loss:
            raise PreconditionFailedError(_explain_no_loss(view.output, compiled))
        labels = view.inside[self.training.array("y_train")]
        return view.output, compiled.weight, _compute_loss_of_constant(compiled, view.task, labels)


def _by(values: Mapping[str, float]) -> Callable[[str], float]:
    return lambda name: values[name]


def _compute_loss_of_constant(compiled: CompileFacts, task: Task, labels: Array) -> float | None:
    """Return a loss for the best answer that is the same for all rows; None for one that is not known."""
    if task.kind == "regression":
        answer = np.array([np.median(labels) if compiled.loss == "mean_absolute_error" else labels.mean()])
    elif compiled.loss == "binary_crossentropy" and task.classes == 2:
        answer = np.array([labels.mean()])
    else:
        answer = np.bincount(labels.astype(int), minlength=task.classes) / len(labels)
    outputs = np.tile(answer, (len(labels), 1))
    if task.kind == "regression" and "crossentropy" in compiled.loss:
        return None
    # These are shares, whatever the network gives.
    value = compute_loss(compiled.loss, outputs, labels, from_logits=False, smoothing=compiled.label_smoothing)
    return value if value is not None and np.isfinite(value) and value > 0 else None


def _refuse_weight(name: str, weight: float) -> Judgement:
    message = _(
        "The loss of {output} has the weight 0: nothing is learned for this output, it stays as random as it "
        "began.",
        output=name,
    )
    if weight < 0:
        message = _(
            "The loss of {output} has the weight {weight:g}: training makes it larger, so the network learns to "
            "be wrong.",
            output=name,
            weight=weight,
        )
    return failed(
        message,
        expected=_("weights above 0"),
        received=_("{name}: {value}", name=name, value=write_number(weight, "g")),
        blocks=False,
    )


def _explain_own_methods(compiled: CompileFacts) -> Judgement:
    return not_graded(
        _(
            "The model computes its loss by itself, in {method}, which the grader cannot try. A person has to "
            "look at it.",
            method=", ".join(compiled.own_methods),
        )
    )


def _explain_no_loss(name: str, compiled: CompileFacts | None) -> Judgement:
    if compiled is None:
        return replace(explain_not_compiled(), blocks=False)
    return failed(
        _(
            "compile has no loss for the output {output}: nothing is learned for it. Pass one loss for each "
            "output.",
            output=name,
        ),
        expected=_("a loss for each output"),
        received=_("none for {output}", output=name),
        blocks=False,
    )
