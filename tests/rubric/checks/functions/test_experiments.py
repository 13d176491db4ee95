"""Experiments: really trained, finite, and relu last."""

from typing import Any

import msgspec
import numpy as np
import pytest

from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import FitFacts, GraphFacts
from grader.protocol.verdict import Status
from grader.rubric.checks import Experiments
from grader.rubric.checks.functions.fitted_networks import FittedNetwork
from tests.helpers.cases import case, history, judge, judged, run, text

CHECK = Experiments(activations="activations", losses="losses")
ACCURACIES: dict[str, Any] = {"relu": 0.5, "sigmoid": 0.94, "softmax": 0.96}
CURVES: dict[str, Any] = {"mse": [0.5, 0.7, 0.9], "categorical_crossentropy": [0.6, 0.8, 0.95]}


def of(accuracies: object = ACCURACIES, curves: object = CURVES, fits: int = 3) -> Judgement:
    return judge(CHECK, fits=fits, activations=lambda *_: accuracies, losses=lambda *_: curves)


RIGHT: dict[str, dict[str, Any]] = {
    "as expected": {},
    "NumPy scalars": {"accuracies": {k: np.float32(v) for k, v in ACCURACIES.items()}},
    "arrays": {"curves": {k: np.array(v) for k, v in CURVES.items()}},
    "columns": {"curves": {k: np.array(v)[:, None] for k, v in CURVES.items()}},
    "loss and accuracy": {"accuracies": {k: [1.5, v] for k, v in ACCURACIES.items()}},
    "curves of accuracies": {"accuracies": {k: [0.1, 0.2, v] for k, v in ACCURACIES.items()}},
    "histories": {
        "accuracies": {k: history(loss=[2], val_loss=[3], val_acc=[v]) for k, v in ACCURACIES.items()},
        "curves": {k: history(val_loss=v) for k, v in CURVES.items()},
    },
    "dicts of histories": {"curves": {k: {"loss": v, "val_accuracy": v} for k, v in CURVES.items()}},
    "other spellings": {
        "accuracies": {"ReLU": 0.5, "Sigmoid": 0.94, "Softmax": 0.96},
        "curves": {"mean_squared_error": [1, 2], "CategoricalCrossentropy": [1, 2]},
    },
    "one more": {"accuracies": {**ACCURACIES, "tanh": 0.1}},
    "more trainings": {"fits": 9},
}


@pytest.mark.parametrize("style", RIGHT)
def test_right_ones_pass(style: str) -> None:
    judgement = of(**RIGHT[style])
    assert judgement.status is Status.PASSED, text(judgement.message)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "made up": ({"fits": 0}, "Calls of fit seen: 0"),
    "trained once": ({"fits": 1}, "has to train 3 networks"),
    "two of three": ({"fits": 2}, "has to train 3 networks"),
    "relu best": ({"accuracies": {**ACCURACIES, "relu": 0.99}}, "relu as output"),
    "all equal": ({"accuracies": dict.fromkeys(ACCURACIES, 0.9)}, "relu as output"),
    "no relu": ({"accuracies": {"sigmoid": 1, "softmax": 1}}, "keys relu, sigmoid, softmax"),
    "list": ({"accuracies": [0.1, 0.5, 0.6]}, "has to return a dict"),
    "None": ({"accuracies": None}, "Received: None"),
    "NaN": ({"accuracies": {**ACCURACIES, "relu": float("nan")}}, "accuracy for relu is nan"),
    "percent": ({"accuracies": {k: v * 100 for k, v in ACCURACIES.items()}}, "accuracy for relu is 50"),
    "text": ({"accuracies": {**ACCURACIES, "relu": "50 %"}}, "has to return numbers"),
    "empty": ({"accuracies": {**ACCURACIES, "relu": []}}, "has to return numbers"),
    "empty array": ({"accuracies": {**ACCURACIES, "relu": np.zeros(0)}}, "no numbers for relu"),
    "empty history": ({"curves": {**CURVES, "mse": history()}}, "no numbers for mse"),
    "empty dict": ({"curves": {**CURVES, "mse": {}}}, "no numbers for mse"),
    "one epoch": ({"curves": {**CURVES, "mse": [0.5]}}, "is a single number"),
    "infinite": ({"curves": {**CURVES, "mse": [0.5, float("inf")]}}, "finite value for each epoch"),
    "no losses": ({"curves": {}}, "mse, categorical_crossentropy"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_fail_and_the_sentence_says_why(name: str) -> None:
    options, said = WRONG[name]
    judgement = of(**options)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_the_message_names_what_was_measured() -> None:
    assert "relu 0.500, sigmoid 0.940, softmax 0.960" in text(of().message)


def test_each_experiment_has_to_train_by_itself() -> None:
    functions = {"activations": lambda *_: ACCURACIES, "losses": lambda *_: CURVES}
    trained, idle = (run(CHECK, functions, fits) for fits in (3, 0))
    mixed = case({**trained.steps, "losses@experiment": idle.steps["losses@experiment"]})
    judgement = judged(CHECK, mixed)
    assert judgement.status is Status.FAILED
    assert "losses() has to train 2 networks. Calls of fit seen: 0" in text(judgement.message)


def with_fits(*, activations: dict[str, Any] | None = None, losses: dict[str, Any] | None = None) -> Judgement:
    """Judge experiments whose calls of fit left such facts."""
    made = run(CHECK, {"activations": lambda *_: ACCURACIES, "losses": lambda *_: CURVES}, 3)
    steps = dict(made.steps)
    for function, facts in (("activations", activations), ("losses", losses)):
        step = steps[f"{function}@experiment"]
        given = dict(facts or {})
        curves = {k: np.array(v) for k, v in given.pop("curves", {}).items()}
        fits = tuple(
            FitFacts(finished=True, head=head, curves={k: k for k in curves if head != "relu"}, **given)
            for head in ("relu", "sigmoid", "softmax")
        )
        steps[step.evidence.id] = StepResult(
            msgspec.structs.replace(step.evidence, fits=fits), {**step.arrays, **curves}
        )
    return judged(CHECK, case(steps))


LOSS = {"loss": "categorical_crossentropy"}
SEEN_BY_FIT: dict[str, tuple[dict[str, Any], str]] = {
    "the loss": ({"activations": LOSS}, ""),
    "integers as labels": ({"activations": {"loss": "sparse_categorical_crossentropy"}}, ""),
    "a loss of one's own": ({"activations": {"loss": "custom"}}, ""),
    "another loss": ({"activations": {"loss": "mean_squared_error"}}, "Received: mean_squared_error."),
    "logits": ({"activations": LOSS | {"from_logits": True}}, "categorical_crossentropy, from_logits=True"),
    "a row twice": ({"activations": {"validation_seen": 0.1}, "losses": {"validation_seen": 0.1}}, ""),
    "training rows": ({"activations": {"validation_seen": 1.0}}, "activations(): The validation data of fit are"),
    "training rows for losses": ({"losses": {"validation_seen": 1.0}}, "losses(): The validation data of fit are"),
    "the same curve": ({"activations": {"curves": {"val_acc": [0.9, 0.95]}}}, ""),
    "the best epoch": ({"activations": {"curves": {"val_acc": [0.9, 0.97, 0.8]}}}, ""),
    "a curve of losses": ({"activations": {"curves": {"val_loss": [9.0]}}}, ""),
    "another curve": (
        {"activations": {"curves": {"val_acc": [0.5, 0.6]}}},
        "sigmoid is 0.940, but after its last",
    ),
}


@pytest.mark.parametrize("name", SEEN_BY_FIT)
def test_what_fit_saw_has_to_fit_what_is_returned(name: str) -> None:
    facts, said = SEEN_BY_FIT[name]
    judgement = with_fits(**facts)
    assert judgement.status is (Status.FAILED if said else Status.PASSED), text(judgement.message)
    assert said in text(judgement.message)


@pytest.mark.parametrize("kept", [True, False])
def test_what_networks_reach_that_were_not_kept_is_not_known(kept: bool) -> None:
    # Who calls fit for each epoch trains more networks than are kept; the last ones may be better.
    graph = GraphFacts(ref="g", input_node="x", output_node="y", input_shape=(None, 64), output_shape=(None, 10))
    made = run(CHECK, {"activations": lambda *_: ACCURACIES, "losses": lambda *_: CURVES}, 3)
    step = made.steps["losses@experiment"]
    fits = [FitFacts(finished=True, loss="mean_squared_error", graph=graph) for _ in range(3)]
    fits.append(msgspec.structs.replace(fits[0], graph=graph if kept else None))
    evidence = msgspec.structs.replace(step.evidence, fits=tuple(fits))
    of_calls = case({**made.steps, "losses@experiment": StepResult(evidence, step.arrays)})
    networks = [FittedNetwork(fit, None, 0.2, {}) for fit in fits[:3]]  # type: ignore[arg-type]
    for name, curve in (("mse", [0.1, 0.5]), ("categorical_crossentropy", [0.1, 0.2])):
        judgement = CHECK._judge_curve(of_calls, name, np.array(curve), networks)
        assert judgement is not None
        assert judgement.status is (Status.FAILED if kept else Status.NOT_GRADED), text(judgement.message)


def test_networks_that_learned_nothing_are_no_experiment() -> None:
    nothing = of(accuracies={"relu": 0.05, "sigmoid": 0.11, "softmax": 0.1})
    assert nothing.status is Status.FAILED
    assert "sigmoid only reaches an accuracy of 0.11" in text(nothing.message)
    frozen = of(curves={"mse": [0.1, 0.1], "categorical_crossentropy": [0.1, 0.12]})
    assert frozen.status is Status.FAILED
    assert "losses(), categorical_crossentropy only reaches an accuracy of 0.12" in text(frozen.message)
    assert of(curves={"mse": [0.1, 0.1], "categorical_crossentropy": [0.3, 0.4]}).status is Status.PASSED
