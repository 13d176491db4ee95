"""The titles of the misconceptions, as people say them. Verdicts have their ids and what was found."""

from grader.core.i18n import Message, _

# Of each entry of the catalogue, see `docs/misconceptions.md`.
TITLES: dict[str, Message] = {
    "old-keras-api": _("Code for Keras 1 or 2"),
    "return-in-loop": _("A loop that ends in its first round"),
    "layers-made-in-call": _("New weights at every call"),
    "style-disguise": _("A network of another style than its name says"),
    "missing-flatten": _("No Flatten: an answer for each place instead of one for the row"),
    "softmax-one-unit": _("Softmax over a single unit"),
    "wrong-unit-count": _("Too many or too few outputs"),
    "not-compiled": _("Not compiled: no loss, no optimizer"),
    "head-missing-activation": _("Cross-entropy of raw outputs"),
    "double-softmax": _("Softmax twice"),
    "relu-head": _("ReLU as the output activation"),
    "bounded-regression-head": _("Targets beyond the range of the output activation"),
    "sparse-vs-onehot": _("The loss expects labels in another format"),
    "sigmoid-for-classes": _("Sigmoid for classes that exclude one another"),
    "loss-for-other-task": _("A loss for another kind of task"),
    "accuracy-for-regression": _("Accuracy for a regression"),
    "activation-before-head": _("Another activation before the output activation"),
    "no-hidden-nonlinearity": _("Linear layers in a row: they are one layer"),
    "constant-init": _("Weights that all begin equal"),
    "untrained": _("The weights did not change"),
    "compiled-then-frozen": _("Frozen after compiling"),
    "scaler-leak": _("Statistics of the test part used for scaling"),
    "train-test-overlap": _("The same rows in both parts"),
    "integer-input": _("Features cut off to whole numbers"),
    "unscaled-input": _("Features that were not scaled"),
    "scaled-twice": _("Features scaled twice"),
    "lr-too-high": _("Learning rate too high"),
    "lr-too-low": _("Learning rate too low"),
    "nan-loss": _("The loss is no number"),
    "saturated-units": _("Saturated units that learn no more"),
    "underfitting": _("Underfitting"),
    "overfitting": _("Overfitting"),
    "too-good-validation": _("Validation rows that are not new"),
    "validation-ignored": _("Validation data not used"),
    "dead-relu": _("ReLU units that are always 0"),
    "dropout-too-high": _("More dropped than kept"),
    "order-of-norm-and-dropout": _("Batch normalisation after dropout"),
    "network-too-big": _("A network far too large for the data"),
    "input-dim": _("The first layer of Keras 1 and 2"),
    "download-inside": _("Data downloaded at run time"),
    "shows-a-window": _("plt.show() in a function"),
}


def find_title(name: str) -> Message | None:
    """Return the title of a misconception; None for one that this version does not know."""
    return TITLES.get(name)
