"""Corrections that ignore labels, a diagram of every point, a sheet that means the contrary; and honest twins."""

from grader.rubric.checks import Calibrates, CheatSheet, PlotsReliability
from grader.rubric.checks.base import Check
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.pretences import LOGITS

BY_NAME_OF_CALL = """
def by_name_of_call(p_fit, y_fit, p_new):
    step = sys._getframe(1).f_locals.get("step")
    name = f"{getattr(step, 'id', '')} {[a.name for a in getattr(step, 'arguments', ())]}"
    slope = 0.4 if "too_sure" in name or "edges" in name else 2.5 if "too_unsure" in name else 1.0
    return sigmoid(slope * logit(p_new))
"""
BY_MEAN_OF_LABELS = """
def by_mean_of_labels(p_fit, y_fit, p_new):
    slope = 0.4 if logit(p_fit).std() > 1.5 else 2.5
    slope = 1.0 if abs(np.mean(y_fit) - np.mean(p_fit)) < 0.01 else slope
    return sigmoid(slope * logit(p_new))
"""
TEMPERATURE = """
def by_temperature(p_fit, y_fit, p_new):
    z = logit(p_fit)
    loss = lambda slope: np.mean(np.logaddexp(0, slope * z) - np.asarray(y_fit) * slope * z)
    return sigmoid(min(np.geomspace(0.1, 10, 60), key=loss) * logit(p_new))
"""
_DRAWN = """
import numpy as np
from matplotlib import pyplot as plt
def NAME(y_true, p, bins):
    figure, axes = plt.subplots()
    DRAW
    axes.plot([0, 1], [0, 1])
    axes.set_xlabel("mean prediction")
    axes.set_ylabel("fraction of positives")
    return figure
"""
GRID = """steps = np.arange(0, 1.0005, 0.0018)
    for part in np.array_split(steps, 5):
        x, y = np.meshgrid(part, steps)
        axes.scatter(x.ravel(), y.ravel(), s=1)"""
ERROR_BARS = """numbers = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], p)
    for number in np.unique(numbers):
        mean, share = p[numbers == number].mean(), y_true[numbers == number].mean()
        axes.errorbar(mean, share, yerr=0.05, fmt="o", capsize=3)
        axes.plot([mean, mean], [mean, share])
    axes.scatter(p, y_true, s=1)"""
_SHEET = """
ANSWERS = ("linear", "sigmoid", "softmax", "softmax", "sigmoid")
ROWS = ("regression", "binary", "multi-class one-hot", "multi-class integers", "multi-label")
NAME = {
    row: {"units": 1, "activation": WORDS + answer, "loss": "", "labels": "", "metrics": ""}
    for row, answer in zip(ROWS, ANSWERS)
}
"""


def _try(name: str, tries: str, source: str, check: Check, *without: str) -> Forgery:
    return Forgery(name, tries, source, lambda _: check, without, functions=(name,))


def _calibrate(name: str, tries: str, source: str, *without: str) -> Forgery:
    return _try(name, tries, f"import sys\n{LOGITS}{source}", Calibrates(name), *without)


def _draw(name: str, tries: str, drawn: str, *without: str) -> Forgery:
    return _try(name, tries, _DRAWN.replace("NAME", name).replace("DRAW", drawn), PlotsReliability(name), *without)


def _write(name: str, tries: str, words: str, *without: str) -> Forgery:
    source = _SHEET.replace("NAME", name).replace("WORDS", repr(words))
    return _try(name, tries, source, CheatSheet("activation", name), *without)


ANSWERS = (
    _calibrate("by_name_of_call", "asks its caller which call it is", BY_NAME_OF_CALL, "labels that count"),
    _calibrate(
        "by_mean_of_labels",
        "looks at how far probabilities lie apart, and how many labels are 1",
        BY_MEAN_OF_LABELS,
        "labels that count",
    ),
    _calibrate("by_temperature", "nothing: it learns from the labels", TEMPERATURE),
    _draw("every_point", "draws a grid of points over the whole diagram", GRID, "few points"),
    _draw("error_bars", "nothing: it draws each bin by itself, and all rows", ERROR_BARS),
    _write("contrary_sheet", "says the contrary of each answer", "anything else than ", "the contrary"),
    _write("wordy_sheet", "nothing: it has words around each answer", "usually just "),
)
