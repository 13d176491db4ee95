"""Say what to look at first where a score is too low, from what is known of the training."""

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.label_pairs import explain_foreign_labels
from grader.evidence.learning_rates import explain_far_too_high
from grader.evidence.network import TrainedNetwork, read_network
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.output_and_loss import HeadAndLoss
from grader.rubric.checks.networks.untrained import explain_untrained

_SETTLED_EPOCHS = 5  # with fewer, nothing can be said of how the loss goes on
FLAT = 0.01  # share by which the last quarter of the epochs has to get below the others to be still falling
_MOVED = 0.05  # share by which a loss falls at least, where anything is learned
_RISEN = 1.25  # times its lowest value: a validation loss that rose again


def _name_misfit(case: Case, training: Training) -> Words | None:
    """Return a sentence where output and loss of a network for classes do not fit each other, else None.

    How to mend it is said by the criterion that is about that.
    """
    check = HeadAndLoss(training)
    if case.task.kind != "classification" or case.task.classes <= 2 or not check.is_independent(case):
        return None  # for a question of yes or no, other outputs and losses are right, too
    try:
        judgement = check.judge(case)
    except PreconditionFailedError:
        return None
    if judgement.status is not Status.FAILED or judgement.received is None:
        return None
    return _(
        "Output activation, loss and labels do not fit one another: mend this first. Received: {received}.",
        received=judgement.received,
    )


def _name_unchanged_layers(network: TrainedNetwork) -> Words | None:
    """Return a sentence where training changed some layers and left others as they were, else None."""
    if network.training.base or any(m is None or m.graph is None for m in (network.before, network.after)):
        return None  # a base is to stay as it is
    before, after = (m.graph.kernels for m in (network.before, network.after) if m is not None and m.graph)
    if len(before) != len(after):
        return None
    unchanged = [a.shape for (_n, a), (_m, b) in zip(before, after, strict=True) if np.array_equal(a, b)]
    if not 0 < len(unchanged) < len(before):
        return None
    return _(
        "Training left {count} of {total} kernels as they were before ({shapes}), and more training would not "
        "change them. Are their layers set to trainable=False, or behind a stop_gradient? Let them learn first.",
        count=len(unchanged),
        total=len(before),
        shapes=", ".join("×".join(map(str, shape)) for shape in unchanged),
    )


def advise_on_score(case: Case, training: Training) -> Words:
    """Return one sentence: what keeps the network from learning, else how its loss fell."""
    network = read_network(case, training, case.seeds[0])
    if network.is_untouched:
        return explain_untrained(network)
    mistake = (
        explain_foreign_labels(case, training) or _name_misfit(case, training) or _name_unchanged_layers(network)
    )
    if mistake is not None:
        return mistake
    ignored = [name for name in training.inputs if network.after is not None and network.after.ignores(name)]
    if ignored and len(ignored) < len(training.inputs):
        return _("The network does without {names}, so it lacks what these say.", names=", ".join(ignored))
    loss, val_loss = (np.asarray(network.curves.get(key, []), dtype=np.float64) for key in ("loss", "val_loss"))
    if not loss.size or not np.isfinite(loss).all():
        return _("Look at the learning curves: are they still rising, or apart?")
    return explain_far_too_high(network, case.task) or _describe_curves(network, loss, val_loss)


def _describe_curves(network: TrainedNetwork, loss: Array, val_loss: Array) -> Words:
    """Return what to do next, by how the losses went; that of the training has finite numbers only."""
    epochs = int(loss.size)
    if epochs == 1:
        return _("fit ran for a single epoch, and the network saw each row once. Train for more epochs.")
    best = int(np.argmin(val_loss)) if val_loss.size and np.isfinite(val_loss).all() else -1
    if 0 <= best < epochs and val_loss[-1] > _RISEN * val_loss[best] and loss[-1] < loss[best]:
        return _(
            "The validation loss was lowest in epoch {best} of {epochs} and rose again: from there on, the "
            "network learned its rows by heart.",
            best=best + 1,
            epochs=int(val_loss.size),
        )
    if loss.min() > (1 - _MOVED) * loss[0]:
        return _(
            "In {epochs} epochs the loss only got from {first:.3g} to {least:.3g}. Train for many more epochs, or "
            "with a larger learning rate. If that does not move it either, there is nothing that can learn.",
            epochs=epochs,
            first=float(loss[0]),
            least=float(loss.min()),
        )
    start = epochs * 3 // 4  # of the last quarter
    if epochs < _SETTLED_EPOCHS or loss[start:].min() < (1 - FLAT) * loss[:start].min():
        return _(
            "fit ran for {epochs} epochs, and the loss was still falling at the end: train for longer, or with a "
            "larger learning rate.",
            epochs=epochs,
        )
    if network.after is not None and any(layer.kernel_regularizer for layer in network.after.facts.layers):
        return _(
            "The loss no longer falls at the end, so more training would not help. A kernel_regularizer pulls the "
            "weights towards 0: make its factor smaller, such as 0.001, or leave it out."
        )
    return _(
        "The loss no longer falls at the end, so more training would not help. Does fit get the rows and the "
        "targets just as train() got them?"
    )
