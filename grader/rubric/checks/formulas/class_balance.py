"""Formulas about classes of unequal size: the weights that balance them, and whether they should be balanced."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.case import Case
from grader.evidence.judgement import PreconditionFailedError, failed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, NoneValue, TextValue
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial, build_list_trial

COURSE = (5567, 354, 3224)  # rows of the classes 0, 1 and 2 in the course's example
ROUNDED = 0.005  # relative: weights that are rounded to three digits train the same network


def class_weights(y: Array) -> Array:
    """Return a row (label, weight) for each label that occurs in y (n,), in the order of the labels.

    The weight is the size of the largest class divided by the size of the class.
    """
    labels, counts = np.unique(y, return_counts=True)
    return np.column_stack([labels, counts.max() / counts])


@cache
def _weight_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return labels: those of the course's example, drawn ones, and edges."""
    random = seal.random("class weights", 67)
    general = [_build_count_trial("course", COURSE, random), Trial("small", (np.array([0, 1, 0, 0, 2, 0, 2]),))]
    for i, classes in enumerate((2, 4, 3)):
        counts = random.choice(np.arange(5, 200), classes, replace=False)
        general.append(_build_count_trial(f"general_{i}", tuple(map(int, counts)), random))
    edges = (
        Trial(
            "missing_labels",
            (np.array([4, 2, 2, 0, 2, 4]),),
            edge=_("where labels between the others do not occur"),
            hint=_("Give a weight to each label that occurs, and to no other one; np.unique finds them."),
        ),
        Trial("balanced", (np.array([1, 0, 1, 0]),), edge=_("where all classes are equally large")),
        Trial("one_class", (np.array([3, 3, 3]),), edge=_("where there is a single class")),
        Trial("float_labels", (np.array([0.0, 1.0, 1.0]),), edge=_("for labels 0.0 and 1.0")),
        build_list_trial("lists", (np.array([0, 1, 1, 1]),)),
    )
    return (*general, *edges)


def _build_count_trial(name: str, counts: tuple[int, ...], random: np.random.Generator) -> Trial:
    y = random.permutation(np.repeat(np.arange(len(counts)), counts))
    listed = ", ".join(f"{count} × {label}" for label, count in enumerate(counts))
    return Trial(name, (y,), words=_("y with {labels}", labels=listed))


def _mistake(weigh: Callable[[Array], Array], words: Words) -> Mistake:
    """Return the mistake of weighing classes by another function of their sizes."""

    def compute(y: Array) -> Array:
        labels, counts = np.unique(y, return_counts=True)
        return np.column_stack([labels, weigh(counts)])

    return Mistake(compute, words)


_WEIGHT_MISTAKES = (
    _mistake(
        lambda n: n.sum() / (len(n) * n),
        _(
            "Those are the weights that scikit-learn calls balanced. They have the right ratios, but another "
            "scale: here the most frequent class gets the weight 1, so that its rows count as they would without "
            "weights."
        ),
    ),
    _mistake(
        lambda n: n.sum() / n,
        _(
            "That is the number of all rows divided by the size of the class; divide the size of the largest "
            "class."
        ),
    ),
    _mistake(
        lambda n: n / n.max(),
        _(
            "That is the wrong way round: the rarer a class is, the less it counts. Divide the size of the "
            "largest class by the size of the class."
        ),
    ),
    _mistake(
        lambda n: n.min() / n,
        _("That gives the rarest class the weight 1. The most frequent one has to get it, and the others more."),
    ),
    _mistake(
        lambda n: n / n.min(),
        _(
            "That is the wrong way round: the most frequent class counts most. Divide the size of the largest "
            "class by the size of the class."
        ),
    ),
    _mistake(
        lambda n: n / n.sum(), _("Those are the shares of the classes: the rarer a class, the less it counts.")
    ),
    _mistake(
        lambda n: 1 - n / n.sum(), _("That is 1 minus the share of the class; expected is a ratio of sizes.")
    ),
    _mistake(lambda n: 1.0 / n, _("Multiply by the size of the largest class, so that its weight is 1.")),
    _mistake(lambda n: n, _("Those are the sizes of the classes. Divide the largest by each of them.")),
    _mistake(
        lambda n: np.sqrt(n.max() / n), _("That is the square root of the ratio; expected is the ratio itself.")
    ),
    _mistake(lambda n: n.max() // n, _("Those are whole numbers: // cuts off what / keeps.")),
    _mistake(
        lambda n: np.round(n.max() / n), _("Those are rounded to whole numbers; keep what is behind the point.")
    ),
    _mistake(lambda n: np.ones(len(n)), _("Every class has the weight 1, as without weights.")),
)


def read_weights(case: Case, step: str, function: str) -> Array:
    """Return rows (label, weight) in the order of the labels, from a dict, or from weights of 0, 1, 2, ...

    Raises:
        PreconditionFailedError: it is something else; the judgement says what.
    """
    value, arrays = case.value(step)
    if not isinstance(value, Entries):
        if isinstance(value, NoneValue):
            numbers(value, arrays, function)  # says that nothing was returned
        try:
            weights = numbers(value, arrays, function)
        except PreconditionFailedError as unmet:
            raise _refuse_weights(function, name_of(value)) from unmet
        if weights.ndim != 1 or not is_numeric(weights):
            raise _refuse_weights(function, name_of(value))
        return np.column_stack([np.arange(len(weights)), weights])
    rows = []
    for key, item in value.entries:
        try:
            label, weight = float(key), numbers(item, arrays, function)
        except (ValueError, PreconditionFailedError) as error:
            raise _refuse_weights(function, name_of(value)) from error
        if weight.size != 1 or not is_numeric(weight):
            raise _refuse_weights(function, name_of(value))
        rows.append((label, float(weight.item())))
    if value.has_number_as_text:
        raise _refuse_text_keys(function, value)
    return np.array(sorted(rows)).reshape(-1, 2)


def _refuse_text_keys(function: str, value: Entries) -> PreconditionFailedError:
    """Return the refusal of labels as text, which `fit` of Keras 3 does not find."""
    received = name_of(value)
    message = _(
        "{function}() returns a dict with labels that are text, as '0' in place of 0. In class_weight, fit looks "
        "for whole numbers: without an error it gives the weight 1 to each class whose number it does not find. "
        "Use the labels themselves as keys, as in {example}.",
        function=function,
        example="{int(label): weight}",
    )
    return PreconditionFailedError(failed(message, expected=_("labels that are numbers"), received=received))


def _refuse_weights(function: str, received: str) -> PreconditionFailedError:
    message = _(
        "{function}() has to return a dict with the weight of each label, such as {example}: that is "
        "what fit takes as class_weight. Received: {received}.",
        function=function,
        example="{0: 1.0, 1: 2.5}",
        received=received,
    )
    return PreconditionFailedError(failed(message, expected=_("a dict: label to weight"), received=received))


def _show_weights(rows: Array) -> str:
    return f"{{{', '.join(f'{label:g}: {weight:.4g}' for label, weight in rows.tolist())}}}"


def _describe_labels(rows: Array) -> Words:
    return _("weights for the labels {labels}", labels=", ".join(f"{label:g}" for label in rows[:, 0]))


def _are_close(received: Array, y: Array) -> bool:
    expected = class_weights(y)
    is_same_shape = received.shape == expected.shape
    return is_same_shape and bool(
        np.array_equal(received[:, 0], expected[:, 0])
        and np.allclose(received[:, 1], expected[:, 1], rtol=ROUNDED, atol=0.0)
    )


# Whether to balance at all.

# By the name of the situation: whether its counts come from how the rows were collected, not from where the
# network is used. Task sheet and stub describe each.
SITUATIONS: Mapping[str, bool] = MappingProxyType(
    {"rainy_days": False, "web_search": True, "all_mails": False, "staged_photos": True}
)


def should_rebalance(situation: str) -> bool:
    """Return whether the classes of a situation should be balanced."""
    return SITUATIONS[situation]


@cache
def _situation_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return each situation, in an order that is drawn."""
    names = seal.random("situations").permutation(list(SITUATIONS)).tolist()
    return tuple(Trial(name, (name,)) for name in names)


_ANSWERS: Mapping[str, bool] = MappingProxyType(
    {"yes": True, "ja": True, "true": True, "no": False, "nein": False, "false": False}
)


def read_answer(case: Case, step: str, function: str) -> Array:
    """Return an answer as a truth value, from a number 0 or 1 and from the words yes and no as well.

    Raises:
        PreconditionFailedError: it is something else; the judgement says what.
    """
    value, arrays = case.value(step)
    if isinstance(value, TextValue) and (word := value.text.strip().lower()) in _ANSWERS:
        return np.array(_ANSWERS[word])
    if not isinstance(value, TextValue | NoneValue):
        try:
            answer = numbers(value, arrays, function)
        except PreconditionFailedError:
            answer = np.array([])
        if answer.size == 1 and is_numeric(answer) and answer.item() in {0, 1}:
            return answer.reshape(()).astype(bool)
    received = name_of(value)
    message = _(
        "{function}() has to return True or False. Received: {received}.", function=function, received=received
    )
    if isinstance(value, NoneValue):
        message = _("{function}() returned None. Is there a `return` at its end?", function=function)
    raise PreconditionFailedError(
        failed(
            message,
            expected=_("True or False"),
            received=received,
        )
    )


_SITUATION_MISTAKES = (
    Mistake(
        lambda situation: not SITUATIONS[situation],
        _(
            "All answers are the wrong way round. Balance where the counts say how somebody collected the rows; "
            "leave them where they say how often something happens."
        ),
    ),
    Mistake(
        lambda situation: True,
        _(
            "That is always True. Where the counts are as they are in the world, balancing makes the network "
            "expect rare things far too often."
        ),
    ),
    Mistake(
        lambda situation: False,
        _(
            "That is always False. Where the counts only say how somebody collected the rows, the network learns "
            "them all the same."
        ),
    ),
)

BALANCE_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "class_weights": Formula(
            words=_("the size of the largest class divided by the size of the class, for each label that occurs"),
            parameters=("y",),
            right=class_weights,
            trials=_weight_trials,
            mistakes=_WEIGHT_MISTAKES,
            agrees=_are_close,
            read=read_weights,
            shape_hint=_("Return a dict with one weight for each label that occurs in y."),
            show=_show_weights,
            describe_shape=_describe_labels,
        ),
        "should_rebalance": Formula(
            words=_(
                "True where the counts come from how the rows were collected, False where they are as they are "
                "wherever the network is used"
            ),
            parameters=("situation",),
            right=should_rebalance,
            trials=_situation_trials,
            mistakes=_SITUATION_MISTAKES,
            read=read_answer,
            show=lambda answer: str(bool(answer)),
        ),
    }
)
