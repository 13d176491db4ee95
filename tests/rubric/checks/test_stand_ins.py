"""A function is judged by itself: without a usable network of the submission's, on one of the grader's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as replace_fields

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.protocol.evidence import Returned
from grader.protocol.verdict import Status
from grader.rubric.checks import Coefficients, LinearNeuron, Predictions, Training, TrainsEach
from grader.rubric.checks.base import Check
from grader.rubric.checks.stand_ins import judge_by_itself
from tests.helpers import lab
from tests.helpers.cases import judged, text

ONE = Training(arguments=(1,), rows="one_", name="one", validation=False)
TWO = Training(arguments=(2,), rows="two_", name="two", validation=False)
DATA = lab.lines()
PREDICTS = Predictions((ONE,), "predict")
BROKEN = failed(_("broken"))


def neuron(n: int) -> Any:
    import keras

    model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model


def build_one_only(n: int) -> Any:
    if n != 1:
        raise ValueError(n)
    return neuron(n)


def stop(*_: Any) -> Any:
    raise ValueError("stopped")


def learn(model: Any, x: Any, y: Any) -> Any:
    return model.fit(x, y, epochs=1, verbose=0)


def predict(model: Any, x: Any) -> Any:
    return np.asarray(model(x)).ravel()


RIGHT = {"build_model": neuron, "train": learn, "predict": predict}


def evidence(check: Check, **functions: Any) -> Case:
    return lab.run_also_on_stand_ins(check, DATA, {**RIGHT, **functions})


def outcome(check: Check, case: Case, *, is_blocked: bool = False) -> Judgement:
    """Return what the examiner makes of a check."""
    own = BROKEN if is_blocked else judged(check, case)
    return judge_by_itself(check, case, own, is_blocked=is_blocked)


def test_a_function_that_had_no_network_is_judged_on_one_of_the_grader_s() -> None:
    for broken in ({"build_model": stop}, {"train": stop}, {"build_model": lambda n: None}):
        judgement = outcome(PREDICTS, evidence(PREDICTS, **broken))
        assert judgement.status is Status.PASSED, broken
        assert text(judgement.note or "") == (
            "No trained network of yours shows what predict() does, so it was given one that the grader built and "
            "trained."
        )


def test_a_wrong_function_is_wrong_there_too() -> None:
    case = evidence(PREDICTS, build_model=stop, predict=lambda model, x: 2 * predict(model, x) + 1)
    judgement = outcome(PREDICTS, case)
    assert judgement.status is Status.FAILED
    assert "does not return what the network gives" in text(judgement.message)
    assert judgement.note is not None


def test_training_is_tried_on_a_network_that_is_not_trained() -> None:
    check = TrainsEach((ONE,))
    judgement = outcome(check, evidence(check, build_model=stop))
    assert judgement.status is Status.PASSED
    assert text(judgement.note or "") == (
        "No network of yours shows what train() does, so it was given one that the grader built."
    )
    lazy = outcome(check, evidence(check, build_model=stop, train=lambda model, x, y: lab.history(loss=[1.0])))
    assert "the weights are what they were before" in text(lazy.message)
    assert "put the old weights back" in text(lazy.message)  # the laboratory says that fit ran


def test_only_the_network_that_is_missing_is_made_up_for() -> None:
    check = Coefficients((ONE, TWO), "coefficients")
    read = {"build_model": build_one_only, "coefficients": lambda model: (*model.layers[-1].get_weights(),)}
    judgement = outcome(check, evidence(check, **read))
    assert (judgement.status, judgement.share) == (Status.PASSED, 1.0)
    assert judgement.note is not None
    shifted = {**read, "coefficients": lambda model: (model.layers[-1].kernel + 1, model.layers[-1].bias)}
    assert outcome(check, evidence(check, **shifted)).status is Status.FAILED


def test_what_works_or_is_wrong_with_the_submission_s_own_network_stays() -> None:
    for functions in ({}, {"predict": stop}):
        case = evidence(PREDICTS, **functions)
        assert outcome(PREDICTS, case) == judged(PREDICTS, case)
        assert judged(PREDICTS, case).note is None


def test_a_criterion_that_came_before_and_failed_makes_it_a_case_for_the_grader_s_network() -> None:
    assert outcome(PREDICTS, evidence(PREDICTS), is_blocked=True).status is Status.PASSED


def test_evidence_that_is_not_there_yet_is_asked_for() -> None:
    case = lab.run(PREDICTS, DATA, {**RIGHT, "build_model": stop})
    assert outcome(PREDICTS, case).needs_stand_ins
    assert not outcome(PREDICTS, evidence(PREDICTS, build_model=stop)).needs_stand_ins


def test_a_missing_function_needs_no_network() -> None:
    functions: Mapping[str, Any] = {"build_model": stop, "train": learn}
    judgement = outcome(PREDICTS, lab.run(PREDICTS, DATA, functions))
    assert not judgement.needs_stand_ins
    assert "There is no function predict()" in text(judgement.message)


def test_a_stub_is_not_attempted() -> None:
    def stub(*_: Any) -> Any:
        raise NotImplementedError

    judgement = outcome(PREDICTS, evidence(PREDICTS, build_model=stop, predict=stub))
    assert judgement.status is Status.NOT_ATTEMPTED


def test_evidence_from_there_that_decides_nothing_changes_nothing() -> None:
    case = evidence(PREDICTS, build_model=stop)
    step = next(name for name in case.steps if name.startswith("stand_in@"))
    lost = {name: result for name, result in case.steps.items() if name != f"model:{step}"}
    lost[f"model:{step}"] = replace_result(case.steps[step])
    assert outcome(PREDICTS, Case(**{**vars_of(case), "steps": lost})).status is not Status.PASSED


def replace_result(result: Any) -> Any:
    return type(result)(replace_fields(result.evidence, outcome=Returned(value=result.evidence.outcome.value)), {})


def vars_of(case: Case) -> dict[str, Any]:
    names = ("inside", "outside", "imported", "steps", "stops", "replays", "seeds", "task", "trainings")
    return {name: getattr(case, name) for name in names}


@pytest.mark.parametrize("check", [LinearNeuron((ONE,)), PREDICTS.on_stand_ins(lab.TASK)])
def test_a_network_itself_is_never_made_up_for(check: Check) -> None:
    assert check.on_stand_ins(lab.TASK) is None


def test_a_network_that_cannot_learn_is_no_network_for_train() -> None:
    def frozen(n: int) -> Any:
        model = neuron(n)
        model.trainable = False
        return model

    check = TrainsEach((ONE,))
    judgement = outcome(check, evidence(check, build_model=frozen))
    assert judgement.status is Status.PASSED
    assert judgement.note is not None


def test_the_better_of_both_judgements_counts() -> None:
    check = Coefficients((ONE, TWO), "coefficients")
    case = evidence(check, coefficients=lambda model: (model.layers[-1].kernel, model.layers[-1].bias))
    half = replace(BROKEN, share=0.5, status=Status.PARTIAL)
    assert judge_by_itself(check, case, half, is_blocked=True).share == 1.0
    wrong = evidence(check, coefficients=lambda model: (0.0, 0.0))
    assert judge_by_itself(check, wrong, half, is_blocked=True) is half


def test_a_call_that_stopped_with_an_error_is_known() -> None:
    assert PREDICTS.was_interrupted(evidence(PREDICTS, predict=stop))
    assert not PREDICTS.was_interrupted(evidence(PREDICTS))
    assert not PREDICTS.was_interrupted(evidence(PREDICTS, build_model=stop))


def test_a_network_with_two_outputs_says_nothing_of_train() -> None:
    def two_outputs(n: int) -> Any:
        import keras

        model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])
        model.compile(optimizer="adam", loss="mse")
        return model

    def learn_one_output(model: Any, x: Any, y: Any) -> Any:
        assert model.output_shape == (None, 1)
        return learn(model, x, y)

    check = TrainsEach((ONE,))
    judgement = outcome(check, evidence(check, build_model=two_outputs, train=learn_one_output))
    assert judgement.status is Status.PASSED
    assert judgement.note is not None


def zeros(n: int) -> Any:
    model = neuron(n)
    model.set_weights([np.zeros((n, 1)), np.zeros(1)])
    return model


def test_what_is_right_for_a_network_that_says_the_same_of_all_rows_is_tried_on_another() -> None:
    constant = {"build_model": zeros, "train": lambda model, x, y: None}
    case = evidence(PREDICTS, **constant, predict=lambda model, x: np.zeros(len(x)))
    assert outcome(PREDICTS, case).status is Status.FAILED
    assert outcome(PREDICTS, evidence(PREDICTS, **constant)).status is Status.PASSED


def test_a_network_of_the_grader_s_that_was_exchanged_is_noticed() -> None:
    case = evidence(PREDICTS, build_model=stop)
    on_stand_in = PREDICTS.on_stand_ins(case.task)
    assert on_stand_in is not None
    step = on_stand_in.trainings()[0].trained(0)
    arrays = dict(case.replays[step].arrays)
    arrays |= {ref: arrays[ref] + 1 for ref in case.replays[step].evidence.outputs}
    exchanged = replace(case, replays={**case.replays, step: replace(case.replays[step], arrays=arrays)})
    judgement = outcome(PREDICTS, exchanged)
    assert judgement.status is Status.NOT_GRADED
    assert "another one came back" in text(judgement.message)


def test_what_another_network_does_not_better_is_said_of_the_submission_s_own() -> None:
    def not_compiled(n: int) -> Any:
        import keras

        return keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])

    def shift(model: Any, x: Any, y: Any) -> Any:
        model.set_weights([weight + 0.5 for weight in model.get_weights()])
        return None

    check = TrainsEach((ONE,))
    case = evidence(check, build_model=not_compiled, train=shift)
    own, judgement = judged(check, case), outcome(check, case)
    assert own.share == 0.5
    assert judgement == own
