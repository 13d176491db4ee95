"""The check of the losses of a network's outputs: each counts, and none drowns the others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from grader.core.field_rules import Range
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.constant_answers import LossSize, measure_constant_answer
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.label_pairs import explain_other_targets
from grader.evidence.loss_identity import Finding, identify_network_loss
from grader.evidence.network import read_network
from grader.evidence.outputs import list_views
from grader.protocol.evidence import CompileFacts
from grader.rubric.checks.networks.output_and_loss import read_last_compiled
from grader.rubric.checks.networks.own_loss import explain_not_compiled
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.checks.outputs.together import OfAllOutputs


@dataclass(frozen=True)
class WeightedLoss:
    """The loss of one output."""

    output: str
    weight: float
    size: LossSize | None  # without its weight, for one answer to all rows; None where that is not known
    has_unknown_size: bool  # where it is not known, it may be right all the same


@dataclass(frozen=True)
class BalancedLosses(OfAllOutputs):
    """The loss of each output counts: none has the weight 0, and none drowns the others.

    The losses are compared as they are for the best answer that is the same for all rows, each times its weight in
    `loss_weights`: the largest is at most `most` times the smallest. What the trial of a loss gives tells, so a
    factor in a loss of one's own counts as well. A loss that cannot be right for its output is not compared.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> BalancedLosses(Training(outputs=(PRICE, KIND)), most=20.0)
    """

    topics = frozenset({"training"})
    most: Annotated[float, Range(_("from 1 to a million"), low=1.0, high=1e6)]

    def judge(self, case: Case) -> Judgement:
        """Judge by what the network was compiled with when it was trained."""
        views = list_views(case, self.training)
        losses = [self._read_loss(view) for view in views]
        for loss in losses:
            if loss.weight <= 0:
                return _refuse_weight(loss.output, loss.weight)
        weights = ", ".join(f"{loss.output}: {loss.weight:g}" for loss in losses)
        sizes = {loss.output: loss.size.times(loss.weight) for loss in losses if loss.size is not None}
        unknown = [loss.output for loss in losses if loss.size is None and loss.has_unknown_size]
        if unknown:
            return _leave_size(unknown[0])
        if self._has_weighted_rows(case):
            return _leave_weighted_rows()
        if len(sizes) < len(losses):
            return passed(_("The loss of each output counts; weights: {weights}.", weights=weights))
        others = (explain_other_targets(view, self.training) for view in views)
        return compare_losses(sizes, self.most, next((words for words in others if words is not None), None))

    def _has_weighted_rows(self, case: Case) -> bool:
        """Return whether rows count differently in training, so that a loss has another size there."""
        network = read_network(case, self.training, case.seeds[0])
        return any(fit.weighted for fit in network.training_fits if fit.finished)

    def _read_loss(self, view: Case) -> WeightedLoss:
        """Return the loss of an output; raises `PreconditionFailedError` where it has none, or nobody can tell."""
        model = require_certified(view, self.training, after=False)
        step, compiled = read_last_compiled(view, self.training, model)
        if compiled is not None and compiled.own_methods:
            raise PreconditionFailedError(_explain_own_methods(compiled))
        if compiled is None or not compiled.loss:
            raise PreconditionFailedError(_explain_no_loss(view.output, compiled))
        if compiled.is_weight_unknown:
            raise PreconditionFailedError(_leave_weight(view.output))
        loss = identify_network_loss(view, self.training, step, compiled)
        labels, arrays = view.inside[self.training.array("y_train")], view.steps[step].arrays
        size = measure_constant_answer(loss, compiled, arrays, view.task, labels)
        return WeightedLoss(
            output=view.output,
            weight=1.0 if compiled.weight is None else compiled.weight,
            size=size,
            has_unknown_size=loss.finding in _LEARNING and (loss.is_own or loss.name == "huber"),
        )


# Of losses that may be right for their output; what is wrong with others is said elsewhere.
_LEARNING = frozenset({Finding.NAMED, Finding.PROPER, Finding.LIKELIHOOD, Finding.UNDECIDED})


def compare_losses(weighted: Mapping[str, LossSize], most: float, other_targets: Words | None = None) -> Judgement:
    """Return the judgement of losses, by the names of their outputs and each times its weight.

    Args:
        weighted: how large each loss is, with the targets that the exercise hands out.
        most: how many times the smallest the largest may be.
        other_targets: a sentence where `fit` got other ones: nothing is said of its losses then.
    """
    sizes = ", ".join(f"{name} {size.middle:.3g}" for name, size in weighted.items())
    largest = max(weighted, key=lambda name: weighted[name].middle)
    smallest = min(weighted, key=lambda name: weighted[name].middle)
    if max(s.high for s in weighted.values()) <= most * min(s.low for s in weighted.values()):
        return passed(_say_balanced(sizes, other_targets), received=sizes)
    if weighted[largest].low <= most * weighted[smallest].high:
        unsure = max(weighted, key=lambda name: weighted[name].high / weighted[name].low)
        return _leave_size(unsure)
    ratio = weighted[largest].middle / weighted[smallest].middle
    return failed(
        _say_drowned(largest, smallest, ratio, sizes, other_targets),
        expected=_("at most {most:g} times", most=most),
        received=_("{ratio:.0f} times", ratio=ratio),
        blocks=False,
    )


def _say_balanced(sizes: str, other_targets: Words | None) -> Words:
    if other_targets is None:
        return _(
            "The losses are about the same size. For the best answer that is the same for all rows, times "
            "the weights: {sizes}.",
            sizes=sizes,
        )
    return _(
        "With the targets that train() gets, the losses are about the same size (for the best answer that is the "
        "same for all rows, times the weights: {sizes}). {other_targets}",
        sizes=sizes,
        other_targets=other_targets,
    )


def _say_drowned(largest: str, smallest: str, ratio: float, sizes: str, other_targets: Words | None) -> Words:
    if other_targets is None:
        return _(
            "The loss of {largest} drowns that of {smallest}: it is {ratio:.0f} times as large (for the best "
            "answer that is the same for all rows, times the weights: {sizes}). So the shared layers hardly "
            "learn for {smallest}. Choose loss_weights that make both about the same size.",
            largest=largest,
            smallest=smallest,
            ratio=ratio,
            sizes=sizes,
        )
    return _(
        "{other_targets} With those that train() gets, the loss of {largest} is {ratio:.0f} times as large as "
        "that of {smallest} (for the best answer that is the same for all rows, times the weights: {sizes}). Hand "
        "the targets on as they come, and choose loss_weights that make both about the same size with these.",
        other_targets=other_targets,
        largest=largest,
        smallest=smallest,
        ratio=ratio,
        sizes=sizes,
    )


def _leave_size(name: str) -> Judgement:
    return not_graded(
        _(
            "The loss of each output counts, but the grader cannot tell how large the loss of {output} is beside "
            "the others. A person has to look at it.",
            output=name,
        )
    )


def _leave_weight(name: str) -> Judgement:
    return not_graded(
        _(
            "The weight of the loss of {output} in loss_weights is no single number, so the grader cannot tell "
            "how much this loss counts. A person has to look at it.",
            output=name,
        )
    )


def _leave_weighted_rows() -> Judgement:
    return not_graded(
        _(
            "fit was called with sample_weight or class_weight, which change how much the loss of each output "
            "counts beside loss_weights. A person has to look at it."
        )
    )


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
