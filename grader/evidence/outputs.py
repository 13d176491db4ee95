"""Show one of several outputs of a network as if it were the only one.

A case that shows one output has the labels, the loss, the curves and the graph that belong to it under the names
that these have for a network with a single output. So every check and every reader of evidence works on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.network import is_usable, name_fitted, read_network
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import (
    FitFacts,
    GraphFacts,
    HistoryValue,
    LabelFacts,
    ModelFacts,
    OutputFacts,
    Returned,
)
from grader.protocol.task import Task
from grader.protocol.training import Output, Training, name_labels

_LABELS = ("y_train", "y_val", "y_test")


def list_views(case: Case, training: Training) -> tuple[Case, ...]:
    """Return the cases that show what a training is about: one for each output, else the case itself."""
    if case.whole is not None or not training.outputs:
        return (case,)
    return tuple(show_output(case, training.outputs, output.name) for output in training.outputs)


def can_answer(case: Case, training: Training) -> bool:
    """Return whether the network of the first seed takes the rows of the exercise, and gives each one answer.

    A row gets several, depending on the rows around it, where the network draws random numbers when it predicts.
    """
    if not is_usable(case, training):
        return False
    networks = [read_network(view, training, case.seeds[0]) for view in list_views(case, training)]
    models = [model for network in networks for model in (network.before, network.after)]
    return all(model is None or model.has_one_answer for model in models)


def find_idle_kernels(view: Case, training: Training) -> tuple[Array, ...]:
    """Return the kernels that only one of several outputs uses, if training left all of them as they were.

    Nothing where one has learned, where there are none, and where the weight of its loss is 0, which says it all.
    """
    seed = view.seeds[0]
    network = read_network(view, training, seed)
    before, after = network.before, network.after
    if view.whole is None or before is None or before.graph is None or after is None or after.graph is None:
        return ()
    if after.facts.compiled is not None and after.facts.compiled.weight == 0:
        return ()
    others = [read_network(one, training, seed).before for one in list_views(view.whole, training)]
    shared = [
        node
        for model in others
        if model is not None and model.graph is not None and model is not before
        for node, _kernel in model.graph.kernels
    ]
    own = tuple(kernel for node, kernel in before.graph.kernels if node not in shared)
    unchanged = [any(np.array_equal(kernel, one) for _node, one in after.graph.kernels) for kernel in own]
    return own if all(unchanged) else ()


def name_output(output: str, text: Words) -> Words:
    """Return a sentence with the output in front that it is about."""
    return _("Output {output}: {text}", output=output, text=text)


def show_output(case: Case, outputs: tuple[Output, ...], name: str) -> Case:
    """Return a case in which one of several outputs is the only one; it is made once.

    Args:
        case: the evidence of networks with several outputs.
        outputs: that these should have.
        name: of the output to show.
    """
    return case.once((show_output, outputs, name), lambda: _Projection(case, outputs, name).project())


def list_graphs(facts: ModelFacts, step: str) -> Iterator[tuple[str, GraphFacts]]:
    """Yield the graphs of a description that are replayed, each with the id of its replay. `step`: its id."""
    if facts.graph is not None:
        yield step, facts.graph
    if facts.fitted is not None:
        yield name_fitted(step), facts.fitted
    for number, output in enumerate(facts.outputs):
        name = _name_replay(step, number)
        yield name, output.graph
        if output.fitted is not None:
            yield name_fitted(name), output.fitted


def _name_replay(step: str, number: int) -> str:
    return f"{step}:output:{number}"


def assign_outputs(facts: ModelFacts, expected: Sequence[Output]) -> dict[str, int]:
    """Return the place among the outputs of a model for each of those that it should have, by name.

    An output is taken for the one whose shape it has, then for that whose name it has, then for that at its place:
    a wrong name is one mistake, and not one for each thing that is asked of the output. Where the model has fewer,
    some names are missing.
    """
    count = min(len(expected), len(facts.outputs))
    best = max(
        permutations(range(len(facts.outputs)), count), key=lambda order: _rate(facts.outputs, expected, order)
    )
    return {output.name: number for output, number in zip(expected, best, strict=False)}


def name_as_single(arrays: Mapping[str, Array], output: str) -> dict[str, Array]:
    """Return arrays in which the labels of an output also have the names that those of a single output have."""
    labels = {
        name.removesuffix(name_labels(role, output)) + role: array
        for name, array in arrays.items()
        for role in _LABELS
        if name.endswith(name_labels(role, output))
    }
    return {**arrays, **labels}


def _rate(
    outputs: Sequence[OutputFacts], expected: Sequence[Output], order: Sequence[int]
) -> tuple[int, int, int]:
    """Return how well outputs in an order fit those that are expected; more is better."""
    pairs = [(outputs[number], output) for number, output in zip(order, expected, strict=False)]
    fitting = sum(_has_width(one.graph.output_shape, output.task) for one, output in pairs)
    named = sum(one.name == output.name for one, output in pairs)
    return fitting, named, sum(number == place for place, number in enumerate(order))


def _has_width(shape: tuple[int | None, ...], task: Task) -> bool:
    width = shape[-1] if len(shape) == 2 else 1 if len(shape) == 1 else None
    if task.kind == "regression":
        return width == 1
    return width == task.classes or (task.classes == 2 and width == 1)


class _Projection:
    """What of a case belongs to one output."""

    def __init__(self, case: Case, outputs: tuple[Output, ...], name: str) -> None:
        self.case, self.outputs, self.name = case, outputs, name
        self.places: dict[str, int] = {}  # by id of the step that describes a model: place of the output
        for step, result in case.steps.items():
            facts = result.evidence.model
            place = assign_outputs(facts, outputs).get(name) if facts is not None and facts.outputs else None
            if place is not None:
                self.places[step] = place

    def project(self) -> Case:
        """Return the case that shows the output."""
        steps = {step: self._project_step(step, result) for step, result in self.case.steps.items()}
        task = next(output.task for output in self.outputs if output.name == self.name)
        return replace(
            self.case,
            inside=name_as_single(self.case.inside, self.name),
            outside=name_as_single(self.case.outside, self.name),
            steps=steps,
            replays=self._project_replays(),
            task=task,
            output=self.name,
            whole=self.case,
        )

    def _project_replays(self) -> dict[str, ReplayResult]:
        replays = dict(self.case.replays)
        for step, place in self.places.items():
            source = _name_replay(step, place)
            for name, target in ((source, step), (name_fitted(source), name_fitted(step))):
                if name in replays:
                    replays[target] = replays[name]
        return replays

    def _project_step(self, step: str, result: StepResult) -> StepResult:
        evidence = result.evidence
        if step in self.places and evidence.model is not None:
            output = evidence.model.outputs[self.places[step]]
            model = msgspec.structs.replace(
                evidence.model, graph=output.graph, compiled=output.compiled, fitted=output.fitted, outputs=()
            )
            return StepResult(msgspec.structs.replace(evidence, model=model), result.arrays)
        if evidence.model is not None:  # it has a single output, or none at all: none of those that are expected
            model = msgspec.structs.replace(evidence.model, graph=None, fitted=None)
            return StepResult(msgspec.structs.replace(evidence, model=model), result.arrays)
        outcome = evidence.outcome
        described = self._find_description(step, evidence.fits[-1].model if evidence.fits else "")
        if isinstance(outcome, Returned) and isinstance(outcome.value, HistoryValue):
            curves = self._project_curves(outcome.value.curves, described)
            outcome = msgspec.structs.replace(outcome, value=msgspec.structs.replace(outcome.value, curves=curves))
        fits = tuple(self._project_fit(fit, self._find_description(step, fit.model)) for fit in evidence.fits)
        return StepResult(msgspec.structs.replace(evidence, outcome=outcome, fits=fits), result.arrays)

    def _find_description(self, step: str, model: str) -> str:
        """Return the id of the step that describes the model of a training; "" where there is none."""
        return next((one for one in (f"trained:{step}", f"model:{model}") if one in self.places), "")

    def _project_fit(self, fit: FitFacts, described: str) -> FitFacts:
        labels = LabelFacts()
        if described and len(fit.outputs) > self.places[described]:
            labels = fit.outputs[self.places[described]]
        return msgspec.structs.replace(
            fit,
            loss=labels.loss,
            from_logits=labels.from_logits,
            y_shape=labels.y_shape,
            y_dtype=labels.y_dtype,
            y_range=labels.y_range,
            labels=labels.labels,
            outputs=(),
            curves=self._project_curves(fit.curves, described),
        )

    def _project_curves(self, curves: Mapping[str, str], described: str) -> dict[str, str]:
        """Return the curves of this output, under the names that those of a single output have.

        Keras puts the name of the output before that of the metric. Where it has none, the name of the loss is all
        that tells the losses apart.
        """
        if not described:
            return {}
        facts = self.case.steps[described].evidence.model
        assert facts is not None
        names = [_name_curves(output) for output in facts.outputs]
        own = names[self.places[described]]
        if not own or names.count(own) > 1:
            return {}
        own_curves = {}
        for key, ref in curves.items():
            start = "val_" if key.startswith("val_") else ""
            metric = key.removeprefix(start)
            if metric.startswith(f"{own}_"):
                own_curves[start + metric.removeprefix(f"{own}_")] = ref
        return own_curves


def _name_curves(output: OutputFacts) -> str:
    """Return what the names of an output's curves begin with; "" where that is not known."""
    return output.name or (output.compiled.loss if output.compiled is not None else "")
