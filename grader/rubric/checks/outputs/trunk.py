"""The check of the layers that all outputs of a network have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, not_graded, passed
from grader.evidence.outputs import list_views
from grader.protocol.plan import Replay
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.checks.outputs.together import OfAllOutputs
from grader.rubric.checks.outputs.trunk_use import (
    LEAST,
    Trunk,
    find_untouched,
    measure_trunk_use,
    read_trunk,
    replay_trunk,
)


@dataclass(frozen=True)
class SharedTrunk(OfAllOutputs):
    """All outputs are computed from the same trained layers, and what each of them learns goes back into these.

    At least 2 % of the differences between the answers of each output have to come from these layers, so that a
    branch of its own beside them is fine, and separate networks that have next to nothing in common are no trunk.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> SharedTrunk(Training(outputs=(PRICE, KIND)))
    """

    topics = frozenset({"architecture"})

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays that show how much of each output comes from the shared layers."""
        return replay_trunk(list_views(case, self.training), self.training)

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph: which kernels lie on the way to every output, and what follows from them."""
        views = list_views(case, self.training)
        for view in views:
            require_certified(view, self.training, after=False)
        trunk = read_trunk(views, self.training, after=False)
        assert trunk is not None
        if not trunk.shared:
            return _refuse_trunk(self._explain_apart(trunk))
        if not trunk.learning:
            return _refuse_trunk(_explain_stop())
        shapes = ", ".join("×".join(map(str, kernel.shape)) for kernel in trunk.learning.values())
        trained = read_trunk(views, self.training, after=True)
        if trained is not None and find_untouched(trunk, trained) == trunk.learning.keys():
            return _refuse_trunk(
                _(
                    "The outputs share layers ({shapes}), but training left these as they were. Are they set to "
                    "trainable=False?",
                    shapes=shapes,
                )
            )
        return self._find_unused(views, shapes) or passed(
            _("All outputs are computed from the same layers; their kernels: {shapes}.", shapes=shapes)
        )

    def _find_unused(self, views: Sequence[Case], shapes: str) -> Judgement | None:
        """Return the judgement for an output that the shared layers have no part in, or where nobody can tell."""
        uses = zip(self.training.outputs, measure_trunk_use(views, self.training), strict=True)
        measured = [(output.name, use) for output, use in uses if use is not None]
        name, least = min(measured, key=lambda pair: pair[1].learning_share, default=("", None))
        if least is not None and least.is_stopped:
            return _refuse_trunk(_explain_stop())
        if least is not None and not least.is_enough:
            return _refuse_trunk(_explain_small_part(name, shapes, max(0.0, least.share)))
        doubtful = next((name for name, use in measured if use.is_doubtful), None)
        if doubtful is not None:
            return not_graded(_explain_own_gradient(doubtful))
        if len(measured) == len(views):
            return None
        return not_graded(
            _(
                "All outputs are computed from the same layers ({shapes}). The grader cannot tell how much the "
                "answers depend on them: an output is the same for all rows, or the grader could not run the "
                "network with what these layers give for other rows. A person has to look at it.",
                shapes=shapes,
            )
        )

    def _explain_apart(self, trunk: Trunk) -> Words:
        ways = trunk.ways
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


def _explain_stop() -> Words:
    return _(
        "The outputs share layers, but stop_gradient keeps one of them from teaching these: no gradient of its "
        "loss gets there. Remove stop_gradient."
    )


def _explain_own_gradient(name: str) -> Words:
    return _(
        "The outputs share layers, but {output} hangs on these through a function with a gradient of its own "
        "(tf.custom_gradient), and the grader cannot tell what that gradient is. A person has to look at it.",
        output=name,
    )


def _explain_small_part(name: str, shapes: str, share: float) -> Words:
    return _(
        "All outputs share layers ({shapes}), but what these give has next to no part in the output {output}: "
        "with what they give for other rows, its answers stay as they are ({share:.1%} of the differences between "
        "its answers come from the shared layers; {least:.0%} expected). So it is nearly a network of its own. "
        "Compute each output from what the last shared layer gives.",
        shapes=shapes,
        output=name,
        share=share,
        least=LEAST,
    )


def _refuse_trunk(message: Words) -> Judgement:
    return failed(
        message,
        expected=_("layers that all outputs are computed from, and teach"),
        received=_("no such layers"),
        blocks=False,
    )
