"""Checks of networks with several outputs, on networks that are really built and trained."""

from dataclasses import replace

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.core.i18n import Bilingual, Translator
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.network import read_network
from grader.evidence.outputs import show_output
from grader.evidence.run_evidence import StepResult
from grader.evidence.scores import compute_accuracy, r_squared
from grader.protocol.evidence import ArrayValue, Entries, NoneValue, Returned, StepEvidence, Value
from grader.protocol.plan import BuildStandIn
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric import Criterion, Rubric
from grader.rubric.agreement import refuse_disagreement
from grader.rubric.checks import (
    Accuracy,
    Architecture,
    BalancedLosses,
    EachOutput,
    ForOutput,
    HeadAndLoss,
    LinearOutput,
    NamedOutputs,
    Output,
    Probabilities,
    RegressionLoss,
    RSquared,
    SameFunction,
    ScoresOutputs,
    SharedTrunk,
    StyleFacts,
    Training,
    Trains,
)
from grader.rubric.checks.base import Check
from grader.rubric.checks.stand_ins import solve_stand_ins
from grader.rubric.data import Data
from grader.sandbox.inside.stand_in import build_stand_in
from tests.helpers.classroom import KIND, PRICE, ROOMS, fruit
from tests.helpers.fruit import (
    BY_PLACE,
    LOSSES,
    TRUNK,
    case_of_fruit,
    functional,
    subclassed,
    train,
    with_replays_of,
)
from tests.helpers.fruit import KIND as KIND_HEAD

TRAINING = ROOMS["fruit"].trainings[0]
BOTH = (PRICE, KIND)
say = Translator("en")


def judged(check: Check, case: Case) -> Judgement:
    try:
        return check.judge(with_replays_of(check, case))
    except PreconditionFailedError as unmet:
        return unmet.judgement


def said(check: Check, case: Case) -> str:
    judgement = judged(check, case)
    assert judgement.status is Status.FAILED, say(judgement.message)
    return say(judgement.message)


# Names and shapes.

NAMED = NamedOutputs(TRAINING)


@pytest.mark.parametrize(
    "build",
    [
        functional(),
        functional("[kind, price]", compiled=f"loss={LOSSES}"),
        functional('{"kind": kind, "price": price}'),
        subclassed('{"kind": kind, "price": price}'),
        subclassed("(price, kind)", f"loss={BY_PLACE}"),
    ],
)
def test_outputs_with_names_in_each_style(build: str) -> None:
    assert judged(NAMED, case_of_fruit(build, train("[price, kind]"))).status is Status.PASSED


UNNAMED = {"price": "layers.Dense(1)(trunk)", "kind": "layers.Dense(3, activation='softmax')(trunk)"}
WRONG_OUTPUTS = {
    "no names": (functional(**UNNAMED, compiled=f"loss={BY_PLACE}"), "price, kind are expected. Give the layers"),
    "swapped": (
        functional('{"kind": price, "price": kind}', compiled="loss='mse'"),
        "swapped: what has the shape of price is called kind",
    ),
    "another order without names": (
        subclassed("(kind, price)", "loss=['sparse_categorical_crossentropy', 'mse']"),
        "They come in another order",
    ),
    "one output": (
        functional("price", compiled="loss='mse'"),
        "has 1 outputs, but these are expected: price, kind",
    ),
    "three outputs": (
        functional("[price, kind, layers.Dense(2)(trunk)]", compiled=""),
        "has 3 outputs, but these are expected: price, kind",
    ),
    "too many classes": (
        functional(kind="layers.Dense(4, activation='softmax', name='kind')(trunk)"),
        "Output kind gives the shape (None, 4); 3 numbers for each row are expected",
    ),
    "too many numbers": (
        functional(price="layers.Dense(2, name='price')(trunk)"),
        "Output price gives the shape (None, 2); a single number",
    ),
}


@pytest.mark.parametrize("case", WRONG_OUTPUTS)
def test_other_outputs_are_named_as_they_are(case: str) -> None:
    build, text = WRONG_OUTPUTS[case]
    assert text in said(NAMED, case_of_fruit(build, train("[price, kind]")))


@pytest.mark.parametrize("case", ["no names", "swapped", "another order without names", "too many classes"])
def test_a_wrong_name_or_shape_costs_its_own_criterion_only(case: str) -> None:
    judgement = judged(NAMED, case_of_fruit(WRONG_OUTPUTS[case][0], train("[price, kind]")))
    assert not judgement.blocks


def test_a_network_with_too_few_outputs_blocks_what_builds_on_them() -> None:
    case = case_of_fruit(functional("price", compiled="loss='mse'"), train("price"))
    assert judged(NAMED, case).blocks
    assert "these are expected" in said(ForOutput(LinearOutput(TRAINING), output="price"), case)


# The trunk.

SHARED = SharedTrunk(TRAINING)
OTHER = TRUNK.replace("trunk =", "other =")


def test_layers_that_all_outputs_use_are_a_trunk() -> None:
    judgement = judged(SHARED, case_of_fruit())
    assert judgement.status is Status.PASSED
    assert say(judgement.message).endswith("3×6.")
    of_class = case_of_fruit(subclassed('{"kind": kind, "price": price}'))
    assert judged(SHARED, of_class).status is Status.PASSED


WRONG_TRUNKS = {
    "two networks": (
        functional(trunk=TRUNK + OTHER, kind=KIND_HEAD.replace("(trunk)", "(other)")),
        "separate networks in one model",
    ),
    "a head on the input": (
        functional(kind=KIND_HEAD.replace("(trunk)", "(x)")),
        "Output kind hangs on the input itself",
    ),
    "stop_gradient": (
        functional(kind=KIND_HEAD.replace("(trunk)", "(layers.Lambda(keras.ops.stop_gradient)(trunk))")),
        "stop_gradient keeps one of them",
    ),
    "frozen": (
        functional(trunk=TRUNK.replace("'relu'", "'relu', trainable=False")),
        "training left these as they were",
    ),
}


@pytest.mark.parametrize("case", WRONG_TRUNKS)
def test_outputs_that_do_not_teach_the_same_layers(case: str) -> None:
    build, text = WRONG_TRUNKS[case]
    assert text in said(SHARED, case_of_fruit(build))


@pytest.mark.parametrize("way", ["frozen", "stop_gradient for both"])
def test_a_score_that_a_trunk_without_training_keeps_low_is_explained_by_that(way: str) -> None:
    stopped = functional(trunk=TRUNK + "    trunk = layers.Lambda(keras.ops.stop_gradient)(trunk)\n")
    case = case_of_fruit(WRONG_TRUNKS["frozen"][0] if way == "frozen" else stopped)
    checks = (
        ForOutput(RSquared((TRAINING,), at_least=0.999, noise=0.0), output="price"),
        ForOutput(Accuracy(TRAINING, full=1.0, half=0.999, noise=0.0), output="kind"),
    )
    for check in checks:
        advice = said(check, case)
        assert "Training left 1 of 2 kernels as they were before (3×6)" in advice
        assert "loss" not in advice
    assert "Training left" not in said(checks[0], case_of_fruit())


# The losses.

BALANCED = BalancedLosses(TRAINING, most=20.0)


def with_compile(arguments: str) -> Case:
    return case_of_fruit(functional(compiled=arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        f"loss={LOSSES}, loss_weights={{'price': 0.1, 'kind': 1.0}}",
        f"loss={LOSSES}, loss_weights=[0.1, 1.0]",
        "loss={'price': 'mae', 'kind': 'sparse_categorical_crossentropy'}",  # of one size by themselves
        "loss={'price': 'huber', 'kind': 'sparse_categorical_crossentropy'}",  # not compared
    ],
)
def test_losses_of_one_size(arguments: str) -> None:
    assert judged(BALANCED, with_compile(arguments)).status is Status.PASSED


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (f"loss={LOSSES}", "The loss of price drowns that of kind: it is "),
        (f"loss={LOSSES}, loss_weights=[1.0, 100000.0]", "The loss of kind drowns that of price"),
        (f"loss={LOSSES}, loss_weights={{'price': 0.1, 'kind': 0.0}}", "The loss of kind has the weight 0"),
        (f"loss={LOSSES}, loss_weights=[-0.1, 1.0]", "The loss of price has the weight -0.1: training makes it"),
        ("loss=['mse', None]", "no loss for the output kind"),
        ("", "not compiled with a loss"),
    ],
)
def test_losses_that_do_not_count_alike(arguments: str, text: str) -> None:
    judgement = judged(BALANCED, with_compile(arguments))
    assert text in said(BALANCED, with_compile(arguments))
    assert not judgement.blocks


def test_a_model_that_computes_its_loss_by_itself_is_not_graded() -> None:
    own = "    def compute_loss(self, x=None, y=None, y_pred=None, **more):\n        return 1.0\n"
    build = subclassed('{"kind": kind, "price": price}', f"loss={LOSSES}").replace(
        "def build_model", "@\ndef build_model"
    )
    build = build.replace("@\n", own)
    judgement = judged(BALANCED, case_of_fruit(build))
    assert judgement.status is Status.NOT_GRADED
    assert "compute_loss" in say(judgement.message)


# Checks of a single output.


def test_each_output_is_judged_by_the_checks_of_its_own_task() -> None:
    case = case_of_fruit()
    for check, output in (
        (LinearOutput(TRAINING), "price"),
        (RegressionLoss((TRAINING,)), "price"),
        (HeadAndLoss(TRAINING), "kind"),
    ):
        assert judged(ForOutput(check, output=output), case).status is Status.PASSED
    high = ForOutput(RSquared((TRAINING,), at_least=0.999), output="price")
    assert "R² on held-out rows" in said(high, case)
    right = ForOutput(Accuracy(TRAINING, full=0.02, half=0.01), output="kind")
    assert judged(right, case).status is Status.PASSED


def test_losses_that_are_swapped_or_not_named_as_the_outputs_cost_points() -> None:
    case = with_compile("loss={'kind': 'mse', 'price': 'binary_crossentropy'}")
    assert "no loss for numbers" in said(ForOutput(RegressionLoss((TRAINING,)), output="price"), case)
    assert "exclusive classes" in said(ForOutput(HeadAndLoss(TRAINING), output="kind"), case)
    other_names = with_compile("loss={'cost': 'mse', 'sort': 'sparse_categorical_crossentropy'}")
    assert "keys have to be the names" in said(ForOutput(HeadAndLoss(TRAINING), output="kind"), other_names)


TRAINS = EachOutput(Trains(TRAINING))


def test_every_output_is_trained() -> None:
    assert judged(TRAINS, case_of_fruit()).status is Status.PASSED


def test_what_is_wrong_with_all_outputs_is_said_once_and_else_with_the_output() -> None:
    case = case_of_fruit(training=train(validated="shuffle=True"))
    judgement = judged(TRAINS, case)
    assert judgement.status is Status.PARTIAL
    assert say(judgement.message).startswith("fit was called without validation data")
    of_one = EachOutput(Architecture(TRAINING, inputs=3, outputs=1))
    assert say(judged(of_one, case_of_fruit()).message).startswith("Output kind: Expected 1 output units")


def test_a_training_that_came_to_an_end_is_judged_whatever_else_is_wrong() -> None:
    assert TRAINS.is_independent(case_of_fruit())
    crashes = case_of_fruit(training=train("[price]"))
    assert not TRAINS.is_independent(crashes)
    assert not TRAINS.is_independent(case_of_fruit(functional("price", compiled="loss='mse'"), train("price")))


def test_functions_are_tried_on_networks_of_the_graders_with_a_head_for_each_output() -> None:
    task = Task(kind="several")
    on_stand_ins = TRAINS.on_stand_ins(task)
    assert on_stand_ins is not None
    (build,) = (step for step in on_stand_ins.steps((0,)) if isinstance(step, BuildStandIn))
    assert [(head.name, head.units, head.activation) for head in build.heads] == [
        ("price", 1, "linear"), ("kind", 3, "softmax"),
    ]  # fmt: skip
    scores_on_stand_ins = SCORES.on_stand_ins(task)
    assert scores_on_stand_ins is not None
    builds = [step for step in scores_on_stand_ins.steps((0,)) if isinstance(step, BuildStandIn)]
    assert [build.as_dict for build in builds] == [False, True, False]
    weights = solve_stand_ins({build.id: build for build in builds}, fruit().inside, task)
    assert {name: array.shape for name, array in weights.items()} == {
        "stand_in_kernel_price": (3, 1),
        "stand_in_bias_price": (1,),
        "stand_in_kernel_kind": (3, 3),
        "stand_in_bias_kind": (3,),
    }
    orders = {False: ("price", "kind"), True: ("kind", "price")}
    for build, is_reversed in zip(builds, (False, False, True), strict=True):
        network = build_stand_in(build, {**fruit().inside, **weights})
        answer = network(fruit().inside["x_val"])
        by_name = answer if build.as_dict else dict(zip(orders[is_reversed], answer, strict=True))
        price, kind = by_name["price"], by_name["kind"]
        assert r_squared(fruit().inside["y_val_price"], np.asarray(price)) > 0.99
        assert np.asarray(kind).shape == (75, 3)
    assert scores_on_stand_ins.on_stand_ins(task) is None


# Scores.

SCORES = ScoresOutputs(TRAINING, "scores")


def scored(value: Value | None, arrays: dict[str, np.ndarray] | None = None) -> Case:
    """The case of a trained network whose scores returned something."""
    case = case_of_fruit()
    random = np.random.default_rng(4)
    mixed = {
        "y_mixed_price": fruit().inside["y_val_price"] + random.normal(0, 3, 75),
        "y_mixed_kind": (fruit().inside["y_val_kind"] + (np.arange(75) % 3 == 0)) % 3,
    }
    evidence = StepEvidence(id="scores@0", outcome=Returned(value=value or NoneValue()))
    steps = {**case.steps, "scores@0": StepResult(evidence, arrays or {})}
    return replace(case, inside={**case.inside, **mixed}, steps=steps)


def returned(**scores: float) -> Case:
    arrays = {name: np.array(value, dtype=np.float64) for name, value in scores.items()}
    values = [(name, ArrayValue(ref=name, dtype="float64", shape=(), container="scalar")) for name in scores]
    return scored(Entries(entries=tuple(values)), arrays)


def right_scores() -> tuple[float, float, np.ndarray, np.ndarray]:
    case = scored(None)
    models = [read_network(show_output(case, BOTH, name), TRAINING, 0).after for name in ("price", "kind")]
    assert models[0] is not None
    assert models[1] is not None
    predicted, truth = models[0].outputs["x_val"], case.inside["y_mixed_price"]
    accuracy = compute_accuracy(models[1].outputs["x_val"], case.inside["y_mixed_kind"], models[1])
    return r_squared(truth, predicted), accuracy, truth, predicted.ravel()


def test_scores_of_each_output() -> None:
    r2, accuracy, truth, predicted = right_scores()
    assert judged(SCORES, returned(price=r2, kind=accuracy)).status is Status.PASSED
    assert judged(SCORES, returned(Kind=round(accuracy, 2), PRICE=round(r2, 3))).status is Status.PASSED
    for scores, text in (
        ({"price": r_squared(predicted, truth), "kind": accuracy}, "Truth and prediction are swapped"),
        ({"price": ((truth - predicted) ** 2).mean(), "kind": accuracy}, "That is the mean squared error"),
        ({"price": np.abs(truth - predicted).mean(), "kind": accuracy}, "That is the mean absolute error"),
        ({"price": np.corrcoef(truth, predicted)[0, 1], "kind": accuracy}, "That is a correlation"),
        ({"price": r2, "kind": 100 * accuracy}, "That is a percentage"),
        ({"price": r2, "kind": 1 - accuracy}, "That is the share of wrong rows"),
        ({"price": r2, "kind": accuracy + 0.05}, "Is it computed from this output"),
        ({"price": r2}, 'one score for each output: {"price": ..., "kind": ...}. Received: dict: price'),
    ):
        assert text in said(SCORES, returned(**scores))
    assert "Is there a `return`" in said(SCORES, scored(None))


def test_predictions_with_a_factor_are_not_called_a_correlation() -> None:
    r2, accuracy, truth, predicted = right_scores()
    slope, shift = np.polyfit(predicted, truth, 1)
    # The best straight line through the predictions has R² = correlation².
    for rescaled in (slope * predicted + shift, 0.5 * (slope * predicted + shift) + 0.5 * predicted):
        received = r_squared(truth, rescaled)
        assert received > r2 + 0.01
        reason = said(SCORES, returned(price=received, kind=accuracy))
        assert "A factor or a shift of the predictions can give such a number" in reason
        assert "That is a correlation" not in reason
    assert "Is it computed from this output" in said(SCORES, returned(price=r2 - 0.05, kind=accuracy))


def test_a_score_that_is_no_number() -> None:
    value = Entries(entries=(("price", NoneValue()), ("kind", NoneValue())))
    assert "one number as price" in said(SCORES, scored(value))


# Rubrics.

TEXT = Bilingual(en="x", de="x")


def refusal(check: Check, task: Task | None = None, data: Data | None = None) -> str:
    criteria = (Criterion(id="a", points=100, title=TEXT, lesson=TEXT, check=check),)
    rubric = Rubric(title=TEXT, task=task or Task(kind="several"), data=fruit, criteria=criteria)
    with pytest.raises(RubricError) as caught:
        refuse_disagreement(rubric, data or fruit())
    return say(caught.value.text)


def test_what_does_not_fit_the_outputs_is_refused() -> None:
    assert "has no output 'z'; it has: price, kind" in refusal(ForOutput(LinearOutput(TRAINING), output="z"))
    assert "did you mean price" in refusal(ForOutput(LinearOutput(TRAINING), output="prize"))
    assert "is for a task of kind 'regression'" in refusal(ForOutput(LinearOutput(TRAINING), output="kind"))
    assert "is for a task of kind" in refusal(LinearOutput(TRAINING))
    needs_replays = SameFunction((TRAINING, replace(TRAINING, name="b")))
    for unfit in (needs_replays, Probabilities(TRAINING)):
        assert "cannot be asked for one of several outputs" in refusal(EachOutput(unfit))
    about_words = EachOutput(StyleFacts("STYLES", {"branches": ("functional",)}))
    assert "names no outputs" in refusal(about_words)
    single = Task(kind="regression")
    assert "outputs belong to a task of kind 'several'" in refusal(NAMED, single)
    assert "outputs belong to a task of kind 'several'" in refusal(NamedOutputs(Training()))
    four = replace(KIND, task=Task(kind="classification", classes=4, labels="integers"))
    assert "the data have 3 classes" in refusal(NamedOutputs(Training(outputs=(PRICE, four))))


def test_outputs_that_contradict_themselves_are_refused() -> None:
    for make, text in (
        (lambda: Training(outputs=(PRICE,)), "leave it out for a single one"),
        (lambda: Training(outputs=(PRICE, PRICE)), "two outputs have one name"),
        (lambda: Training(outputs=BOTH, encode="one_hot"), "encode is for a network with one output"),
        (lambda: Output("a", Task(kind="functions")), "a classification or a regression expected"),
    ):
        with pytest.raises(RubricError) as caught:
            make()
        assert text in say(caught.value.text)
