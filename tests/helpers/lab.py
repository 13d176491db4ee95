"""A run without walls: real functions, real Keras models, real replays, all in this process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.examiner.planning import inputs_of
from grader.protocol.evidence import (
    FitFacts,
    ImportEvidence,
    Missing,
    NoneValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    StepEvidence,
)
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import BuildStandIn, Call, Describe, LiteralArg, Replay, ResultOf, Step, needs
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.checks.stand_ins import solve_stand_ins
from grader.rubric.data import Data
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import encode
from grader.sandbox.inside.replay import replay
from grader.sandbox.inside.stand_in import build_stand_in
from tests.helpers.cases import exception

SIZES = {"one_": [2.0], "two_": [1.5, -2.0]}
BIAS = 1.0
TASK = Task(kind="regression", labels="numbers")


def lines() -> Data:
    """Two small tables: one feature, and two; the target is 1 and 2 x, or 1.5 x - 2 y, and a little noise."""
    inside: dict[str, Array] = {}
    outside: dict[str, Array] = {}
    for prefix, weights in SIZES.items():
        random = np.random.default_rng(len(weights))
        x = random.normal(0, 1, (90, len(weights)))
        y = x @ np.array(weights) + BIAS + random.normal(0, 0.1, 90)
        for role, part in {"train": slice(0, 50), "val": slice(50, 60), "test": slice(60, 90)}.items():
            where = outside if role == "test" else inside
            where[f"{prefix}x_{role}"] = x[part].astype(np.float32)
            where[f"{prefix}y_{role}"] = y[part].astype(np.float32)
        probe = np.vstack([np.zeros((1, len(weights))), np.eye(len(weights))])
        outside[f"{prefix}x_probe"] = probe.astype(np.float32)
    return Data(inside, outside)


def run(check: Check, data: Data, functions: Mapping[str, Any], seeds: Sequence[int] = (0,)) -> Case:
    """Return everything that a run of the check's steps leaves. `functions`: the submission's globals, by name."""
    steps = {step.id: step for step in check.steps(seeds)}
    solutions = solve_stand_ins(steps, data.inside, TASK)
    lab = _Lab({**data.inside, **solutions, **check.arrays()}, functions)
    for step in steps.values():
        lab.do(step)
    case = Case(
        data.inside,
        data.outside,
        ImportEvidence(),
        lab.seen,
        {},
        {},
        tuple(seeds),
        TASK,
        check.trainings(),
    )
    replays: dict[str, ReplayResult] = {}
    for training in check.trainings():
        for seed in seeds:
            for step_id in (training.model(seed), training.trained(seed)):
                replays |= _replayed(lab, data, training, step_id)
    case = _with(case, replays)
    wanted, arrays = check.replays(case)
    return _with(case, replays | {step.id: _run_graph(step, dict(arrays)) for step in wanted})


def run_also_on_stand_ins(check: Check, data: Data, functions: Mapping[str, Any]) -> Case:
    """Return what a run leaves together with what is left when networks of the grader's take the others' place."""
    own, on_stand_ins = run(check, data, functions), check.on_stand_ins(TASK)
    assert on_stand_ins is not None
    more = run(on_stand_ins, data, functions)
    return replace(own, steps={**more.steps, **own.steps}, replays={**more.replays, **own.replays})


def _with(case: Case, replays: Mapping[str, ReplayResult]) -> Case:
    parts = {name: getattr(case, name) for name in ("inside", "outside", "imported", "steps", "stops", "seeds")}
    return Case(**parts, replays=replays, task=case.task, trainings=case.trainings)


def _replayed(lab: "_Lab", data: Data, training: Training, step: str) -> dict[str, ReplayResult]:
    seen = lab.seen.get(step)
    facts = seen.evidence.model if seen is not None else None
    if seen is None or facts is None or facts.graph is None:
        return {}
    inputs = inputs_of(data, training)
    wanted = Replay(
        id=step,
        graph="graph",
        input_node=facts.graph.input_node,
        output_node=facts.graph.output_node,
        inputs=tuple(inputs),
    )
    return {step: _run_graph(wanted, {"graph": seen.arrays[facts.graph.ref], **inputs})}


def _run_graph(step: Replay, arrays: dict[str, Array]) -> ReplayResult:
    store = Store()
    return ReplayResult(replay(step, arrays, store), store.arrays)


class _Lab:
    def __init__(self, arrays: Mapping[str, Array], functions: Mapping[str, Any]) -> None:
        self.arrays, self.functions = arrays, functions
        self.live: dict[str, Any] = {}
        self.seen: dict[str, StepResult] = {}

    def do(self, step: Step) -> None:
        """Do a step as it would be done behind the walls."""
        if step.id in self.seen:
            return
        lacking = [name for name in needs(step) if name not in self.live]
        store = Store()
        facts: dict[str, Any] = {}
        if isinstance(step, Call) and step.function not in self.functions:
            outcome: Outcome = Missing()
        elif lacking:
            outcome = Skipped(step=lacking[0])
        elif isinstance(step, BuildStandIn):
            self.live[step.id] = build_stand_in(step, self.arrays)
            outcome = Returned(value=encode(self.live[step.id], store))
        elif isinstance(step, Describe):
            outcome, facts = self._describe(step, store)
        elif isinstance(step, Call):
            outcome = self._call(step, store)
            if step.function == "train" and isinstance(outcome, Returned):  # they set weights instead
                facts = {"fits": (FitFacts(finished=True),)}
        else:
            outcome = Returned(value=encode(self.functions[step.name], store))  # type: ignore[union-attr]
        self.seen[step.id] = StepResult(StepEvidence(id=step.id, outcome=outcome, **facts), store.arrays)

    def _describe(self, step: Describe, store: Store) -> tuple[Outcome, dict[str, Any]]:
        from grader.sandbox.inside.keras_facts import describe, is_model

        model = self.live[step.step]
        if not is_model(model):
            return Skipped(step=step.step), {}
        self.live[step.id] = None
        return Returned(value=NoneValue()), {"model": describe(model, self.arrays[step.sample], store)}

    def _call(self, step: Call, store: Store) -> Outcome:
        import keras

        function: Callable[..., Any] = self.functions[step.function]
        keras.utils.set_random_seed(step.seed)
        arguments: list[Any] = []
        for argument in step.arguments:
            if isinstance(argument, Given):
                arguments.append(self.arrays[argument.name].copy())
            elif isinstance(argument, ResultOf):
                arguments.append(self.live[argument.step])
            else:
                assert isinstance(argument, LiteralArg)
                arguments.append(argument.value)
        try:
            value = function(*arguments)
        except Exception as error:  # noqa: BLE001
            return Raised(exception=exception(error))
        self.live[step.id] = value
        return Returned(value=encode(value, store))


def history(**curves: Sequence[float]) -> Any:
    """What `fit` returns."""
    from grader.sandbox.inside.keras_facts import made_history

    return made_history({name: list(values) for name, values in curves.items()})
