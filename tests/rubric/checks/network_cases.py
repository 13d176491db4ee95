"""Cases of exercises with other data than the digits: networks node by node, and what functions returned."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.core.row_hashes import row_hashes
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.replay_rows import list_rows
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import (
    CompileFacts,
    FitFacts,
    GraphFacts,
    HistoryValue,
    ModelValue,
    NoneValue,
    Returned,
)
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.data import Data
from tests.helpers.cases import Net, case, compiled, replace_facts, seen

Recipe = Callable[[Net], object]


@dataclass
class Network:
    """One network of an exercise, before and after its training."""

    training: Training
    data: Data
    after: Recipe
    before: Recipe | None = None
    loss: CompileFacts | None = field(default_factory=compiled)
    y_range: tuple[float, float] | None = (0.0, 1.0)
    claims: Mapping[str, Any] = field(default_factory=dict)

    def net(self, recipe: Recipe) -> Net:
        """Return the graph of a recipe, with its values for the rows of this network."""
        net = Net(1)
        net.inputs = list_rows(self.data.inside, self.data.outside, self.training, Seal())
        net.values[net.x] = dict(net.inputs)
        recipe(net)
        return net

    def left(self, seeds: Sequence[int]) -> tuple[dict[str, StepResult], dict[str, ReplayResult]]:
        """Return what a run would have left: evidence of its steps, and replays of its graphs."""
        steps: dict[str, StepResult] = {}
        replays: dict[str, ReplayResult] = {}
        for seed in seeds:
            for step, recipe in (
                (self.training.model(seed), self.before or self.after),
                (self.training.trained(seed), self.after),
            ):
                net = self.net(recipe)
                steps[step] = seen(step, Returned(value=NoneValue()), {}, model=self.facts(net))
                replays[step] = net.replayed(step)
            built, fitted = self.training.built(seed), self.training.fitted(seed)
            steps[built] = seen(built, Returned(value=ModelValue(type="Sequential")))
            rows = row_hashes(self.data.inside[self.training.array("x_train")])
            fit = FitFacts(loss="", x_shape=(9, 1), y_shape=(9,), y_range=self.y_range, finished=True, rows="rows")
            steps[fitted] = seen(fitted, Returned(value=HistoryValue(curves={})), {"rows": rows}, fits=(fit,))
        return steps, replays

    def facts(self, net: Net) -> Any:
        """Return what the model of a graph claims."""
        width = net.values[net.output]["x_val"].shape[1:]
        features = net.inputs["x_val"].shape[1]
        graph = GraphFacts(
            ref="g",
            input_node="x:0",
            output_node=f"{net.output}:0",
            input_shape=(None, features),
            output_shape=(None, *width),
        )
        return replace_facts(net.facts(), **{"compiled": self.loss, "graph": graph, **self.claims})


def case_of(
    task: Task,
    networks: Sequence[Network],
    calls: Mapping[str, StepResult] | None = None,
    seeds: Sequence[int] = (0,),
) -> Case:
    """Return a case with these networks, and what calls of functions left."""
    steps: dict[str, StepResult] = {}
    replays: dict[str, ReplayResult] = {}
    for network in networks:
        more_steps, more_replays = network.left(seeds)
        steps, replays = steps | more_steps, replays | more_replays
    return case(
        {**steps, **(calls or {})},
        inside=networks[0].data.inside,
        outside=networks[0].data.outside,
        task=task,
        trainings=tuple(network.training for network in networks),
        replays=replays,
        seeds=tuple(seeds),
    )


def weighted(kernel: npt.ArrayLike, bias: npt.ArrayLike, head: str = "") -> Recipe:
    """A recipe: one Dense layer with these weights."""

    def make(net: Net) -> str:
        product = net.kernel(net.x, np.asarray(kernel, dtype=np.float32))
        y = net.op("BiasAdd", np.add, product, net.constant(np.asarray(bias, dtype=np.float32)))
        return net.act(y, head) if head else y

    return make
