"""Curves that have the names of each other are refused, and no name that is only unusual."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.core.i18n import Translator
from grader.protocol.evidence import AxesFacts, Returned
from grader.protocol.plan import HistoryArg
from grader.protocol.verdict import Status
from grader.rubric.checks import PlotsHistory
from grader.rubric.checks.functions.exchanged_names import find_exchanged_names
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from tests.helpers.cases import case, judged, seen, text

CHECK = PlotsHistory("plot_history")
say = Translator("en")


def say_of(*axes: AxesFacts) -> str:
    """What is said of axes whose refs are keys of curves."""
    complaint = find_exchanged_names(axes, lambda ref: ref)
    return say(complaint) if complaint is not None else ""


def labelled(lines: tuple[str, ...], name: str, label: str) -> AxesFacts:
    named: dict[str, Any] = {name: label}
    return AxesFacts(lines=lines, **named)


def pair(first: str, second: str, **names: Any) -> AxesFacts:
    return AxesFacts(lines=("loss", "val_loss"), line_names=(first, second), **names)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("validation", "training"), ("val_loss", "train loss"), ("Testdaten", "Trainingsdaten"),
        ("Validierung", "Training"), ("test", "train"), ("Validation Loss", "Training Loss"),
    ],
)  # fmt: skip
def test_names_that_are_true_of_the_other_curve_are_refused(first: str, second: str) -> None:
    said = say_of(pair(first, second))
    assert said == f"the legend names the curves the other way round: {first!r} is the curve of loss."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("training", "validation"), ("train", "test"), ("loss", "val_loss"), ("a", "b"), ("", "training"),
        ("validation", ""), ("validation", "b"), ("training (not validation)", "training"), ("b", "training"),
        ("loss value", "training"), ("validation", "validation"), ("val of training", "training of val"),
    ],
)  # fmt: skip
def test_names_that_are_right_or_say_nothing_pass(first: str, second: str) -> None:
    assert say_of(pair(first, second)) == ""


def test_loss_and_accuracy_may_not_be_exchanged_either() -> None:
    lines = ("loss", "val_loss", "accuracy", "val_accuracy")
    right = AxesFacts(lines=lines, line_names=("loss", "val loss", "accuracy", "val accuracy"))
    wrong = AxesFacts(lines=lines, line_names=("Genauigkeit", "val acc", "Verlust", "val loss"))
    assert say_of(right) == ""
    assert "'Genauigkeit' is the curve of loss" in say_of(wrong)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            ("accuracy", "loss"),
            "the axes are labelled the other way round: 'accuracy' stands beside the curve of loss.",
        ),
        (("loss", "accuracy"), ""),
        (("accuracy", "accuracy"), ""),
        (("loss and accuracy", "accuracy and loss"), ""),
        (("value", "value"), ""),
        (("accuracy", ""), ""),
    ],
)
def test_labels_of_axes_that_are_true_of_the_other_axes_are_refused(labels: tuple[str, str], said: str) -> None:
    lines = ("loss", "val_loss"), ("accuracy", "val_accuracy")
    for name in ("y_label", "title"):
        axes = [labelled(one, name, label) for one, label in zip(lines, labels, strict=True)]
        assert say_of(*axes) == said


def test_a_title_counts_where_there_is_no_label_and_both_curves_on_one_axes_say_nothing() -> None:
    both = AxesFacts(lines=("loss", "accuracy"), y_label="accuracy")
    assert say_of(both, AxesFacts(lines=("accuracy",), y_label="loss")) == ""
    first = AxesFacts(lines=("loss",), y_label="loss", title="accuracy")
    assert say_of(first, AxesFacts(lines=("accuracy",), y_label="accuracy", title="loss")) == ""


# Real figures.


def draw(plot: Callable[[Any, str, dict[str, Any]], None]) -> Any:
    """Draw loss and accuracy side by side; `plot` gets an axes, what is on it, and the history."""
    (call,) = CHECK.steps((0,))
    (history,) = call.arguments  # type: ignore[union-attr]
    assert isinstance(history, HistoryArg)
    figure: Any = Figure()
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        plot(axes, name, {key: np.array(values) for key, values in history.series.items()})
        axes.set(xlabel="epoch", ylabel=name)
    store = Store()
    outcome = Returned(value=encode_figures.describe(figure, store))
    return judged(CHECK, case({"plot_history@figure": seen("plot_history@figure", outcome, store.arrays)}))


def by_label(axes: Any, name: str, history: dict[str, Any]) -> None:
    axes.plot(history[f"val_{name}"], label="validation")
    axes.plot(history[name], label="training")
    axes.legend()


def by_list(axes: Any, name: str, history: dict[str, Any]) -> None:
    axes.plot(history[name])
    axes.plot(history[f"val_{name}"])
    axes.legend(["train", "val"])


def by_list_in_the_wrong_order(axes: Any, name: str, history: dict[str, Any]) -> None:
    axes.plot(history[f"val_{name}"])
    axes.plot(history[name])
    axes.legend(["train", "val"])


def alike(axes: Any, name: str, history: dict[str, Any]) -> None:
    axes.plot(history[f"val_{name}"], "k-")
    axes.plot(history[name], "k-")
    axes.legend(["train", "val"])


@pytest.mark.parametrize("plot", [by_label, by_list, alike])
def test_figures_whose_names_are_right_or_cannot_be_told_pass(plot: Any) -> None:
    judgement = draw(plot)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_legend_in_the_wrong_order_is_refused() -> None:
    judgement = draw(by_list_in_the_wrong_order)
    assert judgement.status is Status.FAILED
    assert "'train' is the curve of val_loss" in text(judgement.message)
