"""A network on a base: the whole base is in it, training leaves it as it is, and what learns can be counted."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.errors import RubricError
from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import Raised, Stopped, StopReason
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks import CountsTrainable, FreezesBase, UsesBase
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks import single
from grader.rubric.checks.networks.base_use import measure_share
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.data import Base, Data, digits
from scripts.transfer_base import build_mobilenet, write_base
from tests.helpers import lab
from tests.helpers.cases import judged, stop, text

TRAINING = Training(base=True)
ROWS = 12
Build = Callable[[Any], Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Return random pictures, and a small base of a convolution with BatchNormalization in a model of its own."""
    picture = keras.Input((6, 6, 1))
    inner = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(3, 3)])
    features = keras.layers.BatchNormalization()(inner(picture))
    features = keras.layers.Conv2D(4, 3, activation="relu")(features)
    base = keras.Model(picture, keras.layers.MaxPooling2D()(features), name="base")
    random = np.random.default_rng(0)
    base.set_weights([random.uniform(0.5, 1.5, weight.shape) for weight in base.get_weights()])
    return save(base, (6, 6, 1), tmp_path_factory.mktemp("base"))


def save(base: Any, shape: tuple[int, ...], folder: Path) -> Data:
    (folder / "base.npz").write_bytes(write_base(base))
    saved = Base(str(folder / "rubric.py"), "base.npz")
    random = np.random.default_rng(0)
    inside, outside = dict(saved.inside()), dict(saved.outside())
    for part, side in (("train", inside), ("val", inside), ("test", outside)):
        side[f"x_{part}"] = random.random((ROWS, *shape)).astype(np.float32)
        side[f"y_{part}"] = np.arange(ROWS) % 3
    return Data(inside, outside, class_names=("0", "1", "2"))


def put_head_on(base: Any) -> Any:
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")])
    model.build((None, *base.input_shape[1:]))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def fit(model: Any, x: Any, y: Any, x_val: Any, y_val: Any) -> Any:
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=1, verbose=0)


def judge(check: Check, data: Data, build: Build, train: Callable[..., Any] = fit, **more: Any) -> Judgement:
    return judged(check, lab.run(check, data, {"build_model": build, "train": train, **more}))


# Builders.


def frozen(base: Any) -> Any:
    base.trainable = False
    return put_head_on(base)


def frozen_layer_by_layer(base: Any) -> Any:
    for layer in base.layers:
        layer.trainable = False
    head = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(base.output))
    model = keras.Model(base.input, head)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def copied_with_weights(base: Any) -> Any:
    twin = keras.models.clone_model(base)
    twin.set_weights(base.get_weights())
    return frozen(twin)


def without_the_last_layer(base: Any) -> Any:
    base.trainable = False
    return put_head_on(keras.Model(base.input, base.layers[-2].output))


def copied_without_weights(base: Any) -> Any:
    return frozen(keras.models.clone_model(base))


def of_its_own(base: Any) -> Any:
    return put_head_on(keras.Sequential([keras.Input(base.input_shape[1:]), keras.layers.Flatten()]))


def of_the_first_layers(base: Any) -> Any:
    return put_head_on(keras.Model(base.input, base.layers[2].output))


def convolutions_frozen(base: Any) -> Any:
    for layer in base.layers:
        layer.trainable = not isinstance(layer, keras.Sequential | keras.layers.Conv2D)
    return put_head_on(base)


def in_training_mode(base: Any) -> Any:
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    features = keras.layers.Flatten()(base(inputs, training=True))
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(features))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def in_another_order(base: Any) -> Any:
    base.trainable = False
    _picture, first, normalisation, second, _pooling = base.layers
    inputs = keras.Input(base.input_shape[1:])
    features = second(keras.layers.Concatenate()([inputs, inputs, inputs]))
    features = keras.layers.ZeroPadding2D(1)(features[..., :1])
    features = keras.layers.Flatten()(normalisation(first.layers[0](features)))
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(features))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def cut_behind_its_first_layer(base: Any) -> Any:
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    first = keras.layers.Flatten()(base.layers[1](inputs))
    rest = keras.layers.Flatten()(base(inputs)) * 0.0
    outputs = keras.layers.Dense(3, activation="softmax")(keras.layers.Concatenate()([first, rest]))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def with_a_head_of_zeros(base: Any) -> Any:
    base.trainable = False
    head = keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros")
    model = keras.Sequential([base, keras.layers.Flatten(), head])
    model.build((None, *base.input_shape[1:]))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def wholly_frozen(base: Any) -> Any:
    model = put_head_on(base)
    model.trainable = False
    return model


def frozen_after_compile(base: Any) -> Any:
    model = put_head_on(base)
    base.trainable = False
    return model


# The base is in the network.


@pytest.mark.parametrize(
    "build",
    [frozen, put_head_on, frozen_layer_by_layer, copied_with_weights, without_the_last_layer, wholly_frozen],
)
def test_however_the_base_is_called_it_is_in_the_network(data: Data, build: Build) -> None:
    judgement = judge(UsesBase(TRAINING), data, build)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("build", "share", "words"),
    [
        (copied_without_weights, 0.0, "with other weights"),
        (of_its_own, 0.0, "none of its weights is"),
        (in_another_order, 0.5, "its layers do not come in their order"),
        (of_the_first_layers, 0.5, "Only a part of the base is in the network: 6 of 8 arrays"),
        (cut_behind_its_first_layer, 0.5, "the answers depend on a part of its layers only"),
    ],
)
def test_a_network_without_the_base_or_with_a_part_of_it_loses(
    data: Data, build: Build, share: float, words: str
) -> None:
    judgement = judge(UsesBase(TRAINING), data, build)
    assert judgement.share == share
    assert words in text(judgement.message)


def test_weights_that_are_changed_by_hand_when_it_is_built_are_no_longer_those_of_the_base(data: Data) -> None:
    def build(base: Any) -> Any:
        base.set_weights([weight + 1e-6 for weight in base.get_weights()])
        return frozen(base)

    assert judge(UsesBase(TRAINING), data, build).status is Status.FAILED


def test_a_head_of_zeros_that_was_not_trained_is_left_to_a_person(data: Data) -> None:
    for check in (UsesBase(TRAINING), FreezesBase(TRAINING)):
        judgement = judge(check, data, with_a_head_of_zeros, stay)
        assert judgement.status is Status.NOT_GRADED
        assert "cannot tell whether the network uses it" in text(judgement.message)


def test_the_answers_of_one_that_was_not_run_with_other_features_are_not_judged(data: Data) -> None:
    check = UsesBase(TRAINING)
    case = lab.run(check, data, {"build_model": frozen, "train": fit})
    without = {name: replay for name, replay in case.replays.items() if not name.startswith("use of the base")}
    assert judged(check, dataclasses.replace(case, replays=without)).status is Status.NOT_GRADED


RANDOM = np.random.default_rng(0)
OWN = RANDOM.normal(size=(40, 3))
OTHERS = np.roll(OWN, 1, axis=0)


@pytest.mark.parametrize(
    ("mixed", "share"),
    [
        (OTHERS, 1.0),
        (OWN, 0.0),
        (0.7 * OWN + 0.3 * OTHERS, 0.3),
        (0.0 * OWN + 5.0, 0.0),
        (-OTHERS, -1.0),
    ],
)
def test_the_share_is_what_follows_the_other_rows(mixed: Array, share: float) -> None:
    assert measure_share(OWN, OTHERS, mixed) == pytest.approx(share)


@pytest.mark.parametrize(
    ("own", "mixed"),
    [
        (0.0 * OWN + 1.0, OTHERS),
        (OWN * np.nan, OTHERS),
        (OWN, OTHERS * np.inf),
        (OWN, OTHERS[:, :2]),
        (OWN[0, 0],) * 2,
    ],
)
def test_answers_that_do_not_differ_or_are_no_numbers_tell_nothing(own: Array, mixed: Array) -> None:
    assert measure_share(own, np.roll(own, 1, axis=0) if own.ndim else own, mixed) is None


# Training leaves it as it is.


@pytest.mark.parametrize(
    "build", [frozen, frozen_layer_by_layer, copied_with_weights, frozen_after_compile, in_training_mode]
)
def test_a_frozen_base_is_the_same_after_the_training(data: Data, build: Build) -> None:
    judgement = judge(FreezesBase(TRAINING), data, build)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("build", "share", "words"),
    [
        (put_head_on, 0.0, "with them what it had learned before"),
        (convolutions_frozen, 0.0, "not its kernels, but"),
        (wholly_frozen, 0.5, "your head as well"),
        (of_its_own, 0.0, "No weight of the base is in the network"),
    ],
)
def test_a_base_that_is_not_frozen_or_not_there_loses(data: Data, build: Build, share: float, words: str) -> None:
    judgement = judge(FreezesBase(TRAINING), data, build)
    assert judgement.share == share
    assert words in text(judgement.message)


def test_a_base_that_train_changes_is_found_however_it_was_built(data: Data) -> None:
    def train(model: Any, *rows: Any) -> Any:
        history = fit(model, *rows)
        model.layers[0].set_weights([weight * 1.001 for weight in model.layers[0].get_weights()])
        return history

    judgement = judge(FreezesBase(TRAINING), data, frozen, train)
    assert judgement.status is Status.FAILED
    assert "was frozen when build_model() returned, but train() changed" in text(judgement.message)


def fail(*_rows: Any) -> None:
    raise ValueError("no training")


def stay(*_rows: Any) -> None:
    """Train nothing."""


@pytest.mark.parametrize("train", [fail, stay])
@pytest.mark.parametrize(("build", "status"), [(frozen, Status.PASSED), (put_head_on, Status.FAILED)])
def test_where_nothing_was_trained_what_could_be_counts(
    data: Data, train: Callable[..., Any], build: Build, status: Status
) -> None:
    judgement = judge(FreezesBase(TRAINING), data, build, train)
    assert judgement.status is status
    assert "othing was trained" in text(judgement.message)


def test_a_network_that_is_frozen_as_a_whole_keeps_half_whatever_its_head_knows(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With some secrets, an untrained head is better than a constant answer by luck."""
    monkeypatch.setattr(single, "knows_untrained", lambda *_: True)
    judgement = judge(FreezesBase(TRAINING), data, wholly_frozen)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    knowing = judge(FreezesBase(TRAINING), data, frozen, stay)
    assert knowing.status is Status.FAILED  # weights that were put in, and not trained


def test_a_training_that_was_stopped_by_a_fault_of_the_grader_is_not_graded(data: Data) -> None:
    check = FreezesBase(TRAINING)
    case = lab.run(check, data, {"build_model": frozen, "train": fail})
    assert isinstance(case.steps["train@0"].evidence.outcome, Raised)
    steps = {name: step for name, step in case.steps.items() if name != "train@0"}
    stopped = dataclasses.replace(case, steps=steps, stops={"train@0": Stopped(reason=StopReason.GRADER)})
    assert judged(check, stopped).status is Status.NOT_GRADED


def test_a_base_that_is_frozen_after_a_first_fit_is_named_as_such(data: Data) -> None:
    """The facts of `fit` come from the recorder behind the walls: here they are those that it leaves."""
    from msgspec.structs import replace

    def train(model: Any, *rows: Any) -> Any:
        fit(model, *rows)
        model.layers[0].trainable = False
        return fit(model, *rows)

    check = FreezesBase(TRAINING)
    case = lab.run(check, data, {"build_model": put_head_on, "train": train})
    step = case.steps["train@0"]
    fits = tuple(replace(one, stale=("base",)) for one in step.evidence.fits)
    object.__setattr__(step, "evidence", replace(step.evidence, fits=fits))
    judgement = judged(check, case)
    assert judgement.status is Status.FAILED
    assert "frozen after fit had run" in text(judgement.message)


# Counting.


def count(model: Any) -> tuple[int, int]:
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return trainable, model.count_params() - trainable


@pytest.mark.parametrize("build", [frozen, put_head_on, wholly_frozen])
def test_what_learns_is_counted(data: Data, build: Build) -> None:
    judgement = judge(CountsTrainable(TRAINING), data, build, count_parameters=count)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("answer", "share", "words"),
    [
        (lambda model: count(model)[::-1], 0.5, "in the wrong order"),
        (lambda model: (len(model.trainable_weights), 8), 0.0, "as many numbers as its shape says"),
        (lambda model: (sum(count(model)), count(model)[1]), 0.0, "model.count_params() counts both"),
        (lambda model: (count(model)[0], count(model)[1] + 2), 0.0, "count non_trainable_weights"),
        (lambda model: (count(model)[0], count(model)[1] - 2), 0.0, "as many numbers as its shape says"),
        (lambda model: count(model)[0], 0.0, "has to return two numbers"),
        (lambda _model: ["few", "many"], 0.0, "has to return numbers"),
    ],
)
def test_wrong_counts_say_what_is_wrong(
    data: Data, answer: Callable[[Any], Any], share: float, words: str
) -> None:
    judgement = judge(CountsTrainable(TRAINING), data, frozen, count_parameters=answer)
    assert judgement.share == share
    assert words in text(judgement.message)


# The same count for a small network of the grader's.

SEALED_COUNT = CountsTrainable(TRAINING).with_seal(Seal(PRACTICE))
SMALL = 11 * (6 * 6 + 1)  # numbers that it has


def judge_count(data: Data, answer: Callable[[Any], Any], check: CountsTrainable = SEALED_COUNT) -> Judgement:
    return judge(check, data, frozen, count_parameters=answer)


def test_counts_that_are_the_same_for_whatever_network_are_not_counted(data: Data) -> None:
    right = judge_count(data, count, CountsTrainable(TRAINING))
    counted = re.findall(r"\d+", text(right.message))
    learning, frozen_ones = (int(number) for number in counted)
    for answer in (lambda _m: (learning, frozen_ones), lambda m: [learning, m.count_params() - learning]):
        judgement = judge_count(data, answer)
        assert judgement.status is Status.FAILED
        assert f"count_parameters() returns ({learning}, " in text(judgement.message)
        assert f"for a network of {SMALL} numbers, all of which learn" in text(judgement.message)
    assert "To repeat it: count_parameters(keras.Sequential([keras.Input((6, 6, 1)), " in text(judgement.message)
    assert text(judgement.expected) == f"({SMALL}, 0)"


@pytest.mark.parametrize(
    "answer", [lambda: (SMALL, 0), lambda: (0, 0), lambda: None, lambda: "few", lambda: 1 / 0]
)
def test_how_a_count_fares_with_a_network_without_a_base_does_not_matter(
    data: Data, answer: Callable[[], Any]
) -> None:
    judgement = judge_count(data, lambda model: answer() if model.count_params() == SMALL else count(model))
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_evidence_of_a_time_when_the_small_network_was_not_asked_for_is_enough(data: Data) -> None:
    assert not any("small" in step.id for step in CountsTrainable(TRAINING).steps((0,)))
    assert sum("small" in step.id for step in SEALED_COUNT.steps((0,))) == 2
    made = lab.run(SEALED_COUNT, data, {"build_model": frozen, "train": fit, "count_parameters": count})
    assert judged(SEALED_COUNT, made).status is Status.PASSED
    del made.steps["count_parameters@nested"]  # type: ignore[attr-defined]
    assert judged(SEALED_COUNT, made).status is Status.NOT_GRADED


def test_a_count_that_the_grader_lost_is_not_graded(data: Data) -> None:
    made = lab.run(SEALED_COUNT, data, {"build_model": frozen, "train": fit, "count_parameters": count})
    del made.steps["count_parameters@small"]  # type: ignore[attr-defined]
    made.stops["count_parameters@small"] = stop(StopReason.GRADER)  # type: ignore[index]
    assert judged(SEALED_COUNT, made).status is Status.NOT_GRADED


# The same count for a network of the grader's with a nested model.


def whole_layers(model: Any) -> tuple[int, int]:
    learn = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return learn, model.count_params() - learn


def last_layer(model: Any) -> tuple[int, int]:
    return model.layers[-1].count_params(), model.count_params() - model.layers[-1].count_params()


def all_but_the_base(model: Any) -> tuple[int, int]:
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    return model.count_params() - base.count_params(), base.count_params()


def leaves(model: Any) -> tuple[int, int]:
    """Go into nested models, but not into the layers: what is measured counts as learning."""
    counts = [0, 0]
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            counts = [a + b for a, b in zip(counts, leaves(layer), strict=True)]
        else:
            counts[0 if layer.trainable else 1] += layer.count_params()
    return counts[0], counts[1]


def by_name(model: Any) -> tuple[int, int]:
    frozen_ones = model.get_layer("base").count_params()
    return model.count_params() - frozen_ones, frozen_ones


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (whole_layers, "because it is trainable as a whole"),
        (last_layer, "Only the last layer counts as learning"),
        (all_but_the_base, "Nothing of the nested model counts as learning"),
        (leaves, "The means and variances of BatchNormalization count as learning"),
        (by_name, "No such layer: base"),
        (lambda m: count(m) if len(m.layers) != 3 or m.layers[0].name == "base" else 7, "not return two numbers"),
        (lambda m: (count(m)[0], 15 if count(m)[1] == 23 else count(m)[1]), "BatchNormalization, which do not"),
        (lambda m: (count(m)[0], 8 if count(m)[1] == 23 else count(m)[1]), "in the nested model is left out"),
        (lambda m: (count(m)[0], 1 if count(m)[1] == 23 else count(m)[1]), "model.non_trainable_weights holds"),
        (
            lambda m: (count(m)[0] + 15 * (count(m)[1] == 23), count(m)[1]),
            "The frozen layer in the nested model co",
        ),
        (lambda m: (count(m)[0] + (count(m)[1] == 23), count(m)[1]), "model.trainable_weights holds all"),
    ],
)
def test_counts_that_are_wrong_for_a_nested_model_are_worth_half(
    data: Data, answer: Callable[[Any], Any], words: str
) -> None:
    judgement = judge_count(data, answer)
    assert judgement.share == 0.5, text(judgement.message)
    assert "a nested model with BatchNormalization and a frozen layer" in text(judgement.message)
    assert words in text(judgement.message)


def by_layers(model: Any) -> tuple[int, int]:
    counts = {True: 0, False: 0}
    for layer in model.layers:
        for weight in layer.weights:
            counts[any(weight is other for other in layer.trainable_weights)] += int(weight.numpy().size)
    return counts[True], counts[False]


def by_leaves(model: Any) -> list[int]:
    counts = [0, 0]
    for layer in model.layers:
        if hasattr(layer, "layers"):
            counts = [a + b for a, b in zip(counts, by_leaves(layer), strict=True)]
        else:
            counts[0] += sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
            counts[1] += sum(int(np.prod(weight.shape)) for weight in layer.non_trainable_weights)
    return counts


def by_variables(model: Any) -> Any:
    learn = sum(keras.ops.size(weight) for weight in model.trainable_variables)
    return np.array([learn, sum(keras.ops.size(weight) for weight in model.weights) - learn])


def by_flags(model: Any) -> Any:
    total = {True: 0, False: 0}
    for weight in model.weights:
        total[weight.trainable] += int(keras.ops.size(weight))
    return tuple(total.values())


@pytest.mark.parametrize("answer", [by_layers, by_leaves, by_variables, by_flags])
def test_counts_of_every_honest_style_are_right_for_nested_models_too(
    data: Data, answer: Callable[[Any], Any]
) -> None:
    judgement = judge_count(data, answer)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_the_call_with_the_nested_model_can_be_pasted(data: Data) -> None:
    message = text(judge_count(data, whole_layers).message)
    code = message.partition("To repeat it: ")[2].rstrip(".")
    names = {"keras": keras, "count_parameters": count, "right": None}
    before, _, call = code.rpartition("; ")
    exec(f"{before}\nright = {call}", names)
    assert names["right"] == (36 * 4 + 4 + 8 + 20 + 78, 23)


# Rubrics.


@pytest.mark.parametrize("check", [UsesBase(Training()), FreezesBase(Training())])
def test_a_check_of_a_base_needs_a_training_with_one(check: Check, data: Data) -> None:
    with pytest.raises(RubricError, match="base=True"):
        check.check_exercise(Task(kind="classification", classes=3), data)


def test_the_data_have_to_hold_the_weights_of_the_base() -> None:
    assert not set(UsesBase(TRAINING).held_back()) <= set(digits().outside)
    assert "base_weight_0000" in UsesBase(TRAINING).held_back()


def test_a_base_is_not_built_from_weights_of_another_network(data: Data) -> None:
    short = {**data.inside, "base_weights": data.inside["base_weights"][:-1]}
    with pytest.raises(ValueError, match=r"cannot reshape|weights of the base"):
        lab.run(UsesBase(TRAINING), Data(short, data.outside), {"build_model": frozen, "train": fit})


def test_a_mobilenet_is_a_base_as_well(tmp_path: Path) -> None:
    """With random weights, so that nothing is downloaded: depthwise kernels, BatchNormalization and all."""
    keras.utils.set_random_seed(0)
    photographs = save(build_mobilenet(weights=None), (96, 96, 3), tmp_path)

    def build(base: Any) -> Any:
        base.trainable = False
        inputs = keras.Input(base.input_shape[1:])
        features = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
        model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(features))
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    check = FreezesBase(TRAINING)
    case = lab.run(check, photographs, {"build_model": build, "train": fit})
    for one in (UsesBase(TRAINING), check):
        judgement = judged(one, case)
        assert judgement.status is Status.PASSED, text(judgement.message)


def test_that_a_base_did_not_learn_is_no_advice_for_a_low_score(data: Data) -> None:
    check = FreezesBase(TRAINING)
    case = lab.run(check, data, {"build_model": frozen, "train": fit})
    assert judged(check, case).status is Status.PASSED
    assert "kernels" not in text(advise_on_score(case, TRAINING))
    assert "Training left 2 of 3 kernels" in text(advise_on_score(case, Training()))
