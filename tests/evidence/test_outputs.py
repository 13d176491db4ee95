"""Networks with several outputs, really built and trained: each output is seen as if it were the only one."""

import msgspec
import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.evidence.certification import certify
from grader.evidence.loss_identity import identify_network_loss
from grader.evidence.network import read_network
from grader.evidence.outputs import assign_outputs, list_views, show_output
from grader.evidence.scores import compute_score
from grader.protocol.evidence import GraphFacts, ModelFacts, OutputFacts
from tests.helpers.classroom import KIND, PRICE, ROOMS, fruit
from tests.helpers.fruit import BY_PLACE, LOSSES, case_of_fruit, functional, subclassed, train

TRAINING = ROOMS["fruit"].trainings[0]
BOTH = (PRICE, KIND)
WAYS = {
    "functional list, all by name": ("", ""),
    "functional list, all by place": (
        functional(compiled=f"loss={BY_PLACE}, loss_weights=[0.1, 1.0], metrics=[['mae'], ['accuracy']]"),
        train("[price, kind]"),
    ),
    "functional list, the other way round": (
        functional("[kind, price]", compiled="loss=['sparse_categorical_crossentropy', 'mse']"),
        train("(kind, price)"),
    ),
    "functional dict": (functional('{"price": price, "kind": kind}'), ""),
    "functional dict, labels by place": (functional('{"price": price, "kind": kind}'), train("[kind, price]")),
    "subclassed dict": (subclassed('{"price": price, "kind": kind}'), ""),
    "subclassed tuple": (subclassed("(price, kind)", f"loss={BY_PLACE}"), train("(price, kind)")),
    "labels with an axis more": ("", train('{"price": price[:, None], "kind": kind[:, None]}')),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_output_is_seen_with_its_own_graph_loss_and_labels(way: str) -> None:
    case = case_of_fruit(*WAYS[way])
    price, kind = (show_output(case, BOTH, name) for name in ("price", "kind"))
    for view, width, loss, activation in (
        (price, 1, "mean_squared_error", "linear"),
        (kind, 3, "sparse_categorical_crossentropy", "softmax"),
    ):
        network = read_network(view, TRAINING, 0)
        assert network.after is not None
        assert network.after.units == width
        assert network.after.output_activation == activation
        assert network.after.outputs["x_test"].shape == (75, width)
        assert compute_score(network.after, view, TRAINING) is not None
        compiled = network.after.facts.compiled
        assert compiled is not None
        assert identify_network_loss(view, TRAINING, "trained:train@0", compiled).name == loss
        fit = network.last_fit
        assert fit is not None
        assert (fit.loss, fit.y_shape[0]) == (loss, 150)
        labels = view.steps["train@0"].arrays[fit.labels]
        np.testing.assert_allclose(labels, fruit().inside[f"y_train_{view.output}"])
    assert all(check.agrees for check in certify(case))


def test_the_certification_of_all_outputs_is_that_of_each() -> None:
    case = case_of_fruit()
    assert certify(show_output(case, BOTH, "kind")) == certify(case)
    texts = [Translator("en")(check.text) for check in certify(case)]
    assert any(text.startswith("Output price, Seed 0") for text in texts)
    assert any(text.startswith("Output kind, Seed 0") for text in texts)


def test_a_claimed_history_of_one_output_is_compared_with_its_graph() -> None:
    forged = (
        train().replace("    return model.fit(", "    history = model.fit(")
        + "    history.history['val_kind_loss'] = [1e-6]\n    return history\n"
    )
    wrong = [check for check in certify(case_of_fruit(training=forged)) if not check.agrees]
    assert [check.id for check in wrong] == ["loss"]
    assert Translator("en")(wrong[0].text).startswith("Output kind")


def test_curves_of_an_output_have_the_names_of_those_of_a_single_one() -> None:
    case = case_of_fruit(functional(compiled=f"loss={LOSSES}, metrics={{'kind': 'accuracy'}}"))
    views = list_views(case, TRAINING)
    price, kind = (set(read_network(view, TRAINING, 0).curves) for view in views)
    assert price == {"loss", "val_loss"}
    assert kind == {"loss", "val_loss", "accuracy", "val_accuracy"}


def test_weights_that_are_changed_after_fit_leave_the_network_that_fit_left_for_each_output() -> None:
    changes = "    model.set_weights([w * 0 for w in model.get_weights()])\n"
    case = case_of_fruit(training=train().replace("return ", "h = ") + changes + "    return h\n")
    for view in list_views(case, TRAINING):
        network = read_network(view, TRAINING, 0)
        assert network.after is not None
        assert network.fitted is not None
        assert not np.array_equal(network.fitted.outputs["x_val"], network.after.outputs["x_val"])
        assert network.fitted.units == network.after.units


def test_a_network_with_one_output_shows_nothing_of_two() -> None:
    case = case_of_fruit(functional("price", compiled="loss='mse'"), train("price"))
    for view in list_views(case, TRAINING):
        before = read_network(view, TRAINING, 0).before
        assert before is not None
        assert before.facts.output_count == 1
        assert before.graph is None  # that of a single output belongs to none of two


# Which output is which.


def described(*outputs: tuple[str, int]) -> ModelFacts:
    facts = [
        OutputFacts(
            name=name,
            graph=GraphFacts(
                ref="g", input_node="x:0", output_node="y:0", input_shape=(None, 3), output_shape=(None, width)
            ),
        )
        for name, width in outputs
    ]
    empty = ModelFacts(
        style="", type="", layers=(), input_shape=None, parameters=0, trainable_parameters=0, compiled=None
    )
    return msgspec.structs.replace(empty, outputs=tuple(facts))


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ([("price", 1), ("kind", 3)], {"price": 0, "kind": 1}),
        ([("kind", 3), ("price", 1)], {"price": 1, "kind": 0}),
        ([("a", 3), ("b", 1)], {"price": 1, "kind": 0}),  # shapes tell
        ([("price", 3), ("kind", 1)], {"price": 1, "kind": 0}),  # shapes tell more than names
        ([("kind", 3), ("price", 3)], {"price": 1, "kind": 0}),  # names tell where shapes do not
        ([("a", 2), ("b", 2)], {"price": 0, "kind": 1}),  # places tell where nothing else does
        ([("extra", 5), ("kind", 3), ("price", 1)], {"price": 2, "kind": 1}),
        ([("kind", 3)], {"price": 0}),
        ([], {}),
    ],
)
def test_which_output_is_which(outputs: list[tuple[str, int]], expected: dict[str, int]) -> None:
    assert assign_outputs(described(*outputs), BOTH) == expected
