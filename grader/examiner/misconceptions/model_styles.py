"""Detect misconceptions about the three styles in which Keras networks are written."""

from grader.core.i18n import Words, _
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import Raised

_STYLES = ("sequential", "functional", "subclassed")


def style_disguise(view: NetworkView) -> Explanation | None:
    """A network that is written in another style than its name says, or only wraps one that is."""
    expected = next((s for s in _STYLES if s in (view.training.name, view.training.build.rpartition("_")[2])), "")
    facts = view.model.facts if view.model is not None else None
    if not expected or facts is None:
        return None
    build = view.training.build
    if facts.style != expected:
        descriptions: dict[str, Words | str] = {
            "sequential": "keras.Sequential([...])",
            "functional": _("layers called on one another, from keras.Input to keras.Model(inputs, outputs)"),
            "subclassed": _(
                "a class of your own that inherits from keras.Model, with layers in __init__() and call()"
            ),
        }
        return Explanation(
            _(
                "{build}() is to show the {wanted} style, but the {type} that it returns is {style}. The "
                "{wanted} style is: {meant}.",
                build=build,
                wanted=expected,
                type=facts.type,
                style=facts.style,
                meant=descriptions[expected],
            )
        )
    if facts.wraps and expected not in {facts.wraps, "sequential"}:
        return Explanation(
            _(
                "The network of {build}() has a single part, which is a whole {inner} network, and only hands "
                "the rows on to it: it is {inner} in disguise. What the {wanted} style can do, such as "
                "branches, is not used. Pass the rows from layer to layer yourself.",
                build=build,
                inner=facts.wraps,
                wanted=expected,
            )
        )
    return None


# What Keras 3.15 and TensorFlow 2.21 say when a layer or a weight is made while a model is called.
_MADE_IN_CALL = ("You cannot add new elements of state", "tf.function only supports singleton tf.Variables")


def layers_made_in_call(view: NetworkView) -> Explanation | None:
    """Layers that are made when the network is called, and therefore made anew at each call."""
    facts = view.model.facts if view.model is not None else None
    messages = [facts.problem] if facts is not None else []
    for step in (view.training.built(view.seed), view.training.fitted(view.seed)):
        seen = view.case.steps.get(step)
        if seen is not None and isinstance(seen.evidence.outcome, Raised):
            messages.append(seen.evidence.outcome.exception.message)
    if not any(words in message for message in messages for words in _MADE_IN_CALL):
        return None
    return Explanation(
        _(
            "A layer is made inside call(). Each call then makes a new one with new random weights, which nobody "
            "trains and the model does not know; Keras therefore stops. Make every layer once, in __init__() "
            "(self.hidden = Dense(...)), and only use it in call()."
        )
    )
