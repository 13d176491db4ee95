"""A message about values shows the call that gave them: pasted, it hands over the very same arguments."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed, passed
from grader.protocol.plan import ArrayArg, Call, LiteralArg
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks import Figures, Scales, Splits, Standardises
from grader.rubric.checks.base import Check
from grader.rubric.checks.calls import show_call, write_call, write_network_call
from tests.helpers.cases import judge, text

FIGURES = Figures(samples="samples", features="features", history="history")


def paste(written: str, function: str) -> list[tuple[object, ...]]:
    """Run a call as a student would, and return the arguments of each time that the function was called."""
    calls: list[tuple[object, ...]] = []
    exec(written, {"np": np, function: lambda *arguments: calls.append(arguments)})
    return calls


def arguments_of(check: Check, step: str) -> list[object]:
    """Return the arguments that a call of a check's plan hands over."""
    call = next(s for s in check.steps((0,)) if s.id == step)
    assert isinstance(call, Call)
    named = check.arrays()
    return [
        named[a.name] if isinstance(a, ArrayArg) else a.value if isinstance(a, LiteralArg) else a
        for a in call.arguments
    ]


SPLITS = Splits("split", share=0.25, features=13)
PREPARES = Standardises("prepare", features=13)
SCALES = Scales("scale", largest=255, features=20)
WRITTEN: Mapping[str, tuple[Check, str, str, Sequence[str]]] = {
    "split": (SPLITS, "split", SPLITS.write_call(7, 8), ("first", "other")),
    **{
        f"prepare {name}": (PREPARES, "prepare", PREPARES.write_call(name), (name,))
        for name in ("usual", "shifted", "row", "constant")
    },
    **{f"scale {name}": (SCALES, "scale", SCALES.write_call(name), (name,)) for name in ("dark", "bright")},
    "scale twice": (SCALES, "scale", SCALES.write_call("batch", "row"), ("batch", "row")),
    "samples": (FIGURES, "samples", FIGURES.write_call("samples"), ("figure",)),
    "features": (FIGURES, "features", FIGURES.write_call("features"), ("figure",)),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_written_call_hands_over_what_the_grader_does(name: str) -> None:
    check, function, written, steps = WRITTEN[name]
    calls = paste(written, function)
    assert len(calls) == len(steps)
    for arguments, step in zip(calls, steps, strict=True):
        expected = arguments_of(check, f"{function}@{step}")
        assert len(arguments) == len(expected)
        for argument, right in zip(arguments, expected, strict=True):
            np.testing.assert_allclose(argument, right, rtol=1e-12)  # type: ignore[call-overload]


def test_the_message_of_a_wrong_split_can_be_repeated() -> None:
    def split(x: Array, y: Array, seed: int) -> tuple[Array, ...]:
        return x[50:], x[:50], y[50:], y[:50]

    judgement = judge(SPLITS, split=split)
    assert text(judgement.message).endswith("split(x, y, 7); split(x, y, 8)")
    assert "the same split for every seed" in text(judgement.message)


def test_a_network_call_says_how_the_network_came_about() -> None:
    training = Training(arguments=(1,), name="one", rows="one_")
    assert (
        write_network_call(training, "predict", np.array([[0.123456]]), "threshold=0.2")
        == "model = build_model(1); train(model, x_train, y_train, x_val, y_val); "
        "predict(model, np.array([[0.1235]]), threshold=0.2)"
    )
    without_validation = Training(validation=False)
    assert write_network_call(without_validation, "f").startswith(
        "model = build_model(); train(model, x_train, y_"
    )
    task = Task(kind="classification", classes=2, labels="integers")
    assert write_network_call(training.on_stand_in(task, is_trained=True), "f") == "f(model)"


def test_a_call_stands_only_where_points_were_lost_and_where_it_is_short() -> None:
    wrong = failed(_("Wrong."))
    assert text(show_call(wrong, "f(1)").message) == "Wrong.\nTo repeat it: f(1)"
    for judgement in (passed(_("Right.")), Judgement(Status.NOT_ATTEMPTED, _("Not yet."))):
        assert show_call(judgement, "f(1)") == judgement
    assert write_call("scale", np.zeros(1000)) == ""
    assert show_call(wrong, "") == wrong
