"""A run without walls: real functions, real Keras models, real replays, all in this process."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.heads import LOGITS
from grader.evidence.placed_arrays import read_placed
from grader.evidence.replay_rows import list_rows
from grader.evidence.run_evidence import ReplayResult, StepResult
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
from grader.protocol.parcels import pack
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import (
    BuildBase,
    BuildChain,
    BuildStandIn,
    Call,
    Describe,
    FolderArg,
    ListArg,
    LiteralArg,
    ReadFiles,
    Replay,
    ResultOf,
    SetWeights,
    Step,
    TraceInTraining,
    TryLayer,
    WriteFiles,
    needs,
)
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.checks.stand_ins import solve_stand_ins
from grader.rubric.data import Data
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.determinism import set_tensorflow_seed
from grader.sandbox.inside.encode_values import encode
from grader.sandbox.inside.folders import handle_files, make_folder
from grader.sandbox.inside.layer_calls import refuse_layer_calls
from grader.sandbox.inside.replay import replay
from grader.sandbox.inside.stand_in import make_network
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


def run(
    check: Check,
    data: Data,
    functions: Mapping[str, Any],
    seeds: Sequence[int] = (0,),
    prior: Case | None = None,
    reused: Sequence[Training] = (),
) -> Case:
    """Return everything that a run of the check's steps leaves.

    Args:
        check: whose steps are done.
        data: what they are done with.
        functions: the submission's globals, by name.
        seeds: of the trainings.
        prior: an earlier case of functions that build and train the networks `reused` as these do.
        reused: networks that are not built again; their evidence is that of `prior`.
    """
    steps = {step.id: step for step in check.steps(seeds)}
    solutions = solve_stand_ins(steps, data.inside, TASK)
    lab = _Lab({**data.inside, **solutions, **check.arrays()}, functions)
    replays: dict[str, ReplayResult] = {}
    if prior is not None:
        names = {name for training in reused for seed in seeds for name in _names_of(training, seed)}
        lab.seen |= {name: prior.steps[name] for name in names & set(prior.steps)}
        replays |= {name: prior.replays[name] for name in names & set(prior.replays)}
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
    for training in check.trainings():
        for seed in seeds:
            for step_id in (training.model(seed), training.trained(seed)):
                if step_id not in replays:
                    replays |= _replayed(lab, data, training, step_id)
    case = _with(case, replays)
    while True:  # a check may ask for more when it has seen the first ones, as in the examiner
        wanted, arrays = check.replays(case)
        more = {step.id: run_graph(step, dict(arrays)) for step in wanted if step.id not in replays}
        if not more:
            # A new one, which has concluded nothing yet: tests may change its evidence.
            return _with(case, replays)
        replays |= more
        case = _with(case, replays)


def _names_of(training: Training, seed: int) -> set[str]:
    """Return the steps of one network."""
    return {training.built(seed), training.model(seed), training.fitted(seed), training.trained(seed)}


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
    inputs = list_rows(data.inside, data.outside, training, Seal())
    wanted = Replay(
        id=step,
        graph="graph",
        input_node=facts.graph.input_node,
        output_node=facts.graph.output_node,
        inputs=tuple(inputs),
        logits="logits",
    )
    arrays = {"graph": seen.arrays[facts.graph.ref], "logits": LOGITS, **inputs}
    return {step: run_graph(wanted, arrays)}


def run_graph(step: Replay, arrays: dict[str, Array]) -> ReplayResult:
    """Return what a replay gives that a check asks for."""
    store = Store()
    evidence = replay(step, arrays, store)
    return ReplayResult(evidence, {**read_placed(evidence, arrays[step.graph]), **store.arrays})


class _Lab:
    def __init__(self, arrays: Mapping[str, Array], functions: Mapping[str, Any]) -> None:
        self.arrays, self.functions = arrays, functions
        self.live: dict[str, Any] = {}
        self.seen: dict[str, StepResult] = {}
        self.first_weights: dict[str, list[Any]] = {}  # by id of a step, when its model was first described

    def do(self, step: Step) -> None:  # noqa: C901 - one branch for each kind of step
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
        elif isinstance(step, BuildStandIn | BuildChain | BuildBase | SetWeights):
            model = make_network(step, self.arrays, self.live)
            outcome = Skipped(step=step.id) if model is None else Returned(value=encode(model, store))
            self.live |= {} if model is None else {step.id: model}
        elif isinstance(step, Describe):
            outcome, facts = self._describe(step, store)
        elif isinstance(step, TraceInTraining):
            outcome, facts = self._trace(step, store)
        elif isinstance(step, TryLayer):
            outcome, facts = self._try_layer(step, store)
        elif isinstance(step, ReadFiles | WriteFiles):
            outcome = self._handle_files(step, store)
        elif isinstance(step, Call):
            outcome = self._call(step, store)
            if isinstance(step, Call) and step.function == "train" and isinstance(outcome, Returned):
                facts = {"fits": (FitFacts(finished=True),)}  # they set weights instead
        else:
            outcome = Returned(value=encode(self.functions[step.name], store))  # type: ignore[union-attr]
        self.seen[step.id] = StepResult(StepEvidence(id=step.id, outcome=outcome, **facts), store.arrays)

    def _handle_files(self, step: ReadFiles | WriteFiles, store: Store) -> Outcome:
        """Read or write files. What writes them runs in this process here, and knows all that this one knows."""
        seen = self.seen[step.files] if isinstance(step, WriteFiles) else None
        outcome = handle_files(step, pack(seen.evidence, seen.arrays) if seen is not None else b"", store)
        self.live |= {step.id: None} if isinstance(outcome, Returned) else {}
        return outcome

    def _describe(self, step: Describe, store: Store) -> tuple[Outcome, dict[str, Any]]:
        from grader.sandbox.inside.keras_facts import describe, is_model

        model = self.live[step.step]
        if not is_model(model):
            return Skipped(step=step.step), {}
        self.live[step.id] = None
        described = describe(model, self.arrays[step.sample], store)  # which may build it
        self.first_weights.setdefault(step.step, model.get_weights())
        return Returned(value=NoneValue()), {"model": described}

    def _trace(self, step: TraceInTraining, store: Store) -> tuple[Outcome, dict[str, Any]]:
        from grader.sandbox.inside.keras_facts import trace_in_training

        model = self.live[step.step]
        now = model.get_weights()
        model.set_weights(self.first_weights.get(step.step, now))  # as when it was described, as behind the walls
        traced = trace_in_training(model, self.arrays[step.sample], store)
        model.set_weights(now)
        return Returned(value=NoneValue()), {"model": traced}

    def _try_layer(self, step: TryLayer, store: Store) -> tuple[Outcome, dict[str, Any]]:
        import keras

        from grader.sandbox.inside.keras_facts import is_layer
        from grader.sandbox.inside.layer_trial import try_layer

        if not is_layer(self.live[step.step]):
            return Skipped(step=step.step), {}
        keras.utils.set_random_seed(step.seed)
        try:
            trial = try_layer(self.live[step.step], step, self.arrays, store)
            trial = msgspec.structs.replace(trial, is_shared=self.live.get(step.again) is self.live[step.step])
        except Exception as error:  # noqa: BLE001
            return Raised(exception=exception(error)), {}
        return Returned(value=NoneValue()), {"layer": trial}

    def _call(self, step: Call, store: Store) -> Outcome:
        import keras

        function: Callable[..., Any] = self.functions[step.function]
        keras.utils.set_random_seed(step.seed)
        if step.tensorflow_seed is not None:
            set_tensorflow_seed(step.tensorflow_seed)
        arguments: list[Any] = []
        for argument in step.arguments:
            if isinstance(argument, Given):
                arguments.append(self.arrays[argument.name][: argument.row_count or None].copy())
            elif isinstance(argument, ResultOf):
                arguments.append(self.live[argument.step])
            elif isinstance(argument, ListArg):
                arguments.append(self.arrays[argument.name].tolist())
            elif isinstance(argument, FolderArg):
                arguments.append(str(make_folder(argument.name)))
            else:
                assert isinstance(argument, LiteralArg)
                arguments.append(argument.value)
        try:
            with refuse_layer_calls() if step.refuses_layers else nullcontext():
                value = function(*arguments)
        except Exception as error:  # noqa: BLE001
            return Raised(exception=exception(error))
        self.live[step.id] = value
        return Returned(value=encode(value, store))


def history(**curves: Sequence[float]) -> Any:
    """What `fit` returns."""
    from grader.sandbox.inside.keras_facts import made_history

    return made_history({name: list(values) for name, values in curves.items()})
