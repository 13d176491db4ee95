"""Detect misconceptions about what a network is compiled with: its loss and metrics, and labels for the loss."""

from grader.core.i18n import _
from grader.evidence.labels import read_label_form
from grader.examiner.misconceptions.network_view import CROSS_ENTROPIES, Explanation, NetworkView

# Losses for targets that are numbers. Hinge, focal and Kullback-Leibler losses are losses for classes as well.
NUMBER_LOSSES = frozenset(
    {
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "huber",
        "log_cosh",
    }
)
# Losses for classes: they compare shares or signs, not sizes.
CLASS_LOSSES = CROSS_ENTROPIES | {
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
}


def not_compiled(view: NetworkView) -> Explanation | None:
    """A network without loss and optimizer."""
    if view.model is None or (view.compiled is not None and (view.compiled.loss or view.compiled.own_methods)):
        return None
    if view.compiled is not None:
        return Explanation(
            _(
                "The network was compiled without a loss. The loss is what training makes smaller, so fit "
                'has nothing to do without one. Write model.compile(optimizer="adam", loss="{usual}").',
                usual=view.usual_loss,
            )
        )
    after = view.network.after
    if after is not None and after.facts.compiled is not None:
        return Explanation(
            _(
                "{build}() returns a network that is not compiled; that happens only later, in {train}(). The "
                "output layer and the loss have to fit each other: call model.compile(...) in {build}(), next "
                "to the output layer.",
                build=view.training.build,
                train=view.training.train,
            )
        )
    return Explanation(
        _(
            "{build}() returns a network that is not compiled. Without a loss and an optimizer, fit "
            "does not know what to make smaller, or how, and stops with an error. Call "
            "model.compile(optimizer=..., loss=...) before you return it.",
            build=view.training.build,
        )
    )


def loss_for_other_task(view: NetworkView) -> Explanation | None:
    """A loss for numbers, or for other questions, where there are classes; or the reverse."""
    loss, _unused = view.loss
    if view.is_regression and loss in CLASS_LOSSES:
        return Explanation(
            _(
                "The loss is {loss}. It measures how well probabilities fit classes, but the targets here are "
                "numbers of any size, and how far an output is off does not count in it. For numbers use "
                "mean_squared_error.",
                loss=loss,
            )
        )
    if view.task.kind != "classification":
        return None
    if loss in NUMBER_LOSSES:
        return Explanation(
            _(
                "The loss is {loss}. It measures distances between numbers, so a confident mistake costs "
                "hardly more than a hesitant one, and its gradient gets small just where the network is "
                "most wrong. For classes use {usual}.",
                loss=loss,
                usual=view.usual_loss,
            )
        )
    if view.is_binary and view.units == 1 and loss in CROSS_ENTROPIES:
        return Explanation(
            _(
                "The loss is {loss}. It compares the outputs of several classes with one another, but the network "
                "has one output only, the probability of yes. For a question of yes or no use "
                "binary_crossentropy.",
                loss=loss,
            )
        )
    if view.has_exclusive_classes and loss == "binary_crossentropy" and view.output_activation == "softmax":
        return Explanation(
            _(
                "The loss is binary_crossentropy: it treats the {units} outputs of the softmax as that many "
                "separate yes-or-no questions. For one class out of {classes} use {usual}.",
                units=view.units or 0,
                classes=view.task.classes,
                usual=view.usual_loss,
            )
        )
    return None


def sparse_vs_onehot(view: NetworkView) -> Explanation | None:
    """Labels in one format, a loss for the other."""
    fit = view.fit
    if fit is None or not (view.has_exclusive_classes or (view.is_binary and (view.units or 0) > 1)):
        return None
    loss = fit.loss if fit.loss not in {None, "", "custom"} else view.loss[0]
    shape, form = str(fit.y_shape), read_label_form(fit, view.task.classes)
    if loss == "sparse_categorical_crossentropy" and form == "one_hot":
        return Explanation(
            _(
                "fit was given one-hot labels {shape} together with sparse_categorical_crossentropy. "
                "`sparse` means: each label is one integer, such as 2. One-hot rows, such as [0, 0, 1], "
                "belong to categorical_crossentropy.",
                shape=shape,
            )
        )
    if loss == "categorical_crossentropy" and form == "integers":
        return Explanation(
            _(
                "fit was given integer labels {shape} together with categorical_crossentropy, which "
                "compares one column per class. Turn the labels into one-hot rows, or use "
                "sparse_categorical_crossentropy, which reads integers.",
                shape=shape,
            )
        )
    return None


def accuracy_for_regression(view: NetworkView) -> Explanation | None:
    """A metric that counts hits, where nothing is hit or missed."""
    if not view.is_regression:
        return None
    models = (view.network.before, view.network.after)
    metrics = [m for model in models if model and model.facts.compiled for m in model.facts.compiled.metrics]
    accuracy = next((metric for metric in metrics if "accuracy" in metric), None)
    if accuracy is None:
        return None
    return Explanation(
        _(
            "The network is compiled with the metric {metric}. Accuracy counts how often output and target are "
            "equal; with numbers that hardly ever happens, so it stays near 0 however good the network is. Use "
            '"mean_absolute_error": it says how far off the outputs are on average.',
            metric=accuracy,
        )
    )
