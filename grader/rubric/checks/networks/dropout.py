"""A check of dropout: that a network drops units in training, and only there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.network import Model
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.evidence import GraphFacts
from grader.protocol.plan import Replay, Step, TraceInTraining
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.dropout_in_fit import LEAST_RATE, judge_dropout_in_fit
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.checks.networks.two_answers import draws_random_numbers

ROWS, COPIES = 4, 64  # rows, and how often each is put into the network in training
# Share of the outputs by which the answers for copies of a row have to differ. One unit of 16 that is dropped
# changes them by a tenth or so. What is dropped in a part that hardly counts keeps no unit from anything.
LEAST_EFFECT = 1e-3
LEAST_DROPPED = 0.02  # of the answers: those that are 0 because the output itself is dropped
SAME = 1e-4  # of the largest answer: answers that differ by less are one number
_NOISE = frozenset({"StatelessRandomNormalV2", "RandomStandardNormal"})
_DROPOUTS = "Dropout"  # what the names of all layers end with that drop
_PROBLEM = 300  # characters


@dataclass(frozen=True)
class DropsInTraining(NetworkCheck):
    """The network drops units in training, before its last layer, and no longer when it predicts.

    It is judged by what the network computes: the frozen graph of its training mode is replayed on copies of some
    rows, which have to get different answers. Where weights behind them begin at zero, or nearly so, nothing
    shows before the training: then the graph is replayed with the weights that the network has learned. Dropout
    layers whose rates are all below one per cent drop next to nothing, and fail.

    >>> DropsInTraining(Training())
    """

    topics = frozenset({"architecture"})
    kinds = frozenset({"classification", "regression"})

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the training, and one that records what the network computes in training."""
        built, sample = self.training.built(seeds[0]), self.training.array("x_train")
        return (*self.training.steps(seeds), TraceInTraining(id=self._step(seeds[0]), step=built, sample=sample))

    def _step(self, seed: int) -> str:
        return f"in_training:{self.training.built(seed)}"

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replay of what the network computes in training, on copies of training rows.

        Where that shows no effect, or some answers are 0, a second one follows: with the weights that the network
        has learned.
        """
        step = self._step(case.seeds[0])
        result, graph = case.steps.get(step), self._read_graph(case)
        if result is None or graph is None or graph.ref not in result.arrays:
            return (), {}
        rows = np.repeat(case.inside[self.training.array("x_train")][:ROWS], COPIES, axis=0)
        replay = Replay(
            id=step,
            graph=f"{step}:graph",
            input_node=graph.input_node,
            output_node=graph.output_node,
            inputs=(f"{step}:rows",),
        )
        arrays = {f"{step}:graph": result.arrays[graph.ref], f"{step}:rows": rows}
        learned = self._find_learned(case)
        if not learned:
            return (replay,), arrays
        constants = {node: f"{step}:{node}" for node in learned}
        again = msgspec.structs.replace(replay, id=_name_learned(step), constants=constants)
        return (replay, again), arrays | {constants[node]: kernel for node, kernel in learned.items()}

    def _find_learned(self, case: Case) -> Mapping[str, Array]:
        """Return what a network has learned, by the nodes of its graph in training that hold what it was before.

        Nothing where the untrained network shows what is dropped and none of its answers is 0, or has no replay.
        """
        seed = case.seeds[0]
        replay, before, after = (
            case.replays.get(step)
            for step in (self._step(seed), self.training.model(seed), self.training.trained(seed))
        )
        answers = _read_answers(replay) if replay is not None else None
        if replay is None or before is None or after is None or answers is None:
            return {}
        if _differ(answers) and not _has_zeros(answers):
            return {}
        learned: dict[str, Array] = {}
        for node in replay.evidence.constants:
            now, first, last = (_read_constant(one, node) for one in (replay, before, after))
            if now is None or first is None or last is None or not np.array_equal(now, first):
                continue
            if last.shape == now.shape and not np.array_equal(last, now):
                learned[node] = last
        return learned

    def _read_graph(self, case: Case) -> GraphFacts | None:
        result = case.steps.get(self._step(case.seeds[0]))
        facts = result.evidence.model if result is not None else None
        return facts.graph if facts is not None else None

    def judge(self, case: Case) -> Judgement:
        """Judge the network as it predicts, then as it is in training."""
        model = require_certified(case, self.training, after=False)
        if draws_random_numbers(case.replays[self.training.model(case.seeds[0])]):
            return failed(
                _(
                    "The network drops units when it predicts, too, so each prediction is a matter of luck. Leave "
                    "out training=True where the Dropout layer is called: Keras switches dropout on in fit, and "
                    "off in predict."
                ),
                expected=_("dropout in training only"),
                received=_("dropout at each call"),
                blocks=False,
            )
        replay = self._require_replay(case)
        if not draws_random_numbers(replay):
            return failed(_explain_nothing_dropped(model), received=_("no dropout in training"), blocks=False)
        names = {node.op for node in replay.evidence.nodes}
        if names & _NOISE and not any("Uniform" in name for name in names) and not _has_dropout_layer(model):
            return failed(
                _(
                    "In training the network adds random numbers to what it computes: that is noise, as of "
                    "GaussianNoise. Dropout sets units to 0 at random: keras.layers.Dropout(0.1)."
                ),
                expected=_("dropout in training"),
                received=_("noise in training"),
                blocks=False,
            )
        if problem := _judge_rates(model):
            return problem
        while_fit_ran = judge_dropout_in_fit(case, self.training, model)
        if while_fit_ran is not None:
            return while_fit_ran
        if replay.evidence.forbidden:  # its generator has a state, so it cannot be replayed, but is there
            return passed(_("Units are dropped in training, and no longer when the network predicts."))
        return self._judge_answers(case, replay, model)

    def _require_replay(self, case: Case) -> ReplayResult:
        """Return the replay of the training mode; `PreconditionFailedError` where there is none that tells."""
        step = self._step(case.seeds[0])
        replay = case.replays.get(step)
        facts = case.seen(step).evidence.model
        problem = facts.problem[:_PROBLEM] if facts is not None else ""
        if replay is not None:
            others = [name for name in replay.evidence.forbidden if "Random" not in name]
            problem = ", ".join(others)[:_PROBLEM] or replay.evidence.problem
        if replay is None or problem or replay.evidence.stopped is not None:
            message = _(
                "The grader could not find out what the network computes in training: {problem}. A person has to "
                "look at it.",
                problem=problem or _("its frozen graph came to no result"),
            )
            raise PreconditionFailedError(not_graded(message))
        return replay

    def _answer_with_learned(self, case: Case) -> Array | None:
        """Return the answers in training with what was learned; None where no weight has learned that could show.

        Raises:
            PreconditionFailedError: the grader lost the evidence of the training, or the replay.
        """
        try:
            require_certified(case, self.training, after=True)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is Status.NOT_GRADED:
                raise
            return None
        if not self._find_learned(case):
            return None
        replay = case.replays.get(_name_learned(self._step(case.seeds[0])))
        answers = _read_answers(replay) if replay is not None else None
        if answers is None:
            message = _(
                "The grader could not find out what the network computes in training: {problem}. A person has to "
                "look at it.",
                problem=_("its frozen graph came to no result"),
            )
            raise PreconditionFailedError(not_graded(message))
        return answers

    def _drops_learned_output(self, case: Case) -> bool:
        """Return whether about as many answers for each row are 0, with what was learned.

        Before, they may be 0 because all hidden units are dropped or dead, and nothing is added to them yet.
        """
        answers = self._answer_with_learned(case)
        if answers is None:
            return False
        is_zero = answers == 0
        share = is_zero.mean()
        rows = is_zero.any(axis=(1, 2)).mean()
        return bool(LEAST_DROPPED <= share < 1 and rows >= (1 - (1 - share) ** COPIES) / 2)

    def _judge_answers(self, case: Case, replay: ReplayResult, model: Model) -> Judgement:
        weights = [replay.arrays[ref] for ref in replay.evidence.constants.values()]
        assert model.graph is not None
        if not all(_is_among(kernel, weights) for _name, kernel in model.graph.kernels):
            message = _(
                "What the network computes in training has other weights than what it predicts with. A person has "
                "to look at it."
            )
            return not_graded(message)
        answers = _read_answers(replay)
        if answers is None:
            return not_graded(_("In training, the network does not give one answer for each row."))
        if not _differ(answers):
            learned = self._answer_with_learned(case)
            answers = answers if learned is None else learned
        if answers.shape[2] == 1 and np.ptp(answers) <= SAME * np.abs(answers).max():
            return _explain_one_answer(float(answers.flat[0]))
        if not _differ(answers):
            message = _(
                "The network draws random numbers in training, but its answers hardly depend on them, or "
                "not at all. Does the next layer get what the Dropout layer returns?"
            )
            return failed(message, expected=_("answers that differ in training"), blocks=False)
        if _drops_output(answers) or (_has_zeros(answers) and self._drops_learned_output(case)):
            message = _(
                "The output itself is dropped in training: a part of the predictions is 0, and the loss punishes "
                "the network for luck. Dropout belongs behind a hidden layer, not behind the last one."
            )
            return failed(
                message,
                expected=_("dropout before the last layer"),
                received=_("dropout of the output"),
                blocks=False,
            )
        return passed(
            _(
                "In training the answers for one row differ by {spread:.2g} (standard deviation), because units "
                "are dropped; when the network predicts, they do not.",
                spread=float(answers.std(axis=1).mean()),
            )
        )


def _explain_one_answer(answer: float) -> Judgement:
    """Return the judgement of a network whose answer depends on nothing, and so not on what is dropped."""
    message = _(
        "The network answers {answer:.3g} to each row, whatever is dropped, so nothing can be seen of the "
        "dropout. Mend the output first: a softmax over a single unit, say, is always 1.",
        answer=answer,
    )
    return failed(message, expected=_("answers that differ in training"), blocks=False)


def _name_learned(step: str) -> str:
    return f"{step}:learned"


def _read_answers(replay: ReplayResult) -> Array | None:
    """Return the answers (rows, copies, numbers) of a replay; None where it has not one for each row."""
    outputs = [replay.arrays[ref] for ref in replay.evidence.outputs]
    if len(outputs) != 1 or len(outputs[0]) != ROWS * COPIES:
        return None
    return outputs[0].reshape(ROWS, COPIES, -1).astype(np.float64)


def _differ(answers: Array) -> bool:
    """Return whether the answers for copies of a row differ from one another."""
    return not np.ptp(answers, axis=1).max() <= LEAST_EFFECT * np.abs(answers).max()


def _has_zeros(answers: Array) -> bool:
    """Return whether some of the answers are exactly 0, and others are not."""
    is_zero = answers == 0
    return bool(is_zero.any() and not is_zero.all())


def _read_constant(replay: ReplayResult, node: str) -> Array | None:
    """Return the weight that a node of a replayed graph holds; None where it holds none."""
    value = replay.arrays.get(replay.evidence.constants.get(node, ""))
    return value if value is not None and value.dtype.kind == "f" else None


def _drops_output(answers: Array) -> bool:
    """Return whether the answers for each row are either 0 or one other number, or so where a number is added."""
    largest = np.abs(answers).max(axis=1, keepdims=True)
    is_zero, is_largest = answers == 0, np.abs(np.abs(answers) - largest) <= SAME * largest
    if (is_zero | is_largest).all() and is_zero.any():
        return True
    return all(_share_a_number(answers[:, :, column]) for column in range(answers.shape[2]))


def _share_a_number(answers: Array) -> bool:
    """Return whether the answers for each row are one of two numbers, of which one is the same for all rows.

    Args:
        answers: of shape (rows, copies).
    """
    near = SAME * float(np.abs(answers).max())
    low, high = answers.min(axis=1), answers.max(axis=1)
    is_one = (answers - low[:, None] <= near) | (high[:, None] - answers <= near)
    pairs = np.stack([low, high], axis=1)[high - low > near]
    if not is_one.all() or len(pairs) < 2 or bool((np.ptp(pairs, axis=0) <= near).all()):
        return False
    return any(bool((np.abs(pairs - number).min(axis=1) <= near).all()) for number in pairs[0])


def _is_among(kernel: Array, weights: Sequence[Array]) -> bool:
    return any(weight.shape == kernel.shape and np.array_equal(weight, kernel) for weight in weights)


def _has_dropout_layer(model: Model) -> bool:
    return any(layer.kind.endswith(_DROPOUTS) and layer.rate for layer in model.facts.layers)


def _judge_rates(model: Model) -> Judgement | None:
    """Return the judgement where all layers that drop have tiny rates; else, or where none has a rate, None."""
    rates = [layer.rate for layer in model.facts.layers if layer.rate]
    if not _has_dropout_layer(model) or max(rates) >= LEAST_RATE:
        return None
    return failed(
        _(
            "The largest rate of the Dropout layers is {rate:g}: so few units are dropped that the network learns "
            "as without dropout. The rate is the share of units that each step leaves out: begin with 0.05 or "
            "0.1.",
            rate=max(rates),
        ),
        expected=_("a rate of {least:g} or more", least=LEAST_RATE),
        received=write_number(max(rates), "g"),
        blocks=False,
    )


def _explain_nothing_dropped(model: Model) -> Words:
    layers = [layer for layer in model.facts.layers if layer.kind.endswith(_DROPOUTS)]
    if not layers:
        return _(
            "Nothing is dropped in training. Add keras.layers.Dropout(0.1) behind a hidden layer; 0.1 is the "
            "share of its units that each step leaves out."
        )
    if not any(layer.rate for layer in layers):
        return _(
            "There is a Dropout layer, but its rate is 0: it leaves out nothing. The rate is the share of units "
            "that is dropped, such as 0.1."
        )
    return _(
        "There is a Dropout layer, but in training nothing is dropped: does what the network returns go through "
        "it, and is it called without training=False? In a call() of your own, hand training on: "
        "self.dropout(x, training=training)."
    )
