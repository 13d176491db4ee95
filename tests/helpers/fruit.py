"""Code of networks with two outputs, as students would write it, for the exercise `fruit` of `classroom.py`."""

from dataclasses import replace

from grader.evidence.case import Case
from grader.rubric.checks.base import Check
from tests.helpers.classroom import case_of
from tests.helpers.lab import run_graph

LOSSES = '{"price": "mse", "kind": "sparse_categorical_crossentropy"}'
LABELS = '{"price": price, "kind": kind}'
BY_PLACE = '["mse", "sparse_categorical_crossentropy"]'
TRUNK = "    trunk = layers.Dense(6, activation='relu')(x)\n"
PRICE = "layers.Dense(1, name='price')(trunk)"
KIND = "layers.Dense(3, activation='softmax', name='kind')(trunk)"


def functional(
    outputs: str = "[price, kind]",
    *,
    trunk: str = TRUNK,
    price: str = PRICE,
    kind: str = KIND,
    compiled: str = f"loss={LOSSES}, loss_weights={{'price': 0.1, 'kind': 1.0}}",
) -> str:
    """Code of a build_model in the functional style. `compiled`: arguments of compile; "" for none of it."""
    compiling = f"    model.compile('sgd', {compiled}, run_eagerly=True)\n" if compiled else ""
    return (
        f"def build_model():\n    x = keras.Input((3,))\n{trunk}    price = {price}\n    kind = {kind}\n"
        f"    model = keras.Model(x, {outputs})\n{compiling}    return model\n"
    )


def subclassed(answer: str, compiled: str = f"loss={LOSSES}") -> str:
    """Code of a build_model with a class whose call returns `answer`, an expression of price and kind."""
    return (
        "class Two(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.trunk = layers.Dense(6, activation='relu')\n        self.a = layers.Dense(1)\n"
        "        self.b = layers.Dense(3, activation='softmax')\n    def call(self, x):\n"
        f"        h = self.trunk(x)\n        price, kind = self.a(h), self.b(h)\n        return {answer}\n"
        f"def build_model():\n    model = Two()\n    model.compile('sgd', {compiled}, run_eagerly=True)\n"
        "    return model\n"
    )


def train(labels: str = LABELS, *, more: str = "", validated: str = "") -> str:
    """Code of a train that calls fit once with labels that are made of price and kind."""
    labels_val = labels.replace("price", "price_val").replace("kind", "kind_val")
    labels_val = labels_val.replace('"price_val"', '"price"').replace('"kind_val"', '"kind"')
    validated = validated or f"validation_data=(x_val, {labels_val})"
    return (
        "def train(model, x, price, kind, x_val, price_val, kind_val):\n"
        f"    return model.fit(x, {labels}, {validated}, batch_size=75, verbose=0{more})\n"
    )


def case_of_fruit(build: str = "", training: str = "") -> Case:
    """What the grader sees of a network with two outputs."""
    return case_of((build or functional()) + (training or train()), "fruit")


def with_replays_of(check: Check, case: Case) -> Case:
    """The case with the replays that a check asks for besides those of each network."""
    wanted, arrays = check.replays(case)
    return replace(case, replays={**case.replays, **{step.id: run_graph(step, dict(arrays)) for step in wanted}})
