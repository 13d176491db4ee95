"""The check of a function that computes the values after each layer of a network, with the weights alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated

import numpy as np
from msgspec.structs import replace as replace_fields

from grader.core.arrays import Array
from grader.core.field_rules import Filled, FunctionName, LayerWidth, describe_mismatch
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.network import read_network
from grader.protocol.evidence import Returned
from grader.protocol.plan import (
    ArrayArg,
    BuildChain,
    Call,
    ChainLayer,
    ResultOf,
    SetWeights,
    Step,
)
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck, Shows
from grader.rubric.checks.layers.chain_values import ChainWeights, draw_chain, is_same, read_values
from grader.rubric.checks.layers.tried_function import HALF, TriedFunction

_BATCHES = ("rows", "row")
_AGAIN = "again"  # of the last network, with other weights
_WIDEST = 100  # numbers of a layer: enough to look at
LIMIT_SECONDS = 10.0  # of one call: there are two for each network
ROWS = 7  # of a call; another one has a single row


@dataclass(frozen=True)
class LayerByLayer(DrawnCheck):
    """`function(model, x)` returns the values after each layer, computed with the weights of the model alone.

    Each of `sizes` is a network of the grader's, such as (4, 8, 3): Dense and Activation layers in turn, relu and
    at the end softmax, with drawn weights. While the function runs, no layer and no model can be called. The
    values may come in a list, a tuple or a dict, the input first; all networks count the same. `own` is how the
    submission builds its network: those of the grader's are written in its style. If it is such a chain of the
    first of the sizes, the function may be right on that one instead: it gets the same weights. The last network
    gets other weights in the end, and is tried once more: who goes on with the first ones gets nothing.

    >>> LayerByLayer("forward", ((4, 8, 3),), own=Training())
    """

    shows = Shows(layer_values=True)
    function: FunctionName
    sizes: Annotated[tuple[tuple[LayerWidth, ...], ...], Filled()]
    own: Training | None = None

    def __post_init__(self) -> None:
        """Raise `RubricError` where a network has no layer."""
        super().__post_init__()
        for sizes in self.sizes:
            if len(sizes) < 2 or max(sizes) > _WIDEST:
                expected = _("two or more numbers up to {most}, from inputs to outputs", most=_WIDEST)
                raise self.refuse(describe_mismatch("sizes", sizes, expected), "sizes")

    @property
    def tried_function(self) -> str:
        """Return the function that computes the values."""
        return self.function

    def trainings(self) -> tuple[Training, ...]:
        """Return how the network of the submission is built."""
        return () if self.own is None else (self.own,)

    def can_use(self, case: Case, training: Training) -> bool:
        """Return True: there is always a network to try the function with."""
        return True

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps that make the networks, and two calls for each."""
        steps: list[Step] = []
        like = ""
        if self.own is not None:
            like = self.own.built(seeds[0])
            steps += self.own.steps(seeds)
            weights = [name for layer in self._name_layers(0) for name in (layer.kernel, layer.bias)]
            network = SetWeights(
                id=self._network(self._own_name),
                step=like,
                weights=tuple(weights),
                sample=self.own.array("x_train"),
            )
            steps += [network, *self._calls(self._own_name, 0)]
        for number, chain in enumerate(self._chains):
            network_id = self._network(chain.name)
            steps.append(BuildChain(id=network_id, layers=self._name_layers(number), like=like))
            steps += self._calls(chain.name, number)
        return [*steps, self._change, self._call_after_change]

    @property
    def _change(self) -> SetWeights:
        """The step that gives the last network other weights."""
        network = self._network(self._chains[-1].name)
        weights = [name for layer in self._name_layers(-1, _AGAIN) for name in (layer.kernel, layer.bias)]
        sample = f"{self._key(-1)}:rows"
        return SetWeights(id=f"{network}:{_AGAIN}", step=network, weights=tuple(weights), sample=sample)

    @property
    def _call_after_change(self) -> Call:
        several, _single = self._calls(self._chains[-1].name, -1)
        arguments = (ResultOf(step=self._change.id), *several.arguments[1:])
        return replace_fields(several, id=f"{several.id}:{_AGAIN}", arguments=arguments)

    @cached_property
    def _changed_chain(self) -> ChainWeights:
        sizes = self.sizes[-1]
        return draw_chain(self.seal.random(f"other weights of a chain {sizes}", 101), sizes)

    @property
    def _own_name(self) -> str:
        return f"own {self._chains[0].name}"

    def _network(self, name: str) -> str:
        return f"network@{self.function}:{name}"

    def _name_layers(self, number: int, state: str = "") -> tuple[ChainLayer, ...]:
        count = len(self.sizes[number]) - 1
        return tuple(
            ChainLayer(
                kernel=f"{self._key(number)}:{state}kernel{layer}",
                bias=f"{self._key(number)}:{state}bias{layer}",
                activation="softmax" if layer == count - 1 else "relu",
            )
            for layer in range(count)
        )

    def _key(self, number: int) -> str:
        return f"{self.function}:{self._chains[number].name}"

    def _calls(self, name: str, number: int) -> tuple[Call, ...]:
        return tuple(
            Call(
                id=f"{self.function}@{name}:{rows}",
                function=self.function,
                arguments=(ResultOf(step=self._network(name)), ArrayArg(name=f"{self._key(number)}:{rows}")),
                refuses_layers=True,
                limit_seconds=LIMIT_SECONDS,
            )
            for rows in _BATCHES
        )

    @cached_property
    def _chains(self) -> tuple[ChainWeights, ...]:
        return tuple(
            draw_chain(self.seal.random(f"weights of a chain {sizes}", 81 + number), sizes)
            for number, sizes in enumerate(self.sizes)
        )

    @cached_property
    def _rows(self) -> tuple[Mapping[str, Array], ...]:
        """The rows of input for each of the chains: several, and a single one."""
        batches = []
        for chain in self._chains:
            random = self.seal.random(f"rows for a chain {chain.sizes}", 91)
            x = np.round(random.normal(0.0, 1.0, (ROWS + 1, chain.sizes[0])), 2).astype(np.float32)
            batches.append(dict(zip(_BATCHES, (x[:ROWS], x[ROWS:]), strict=True)))
        return tuple(batches)

    def arrays(self) -> Mapping[str, Array]:
        """Return the weights of all networks, and the rows."""
        arrays: dict[str, Array] = {}
        states = [(chain, self._name_layers(number)) for number, chain in enumerate(self._chains)]
        for chain, layers in (*states, (self._changed_chain, self._name_layers(-1, _AGAIN))):
            for layer, kernel, bias in zip(layers, chain.kernels, chain.biases, strict=True):
                arrays |= {layer.kernel: kernel, layer.bias: bias}
        for number in range(len(self._chains)):
            arrays |= {f"{self._key(number)}:{name}": rows for name, rows in self._rows[number].items()}
        return arrays

    def judge(self, case: Case) -> Judgement:
        """Judge network by network; where there is one of the submission, the better of the first two counts."""
        if self._remembers(case):
            return self._explain_memory()
        judgements = [self._judge_network(case, chain.name, n) for n, chain in enumerate(self._chains)]
        if judgements[-1].status is Status.PASSED and (problem := self._judge_after_change(case)) is not None:
            judgements[-1] = problem
        if self.own is not None and self._read_own_layers(case):
            own = self._judge_network(case, self._own_name, 0)
            judgements[0] = own if own.share >= judgements[0].share else judgements[0]
        wrong = [judgement for judgement in judgements if judgement.status is not Status.PASSED]
        if not wrong:
            names = ", ".join(chain.name for chain in self._chains)
            return passed(
                _(
                    "{function}() gives the values after each layer, computed with the weights alone. Networks "
                    "that it was tried with: {names}.",
                    function=self.function,
                    names=names,
                )
            )
        share = sum(judgement.share for judgement in judgements) / len(judgements)
        first = wrong[0]
        if share == 0 or first.status not in {Status.FAILED, Status.PARTIAL}:
            return first
        return replace(first, status=Status.PARTIAL, share=share)

    def _read_own_layers(self, case: Case) -> str:
        """Return "apart" where the network of the submission is a chain as the grader's, "fused" where its
        activations are inside of Dense layers, and "" for any other, which did not get the grader's weights.
        """
        changed = case.steps.get(self._network(self._own_name))
        if changed is None or not isinstance(changed.evidence.outcome, Returned):
            return ""
        before = read_network(case, self.own, case.seeds[0]).before if self.own is not None else None
        layers = before.facts.layers if before is not None else ()
        bends = ["" if layer.activation in {None, "linear"} else layer.activation for layer in layers]
        count = len(self.sizes[0]) - 1
        expected = ["relu"] * (count - 1) + ["softmax"]
        kinds = [layer.kind == "Dense" for layer in layers]
        if kinds == [True] * count and bends == expected:
            return "fused"
        is_apart = kinds == [True, False] * count and bends == [bend for name in expected for bend in ("", name)]
        return "apart" if is_apart else ""

    def _remembers(self, case: Case) -> bool:
        """Return whether the last values come from weights that the network had before it got other ones."""
        result = case.steps.get(self._call_after_change.id)
        outcome = result.evidence.outcome if result is not None else None
        if result is None or not isinstance(outcome, Returned):
            return False
        try:
            received = read_values(outcome.value, result.arrays, self.function)
        except PreconditionFailedError:
            return False
        earlier = self._chains[-1].compute(self._rows[-1]["rows"])[-1]
        return bool(received) and is_same(received[-1], earlier)

    def _explain_memory(self) -> Judgement:
        return failed(
            _(
                "{function}() goes on with weights of an earlier call: the network {network} of the grader's got "
                "other weights, and the values stayed those of the first ones. Read the weights of the model in "
                "each call.",
                function=self.function,
                network=self._chains[-1].name,
            ),
            expected=_("values computed with the weights that the model has now"),
            received=_("those of an earlier call"),
        )

    def _judge_after_change(self, case: Case) -> Judgement | None:
        """Return what is wrong once the last network has other weights; None for nothing."""
        tried = TriedFunction(self.function, case, self._changed_chain, "")
        call = self._call_after_change.id
        try:
            return tried.judge(call, self._rows[-1]["rows"])
        except PreconditionFailedError as unmet:
            return tried.name_network(call, unmet.judgement)

    def _judge_network(self, case: Case, name: str, number: int) -> Judgement:
        """Judge the two calls with one network."""
        own_layers = self._read_own_layers(case) if name == self._own_name else ""
        tried = TriedFunction(self.function, case, self._chains[number], own_layers)
        several, single = self._calls(name, number)
        try:
            problem = tried.judge(several.id, self._rows[number]["rows"])
        except PreconditionFailedError as unmet:
            return tried.name_network(several.id, unmet.judgement)
        if problem is not None:
            return problem
        try:
            problem = tried.judge(single.id, self._rows[number]["row"])
        except PreconditionFailedError as unmet:
            problem = unmet.judgement
        if problem is None:
            return passed(_("{function}() is right.", function=self.function))
        if problem.status not in {Status.FAILED, Status.PARTIAL}:
            return problem
        message = _(
            "{function}() is right for several rows, but not for a single one. {problem}",
            function=self.function,
            problem=problem.message,
        )
        return replace(problem, status=Status.PARTIAL, share=HALF, message=message)
