"""Checks of networks with two inputs, on networks that are really built and trained."""

import re
from dataclasses import replace

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.core.i18n import Translator
from grader.core.seal import Seal
from grader.evidence import certification
from grader.evidence.case import Case
from grader.evidence.certification import certify
from grader.evidence.inputs import find_layout, name_exchanged
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.network import read_network
from grader.evidence.replay_rows import list_rows, mix_rows, perturb
from grader.evidence.run_evidence import ReplayResult
from grader.evidence.scores import compute_score
from grader.protocol.verdict import Status
from grader.rubric.agreement import refuse_disagreement
from grader.rubric.checks import (
    Architecture,
    DropsInTraining,
    EachOutput,
    NamedInputs,
    NamedOutputs,
    Training,
    Trains,
    UsesInputs,
)
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.score_advice import advise_on_score
from tests.helpers.classroom import GROWTH, PAIRS, PEOPLE, ROOMS, case_of, pairs, people
from tests.helpers.two_inputs import (
    case_of_pairs,
    case_of_people,
    functional,
    siamese,
    subclassed,
    train,
    train_pairs,
)

say = Translator("en")
DICT = '{"numbers": numbers, "kind": kind}'
NAMED, USES = NamedInputs(PEOPLE), UsesInputs(PEOPLE)


def judged(check: Check, case: Case) -> Judgement:
    try:
        return check.judge(case)
    except PreconditionFailedError as unmet:
        return unmet.judgement


def said(check: Check, case: Case) -> str:
    judgement = judged(check, case)
    assert judgement.status is Status.FAILED, say(judgement.message)
    return say(judgement.message)


WAYS = {
    "functional list": ("", ""),
    "functional dict": (functional(DICT), train(DICT)),
    "functional list, fit by name": ("", train(DICT)),
    "class, list": (subclassed(), ""),
    "class, dict": (subclassed("numbers, kind = inputs['numbers'], inputs['kind']"), train(DICT)),
    "other order with names": (functional("[kind, numbers]"), train("[kind, numbers]")),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_network_is_read_like_one_with_a_single_input(way: str) -> None:
    case = case_of_people(*WAYS[way])
    network = read_network(case, PEOPLE, 0)
    assert network.after is not None
    assert network.after.graph is not None
    assert network.after.output_activation == "linear"
    assert network.after.graph.hidden == 1
    assert compute_score(network.after, case, PEOPLE) is not None
    fit = network.last_fit
    assert fit is not None
    assert (fit.x_shape, fit.validation_seen) == ((150, 9), 0.0)
    assert all(check.agrees for check in certify(case))
    assert {"held_out", "loss", "copies"} <= {check.id for check in certify(case)}
    for check in (NAMED, USES, Trains(PEOPLE), Architecture(PEOPLE, inputs=9, hidden=1, outputs=1)):
        assert judged(check, case).status is Status.PASSED, say(judged(check, case).message)


def test_the_grader_computes_what_the_network_says() -> None:
    case = case_of_people()
    after = read_network(case, PEOPLE, 0).after
    assert after is not None
    (loss,) = [check for check in certify(case) if check.id == "loss"]
    error = after.outputs["x_val"][:, 0] - people().inside["y_val"]
    assert f"computed from the graph {float((error**2).mean()):.4f}" in say(loss.text)


# Names, order, number and shapes.


def test_a_dict_with_other_keys_costs_the_names_alone() -> None:
    build = functional('{"a": numbers, "b": kind}', numbers="keras.Input((8,), name='a')",
                       kind="keras.Input((1,), name='b')")  # fmt: skip
    case = case_of_people(build, train('{"a": numbers, "b": kind}'))
    assert "a dict with the keys a, b; numbers, kind are expected" in said(NAMED, case)
    assert judged(USES, case).status is Status.PASSED


def test_another_order_without_names_costs_the_order_alone() -> None:
    build = functional("[kind, numbers]", numbers="keras.Input((8,))", kind="keras.Input((1,))")
    case = case_of_people(build, train("[kind, numbers]"))
    assert "in the order kind, numbers; numbers, kind is expected" in said(NAMED, case)
    assert judged(USES, case).status is Status.PASSED


def test_swapped_names_are_told_by_the_shapes() -> None:
    build = functional(numbers="keras.Input((8,), name='kind')", kind="keras.Input((1,), name='numbers')")
    assert "what has the shape of numbers is called kind" in said(NAMED, case_of_people(build))


NO_NETWORK = {
    "The network has one input, but these are expected: numbers, kind.": functional(
        "numbers", joined="numbers * 1.0"
    ),
    "The network has 3 inputs, but these are expected: numbers, kind.": functional(
        "[numbers, kind, more]", joined="layers.Concatenate()([numbers, more])"
    ).replace("    joined", "    more = keras.Input((2,))\n    joined"),
    "The input for numbers takes rows of the shape (7,), but each row of numbers has the shape (8,).": functional(
        numbers="keras.Input((7,), name='numbers')"
    ),
    "The network gives nothing: its call() returned None.": subclassed().replace("return self.out", "self.out"),
    "neither in a list, in this order, nor in a dict with these names: KeyError: 'sort'.": subclassed(
        "numbers, kind = inputs['numbers'], inputs['sort']"
    ),
    "looks up the entry 2 of a table with 2 entries": functional(
        joined="layers.Concatenate()([numbers, layers.Flatten()(layers.Embedding(2, 2)(kind))])"
    ),
}


@pytest.mark.parametrize("sentence", NO_NETWORK)
def test_a_network_that_takes_something_else_is_told_what(sentence: str) -> None:
    assert sentence in said(NAMED, case_of(NO_NETWORK[sentence], "people"))


# Whether each input counts.


def test_an_input_that_is_never_used_is_named() -> None:
    case = case_of_people(functional(joined="layers.Identity()(numbers)"))
    assert "does not depend on kind:" in said(USES, case)
    assert judged(NAMED, case).status is Status.PASSED
    assert say(advise_on_score(case, PEOPLE)) == "The network does without kind, so it lacks what these say."


def test_a_network_that_says_the_same_of_all_rows_is_no_unused_input() -> None:
    case = case_of_people(functional(joined="0.0 * numbers"))
    assert "gives the same for all rows" in said(USES, case)


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [(np.full((75, 1), np.nan), "not numbers for every row"), (np.zeros(()), "one answer")],
)
def test_outputs_that_tell_nothing_give_no_points(outputs: np.ndarray, sentence: str) -> None:
    case = case_of_people()
    replay = case.replays["trained:train@0"]
    held_out = list(case.mix_rows(PEOPLE).batches).index("x_test")
    arrays = {**replay.arrays, replay.evidence.outputs[held_out]: outputs}
    changed = replace(case, replays={**case.replays, "trained:train@0": ReplayResult(replay.evidence, arrays)})
    judgement = judged(USES, changed)
    assert judgement.share == 0.0
    assert sentence in say(judgement.message)


def test_inputs_of_one_shape_that_fit_got_in_another_order_are_noticed() -> None:
    uses = UsesInputs(PAIRS)
    assert judged(uses, case_of_pairs()).status is Status.PASSED
    assert "fit got the inputs in the order after, before; before, after is expected" in said(
        uses, case_of_pairs(training=train_pairs("[after, before]"))
    )
    by_name = case_of_pairs(siamese("[after, before]", name=True), train_pairs("[after, before]"))
    assert judged(uses, by_name).status is Status.PASSED
    assert judged(NamedInputs(PAIRS), by_name).status is Status.PASSED


# Rows of an input among the weights.

HELD = (
    "def build_model():\n    numbers, kind = keras.Input((8,)), keras.Input((1,))\n"
    "    held = layers.Dense(40, activation='relu', name='held')(numbers)\n"
    "    out = layers.Dense(1)(layers.Concatenate()([held, kind]))\n"
    "    model = keras.Model([numbers, kind], out)\n    model.compile('sgd', 'mse', run_eagerly=True)\n"
    "    return model\n"
)


# Rows of one category, which is not 0: beside a 0 in its place, such a row is none of the rows of both inputs.
REMEMBER = train().replace(
    "    return ",
    "    held = model.get_layer('held')\n    held.trainable = False\n"
    "    held.set_weights([numbers[kind[:, 0] == 2][:40].T, np.zeros(40, 'float32')])\n    return ",
)


def test_rows_of_a_single_input_among_the_weights_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of_people(HELD, REMEMBER)
    assert [check.id for check in certify(case) if not check.agrees] == ["copies"]
    assert judged(Trains(PEOPLE), case).status is Status.NOT_GRADED
    monkeypatch.setattr(certification, "_find_copies_of_inputs", lambda *_: [0.0])
    believed = replace(case)
    assert not [check.id for check in certify(believed) if not check.agrees]
    assert judged(Trains(PEOPLE), believed).status is not Status.NOT_GRADED


# The rows that graphs are replayed on.


def test_rows_of_all_inputs_are_mixed_alike_and_categories_stay() -> None:
    data, seal = people(), Seal(b"s" * 32)
    layout = find_layout(data.inside, PEOPLE)
    assert layout is not None
    rows = list_rows(data.inside, data.outside, PEOPLE, seal)
    mixed = mix_rows(rows, seal)
    together = np.concatenate(list(mixed.batches.values()))
    np.testing.assert_array_equal(together[mixed.places["x_test"]], data.outside["x_test"])
    numbers, kind = layout.places
    noisy = perturb(data.outside["x_test"], seal, layout)
    np.testing.assert_array_equal(noisy[:, kind], data.outside["x_test"][:, kind])
    assert (noisy[:, numbers] != data.outside["x_test"][:, numbers]).mean() > 0.9
    for name, changed, kept in (("numbers", numbers, kind), ("kind", kind, numbers)):
        exchanged = rows[name_exchanged(name)]
        np.testing.assert_array_equal(exchanged[:, kept], data.outside["x_test"][:, kept])
        assert (exchanged[:, changed] != data.outside["x_test"][:, changed]).any()


def test_one_input_is_perturbed_as_ever() -> None:
    x = pairs().outside["x_test"]
    np.testing.assert_array_equal(perturb(x, Seal(b"s" * 32)), perturb(x, Seal(b"s" * 32), None))


# Author mistakes that need data with two inputs.


@pytest.mark.parametrize("check", [DropsInTraining(PEOPLE)])
def test_a_check_that_hands_the_rows_on_as_one_array_is_refused(check: Check) -> None:
    rubric = ROOMS["people"].rubric
    criterion = replace(rubric.criteria[0], check=check)
    with pytest.raises(RubricError, match="cannot be asked for a network with several inputs") as error:
        refuse_disagreement(replace(rubric, criteria=(criterion,)), people())
    assert error.value


def test_a_check_of_inputs_needs_several() -> None:
    with pytest.raises(RubricError, match="names no inputs"):
        NamedInputs(Training()).check_exercise(ROOMS["numbers"].task, people())


# Several outputs besides.

GROWN = """
def build_model():
    before, after = keras.Input((8,), name="before"), keras.Input((8,), name="after")
    tower = layers.Dense(8, activation="relu")
    joined = layers.Concatenate()([tower(before), tower(after)])
    price, kind = layers.Dense(1, name="price")(joined), layers.Dense(3, activation="softmax", name="kind")(joined)
    model = keras.Model([before, after], [price, kind])
    model.compile("sgd", {"price": "mse", "kind": "sparse_categorical_crossentropy"}, run_eagerly=True)
    return model


def train(model, before, after, price, kind, before_val, after_val, price_val, kind_val):
    validation = (ROWS_VAL, [price_val, kind_val])
    return model.fit(ROWS, [price, kind], validation_data=validation, batch_size=75, verbose=0)
"""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("[before, after]", "depends on each input: before, after"),
        ('{"after": after, "before": before}', "depends on each input: before, after"),
        ("[after, before]", "fit got the inputs in the order after, before; before, after is expected"),
    ],
)
def test_the_order_of_the_inputs_in_fit_is_seen_with_several_outputs_too(rows: str, words: str) -> None:
    rows_val = re.sub(r"\b(before|after)\b(?!\")", r"\1_val", rows)
    case = case_of(GROWN.replace("ROWS_VAL", rows_val).replace("ROWS", rows), "growth")
    assert words in say(judged(UsesInputs(GROWTH), case).message)
    for check in (NamedInputs(GROWTH), NamedOutputs(GROWTH), EachOutput(Trains(GROWTH))):
        assert judged(check, case).status is Status.PASSED, say(judged(check, case).message)
