"""A second network for functions that read numbers off a network: one that is only built, and not trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import PreconditionFailedError, not_graded
from grader.evidence.network import Model, read_model
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.plan import Describe, Replay, ResultOf, Step
from grader.protocol.training import Training
from grader.protocol.verdict import Status


@dataclass(frozen=True)
class SecondNetwork:
    """A network that is built like that of a training: what a function returns for it has to be another answer.

    `probe`: role of the rows that its frozen graph is replayed on, such as `x_probe`.
    """

    training: Training
    probe: str

    @property
    def built(self) -> str:
        """Return the id of the step that builds it."""
        return f"{self.training.builder}@{self.training.name}:fresh"

    @property
    def argument(self) -> ResultOf:
        """Return it as the argument of a call."""
        return ResultOf(step=self.built)

    @property
    def _described(self) -> str:
        return f"model:{self.built}"

    def steps(self, seed: int) -> Sequence[Step]:
        """Return the steps that build and describe it; `seed`: another one than those of the training."""
        stand_in = self.training.stand_in and replace(self.training.stand_in, is_trained=False)
        return (
            replace(self.training, stand_in=stand_in).build_step(self.built, seed),
            Describe(id=self._described, step=self.built, sample=self.training.array("x_train")),
        )

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replay of its graph and the arrays that this names; nothing where it has no graph."""
        described = case.steps.get(self._described)
        facts = described.evidence.model if described is not None else None
        graph = facts.graph if facts is not None else None
        if described is None or graph is None or graph.ref not in described.arrays:
            return (), {}
        probe, name = self.training.array(self.probe), f"graph:{self._described}"
        replay = Replay(
            id=self._described,
            graph=name,
            input_node=graph.input_node,
            output_node=graph.output_node,
            inputs=(probe,),
        )
        return (replay,), {name: described.arrays[graph.ref], probe: case.outside[probe]}

    def read(self, case: Case) -> tuple[Model, ReplayResult] | None:
        """Return what it is, and its replay; None where it cannot be built, or its graph cannot be run.

        Raises:
            PreconditionFailedError: the grader lost its evidence, or the replay of it.
        """
        try:
            case.seen(self._described)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is Status.NOT_GRADED:
                raise
            return None
        asked, _arrays = self.replays(case)
        replayed = case.replays.get(self._described)
        if asked and replayed is None:
            message = _(
                "The grader could not run a second network, which is only built: {problem}. A person has to look "
                "at it.",
                problem=_("its frozen graph came to no result"),
            )
            raise PreconditionFailedError(not_graded(message))
        model = read_model(case, self._described, self.training)
        if model is None or model.graph is None or replayed is None or not replayed.evidence.outputs:
            return None
        return model, replayed
