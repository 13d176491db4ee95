"""Figures that hold the right numbers and do not show what they should, each with an honest twin."""

from grader.rubric.checks import PlotsHistory
from tests.attacks.forging.forgery import Forgery

_CURVES = """
from matplotlib import pyplot as plt
def {name}(history):
    figure, axes = plt.subplots()
    for key, values in history.history.items():
        axes.plot({over}, values, label=key)
    axes.set(xlabel="epoch", ylabel="value")
    axes.legend()
    return figure
"""


def _plot(name: str, tries: str, over: str, *without: str) -> Forgery:
    source = _CURVES.replace("{name}", name).replace("{over}", over)
    return Forgery(name, tries, source, lambda _: PlotsHistory(name), without, functions=(name,))


FIGURES = (
    _plot("curves_over_themselves", "draws each curve over its own values", "values", "curves over epochs"),
    _plot("curves_from_the_end", "draws each curve backwards", "range(len(values), 0, -1)", "curves over epochs"),
    _plot("curves_over_steps", "nothing: it draws curves over steps", "[50 * n for n in range(len(values))]"),
)
