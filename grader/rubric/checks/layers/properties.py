"""Properties of a Dense layer, each judged by its weights before and after one step of training."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.field_rules import InitialWeight, Penalty
from grader.core.i18n import Words, _, write_number
from grader.evidence.judgement import Judgement, failed
from grader.rubric.checks.layers.tried_layer import SAME, TriedLayer, is_same

SPREAD_SHARE = 0.05  # of a standard deviation that may be missing: 20,000 numbers are within 0.5 % nearly always
PENALTY_SHARE = 0.02  # that a penalty may be off: what is left of it in single precision
TINY = 1e-12  # so that nothing is divided by zero
FEW_DIFFERENT = 0.05  # of all weights: of 20,000 in half precision, a third are different numbers
MOST_ALIKE = 0.9  # correlation of two units, or of two inputs: of 100 drawn weights, below 0.6 nearly always
FAR_OUT, FEW_FAR_OUT = 1.75, 0.02  # standard deviations; share of weights beyond: 0.08 if normal, 0 if uniform


class LayerProperty(Declared, ABC):
    """Something that a layer is asked to have."""

    follows_inputs: ClassVar[bool] = False  # whether the weights depend on how many inputs there are

    @abstractmethod
    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Return the judgement for a layer without this property; None for one that has it."""


@dataclass(frozen=True)
class ConstantWeights(LayerProperty):
    """Every weight begins as `kernel`, every bias as `bias`, and both are trained.

    >>> ConstantWeights(kernel=0.5, bias=1.0)
    """

    kernel: InitialWeight
    bias: InitialWeight

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge the weights that the layer begins with."""
        for name, values, expected in (
            (_("weights"), layer.fresh.kernel, self.kernel),
            (_("biases"), layer.fresh.bias, self.bias),
        ):
            if not is_same(values, np.full_like(values, expected)):
                return failed(
                    _(
                        "All {name} have to begin as {expected:g}. They begin as {received}.",
                        name=name,
                        expected=expected,
                        received=_write_some(values),
                    ),
                    expected=write_number(expected, "g"),
                    received=_write_some(values),
                )
        return _explain_training(layer)


@dataclass(frozen=True)
class HeNormal(LayerProperty):
    """Weights are drawn as `he_normal` draws them, biases begin as 0, and both are trained.

    The standard deviation is sqrt(2 / features). Source: He et al., 2015, "Delving Deep into Rectifiers".

    >>> HeNormal()
    """

    follows_inputs: ClassVar[bool] = True

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge how far the weights that the layer begins with are spread."""
        kernel, bias = layer.fresh.kernel, layer.fresh.bias
        if not is_same(bias, np.zeros_like(bias)):
            return failed(
                _("The biases have to begin as 0. They begin as {received}.", received=_write_some(bias)),
                expected="0",
                received=_write_some(bias),
            )
        return self._judge_spread(kernel) or _explain_training(layer)

    def _judge_spread(self, kernel: Array) -> Judgement | None:
        features, units = kernel.shape
        expected, received = sqrt(2 / features), float(kernel.std())
        is_off = abs(received / expected - 1) > SPREAD_SHARE or abs(float(kernel.mean())) > SPREAD_SHARE * expected
        different = len(np.unique(kernel))
        if not is_off and different < FEW_DIFFERENT * kernel.size:
            return failed(
                _(
                    "The weights have the right standard deviation, but only {different} of {all} are different "
                    "numbers: units that begin with the same weights learn the same. he_normal draws each weight "
                    "by itself.",
                    different=different,
                    all=kernel.size,
                ),
                expected=_("weights that are drawn one by one"),
                received=_("different weights: {different} of {all}", different=different, all=kernel.size),
            )
        if not is_off and _has_copies(kernel):
            return failed(
                _(
                    "The weights have the right standard deviation, but some units, or all weights of some "
                    "inputs, begin nearly as others do: units that begin alike learn nearly the same. he_normal "
                    "draws each weight by itself."
                ),
                expected=_("weights that are drawn one by one"),
                received=_("weights that repeat others"),
            )
        if not is_off and float((np.abs(kernel) > FAR_OUT * received).mean()) > FEW_FAR_OUT:
            return None
        return failed(
            _(
                "The weights are not drawn as he_normal draws them: their standard deviation is {received:.4f}; "
                "expected sqrt(2 / {features}) = {expected:.4f}. {why}",
                received=received,
                features=features,
                expected=expected,
                why=self._guess(received, features, units, is_off=is_off),
            ),
            expected=_("standard deviation {value:.4f}", value=expected),
            received=_("standard deviation {value:.4f}", value=received),
        )

    def _guess(self, received: float, features: int, units: int, *, is_off: bool) -> Words:
        """Say which other initialiser draws weights like these."""
        if not is_off:
            return _(
                "They are spread evenly, as he_uniform does it: a normal distribution has more in its middle."
            )
        spreads = (
            (_("That is what Keras does without being asked (Glorot)."), sqrt(2 / (features + units))),
            (_("That is what LeCun's initialiser does."), sqrt(1 / features)),
            (_("That is what random_normal does without options."), 0.05),
        )
        for words, spread in spreads:
            if abs(received / spread - 1) < SPREAD_SHARE:
                return words
        return _("All weights are the same.") if received == 0 else _("Use kernel_initializer.")


@dataclass(frozen=True)
class NoBias(LayerProperty):
    """There is no bias, not even one that is trained later.

    >>> NoBias()
    """

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge the outputs for a row of zeros."""
        nothing = np.zeros_like(layer.fresh.bias)
        if not is_same(layer.fresh.bias, nothing):
            return failed(
                _(
                    "For a row of zeros a layer without a bias gives zeros. This one gives {received}.",
                    received=_write_some(layer.fresh.bias),
                ),
                expected=_("no bias"),
                received=_write_some(layer.fresh.bias),
            )
        if not is_same(layer.trained.bias, nothing):
            return failed(
                _(
                    "The bias begins as 0, but it is there: after one step of training it is {received}. "
                    "use_bias=False, without quotes, leaves it out.",
                    received=_write_some(layer.trained.bias),
                ),
                expected=_("no bias"),
                received=_write_some(layer.trained.bias),
            )
        return _explain_training(layer, has_bias=False)


@dataclass(frozen=True)
class Penalised(LayerProperty):
    """The kernel has an L2 penalty: `l2` times the sum of its squares is added to the loss; biases have none.

    >>> Penalised(l2=0.01)
    """

    l2: Penalty

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge by how much more than the plain step the training made the weights smaller."""
        penalty = find_penalty(layer)
        expected = _("an L2 penalty of {l2:g} on the kernel", l2=self.l2)
        if penalty is None or abs(penalty / self.l2 - 1) > PENALTY_SHARE:
            return failed(
                _(
                    "One step of training does something else than an L2 penalty of {l2:g} on the kernel makes it "
                    "do. {what} kernel_regularizer=keras.regularizers.L2(...) adds such a penalty: not L1, and "
                    "not to the outputs (activity_regularizer) or biases.",
                    l2=self.l2,
                    what=describe_step(layer),
                ),
                expected=expected,
                received=describe_step(layer),
            )
        if not (_has_plain_bias(layer) and _has_plain_bias_again(layer)):
            return failed(
                _("The penalty is right, but training does something else to the biases: they have no penalty."),
                expected=expected,
            )
        return None


@dataclass(frozen=True)
class NonNegative(LayerProperty):
    """No weight of the kernel is below zero after a step of training, and the layer learns.

    It learns if the step leaves weights of different size. What it makes of each may be anything: a kernel that is
    a softplus of what is trained is right as well.

    >>> NonNegative()
    """

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge the weights after the training: before it, Keras applies no constraint."""
        kernel = layer.trained.kernel
        negative = int((kernel < -SAME).sum())
        if negative:
            return failed(
                _(
                    "After one step of training {count} of {all} weights are below zero, the smallest is "
                    "{smallest:.4g}. {what} kernel_constraint keeps weights from that.",
                    count=negative,
                    all=kernel.size,
                    smallest=float(kernel.min()),
                    what=describe_step(layer),
                ),
                expected=_("no weight below zero"),
                received=_("{count} weights below zero", count=negative),
            )
        if layer.is_free and not layer.is_unchanged:
            return failed(
                _(
                    "No weight is below zero after this step, but without a constraint none would be, either: the "
                    "weights begin too large, or move too slowly, to get there so soon. A beginning keeps no "
                    "weight from that forever. Begin as Keras does, and set kernel_constraint."
                ),
                expected=_("a constraint"),
                received=describe_step(layer),
            )
        if layer.is_unchanged or not kernel.any():
            return failed(
                _("No weight is below zero, but the layer does not learn. {what}", what=describe_step(layer)),
                expected=_("weights that are trained and not negative"),
                received=describe_step(layer),
            )
        if kernel.size > 1 and float(np.ptp(kernel)) <= SAME * float(kernel.max()):
            return failed(
                _(
                    "No weight is below zero, but after the step all of them are {value:.4g}: the constraint puts "
                    "one number in the place of what was learned. keras.constraints.NonNeg() makes 0 of what is "
                    "below zero, and leaves the rest.",
                    value=float(kernel.flat[0]),
                ),
                expected=_("weights that are trained and not negative"),
                received=write_number(float(kernel.flat[0]), ".4g"),
            )
        return None


@dataclass(frozen=True)
class Frozen(LayerProperty):
    """Training changes neither the kernel nor the bias.

    >>> Frozen()
    """

    def judge(self, layer: TriedLayer) -> Judgement | None:
        """Judge by whether the training changed anything, and whether there is anything that could be changed."""
        if layer.is_unchanged and not layer.fresh.kernel.any():
            return failed(
                _(
                    "Training changes nothing, but all weights of the kernel begin as 0: such a layer gives the "
                    "same for every row. Let them begin as Keras does, and freeze the layer by trainable=False."
                ),
                expected=_("weights that are not all 0"),
                received=_("a kernel of zeros"),
            )
        if layer.is_unchanged:
            return None
        moved = float(np.abs(layer.trained.kernel - layer.fresh.kernel).max())
        message = _(
            "One step of training changes the layer: a weight by {moved:.4g}. A frozen layer stays as it is: "
            "Dense(..., trainable=False), or afterwards layer.trainable = False, with one = and spelt like this.",
            moved=moved,
        )
        if is_same(layer.trained.kernel, layer.fresh.kernel):
            message = _(
                "Training leaves the kernel as it is, but changes the bias. trainable=False freezes the whole "
                "layer."
            )
        return failed(message, expected=_("the same weights before and after training"))


def _has_copies(kernel: Array) -> bool:
    """Return whether the weights of two units, or of two inputs, are nearly proportional."""
    for rows in (kernel, kernel.T):
        deviations = rows - rows.mean(axis=1, keepdims=True)
        lengths = np.maximum(np.linalg.norm(deviations, axis=1, keepdims=True), TINY)
        alike = np.abs((deviations / lengths) @ (deviations / lengths).T)
        np.fill_diagonal(alike, 0.0)
        if (alike > MOST_ALIKE).any():
            return True
    return False


def find_penalty(layer: TriedLayer) -> float | None:
    """Return the L2 penalty that explains what the training did to the kernel; None where none does."""
    pulled, fresh = layer.plain.kernel - layer.trained.kernel, layer.fresh.kernel
    # The gradient of l2 * sum(w**2) is 2 * l2 * w.
    share = float((pulled * fresh).sum() / max(float((fresh**2).sum()), TINY))
    return share / (2 * layer.learning_rate) if share > SAME and is_same(pulled, share * fresh) else None


def describe_step(layer: TriedLayer) -> Words:
    """Say what one step of training did to the kernel, as a sentence."""
    if is_same(layer.trained.kernel, layer.fresh.kernel):
        return _("Training does not change it at all: is it frozen?")
    if is_same(layer.trained.kernel, layer.plain.kernel):
        return _("The kernel is trained as without any option.")
    if is_same(layer.trained.kernel, np.maximum(layer.plain.kernel, 0.0)):
        return _("Training cuts weights off below zero.")
    if (penalty := find_penalty(layer)) is not None:
        return _("Training shrinks it as an L2 penalty of {l2:.3g} does.", l2=penalty)
    return _("Training changes it in another way.")


def _explain_training(layer: TriedLayer, *, has_bias: bool = True) -> Judgement | None:
    """Return the judgement for a layer that is trained in another way than a layer without options; else None."""
    if not is_same(layer.trained.kernel, layer.plain.kernel):
        return failed(
            _(
                "The layer begins as it should, but has something that nobody asked for. {what}",
                what=describe_step(layer),
            ),
            expected=_("a layer that is trained as usual"),
            received=describe_step(layer),
        )
    return _explain_bias(layer) if has_bias else None


def _has_plain_bias(layer: TriedLayer) -> bool:
    """Return whether the first step did to the bias what it does without any option."""
    return is_same(layer.trained.bias, layer.plain.bias)


def _has_plain_bias_again(layer: TriedLayer) -> bool:
    """Return whether the second step did so: a penalty on a bias that begins as 0 shows no earlier."""
    if layer.again is None or layer.plain_again is None:
        return True
    return is_same(layer.again.bias, layer.plain_again.bias)


def _explain_bias(layer: TriedLayer) -> Judgement | None:
    """Return the judgement for a layer whose bias is trained in another way than without options; else None."""
    if not _has_plain_bias(layer):
        stays = is_same(layer.trained.bias, layer.fresh.bias)
        what = _("Training does not change it.") if stays else _("Training changes it in another way.")
        return failed(
            _("The kernel is right, but the bias is not trained as usual. {what}", what=what),
            expected=_("a layer that is trained as usual"),
            received=what,
        )
    if not _has_plain_bias_again(layer):
        return failed(
            _(
                "The kernel is right, but the second step of training does something else to the bias than usual. "
                "A penalty on a bias that begins as 0 shows only then: leave bias_regularizer away."
            ),
            expected=_("a layer that is trained as usual"),
        )
    return None


def _write_some(values: Array) -> str:
    """Write the first few numbers of an array."""
    few = ", ".join(f"{value:.4g}" for value in values.ravel()[:4])
    return f"{few}, …" if values.size > 4 else few
