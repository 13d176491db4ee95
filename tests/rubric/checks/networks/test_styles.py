"""One network in three styles: what each is, and whether they are the same. All models are real."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.evidence.case import Case
from grader.evidence.certification import certify
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import HasStyle, OwnWeights, SameCompile, SameFunction, SameLayers, Training
from grader.rubric.checks.base import Check
from tests.helpers import lab
from tests.helpers.cases import judged, text

SEQUENTIAL = Training(build="build_sequential", arguments=(2,), rows="two_", name="sequential")
FUNCTIONAL = Training(build="build_functional", arguments=(2,), rows="two_", name="functional")
SUBCLASSED = Training(build="build_subclassed", arguments=(2,), rows="two_", name="subclassed")
ALL = (SEQUENTIAL, FUNCTIONAL, SUBCLASSED)
DATA = lab.lines()
Build = Callable[[int], Any]


def compiled(model: Any, **options: Any) -> Any:
    import keras

    model.compile(**{"optimizer": keras.optimizers.Adam(0.01), "loss": "mse"} | options)
    return model


def sequential(n: int, width: int = 4, activation: Any = "relu", head: Any = None, **options: Any) -> Any:
    import keras

    hidden = [keras.layers.Dense(width, activation=activation, **options) for _ in range(2)]
    return compiled(keras.Sequential([keras.Input((n,)), *hidden, keras.layers.Dense(1, activation=head)]))


def functional(n: int, width: int = 4, activation: Any = "relu", head: Any = None) -> Any:
    import keras

    inputs = keras.Input((n,))
    h = keras.layers.Dense(width)(inputs)
    h = keras.layers.Activation(activation)(h)
    h = keras.layers.Dense(width, activation=activation)(h)
    return compiled(keras.Model(inputs, keras.layers.Dense(1, activation=head)(h)))


def subclass(call: Callable[[Any, Any], Any], **made: Callable[[], Any]) -> Any:
    """Return a subclassed model with these layers."""
    import keras

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            for name, make in made.items():
                setattr(self, name, make())

        def call(self, x: Any) -> Any:
            return call(self, x)

    return Net()


def three(width: int = 4, activation: Any = "relu") -> dict[str, Callable[[], Any]]:
    import keras

    def hidden() -> Any:
        return keras.layers.Dense(width, activation=activation)

    return {"a": hidden, "b": hidden, "c": lambda: keras.layers.Dense(1)}


def subclassed(n: int, width: int = 4, activation: Any = "relu") -> Any:
    return compiled(subclass(lambda self, x: self.c(self.b(self.a(x))), **three(width, activation)))


def train(model: Any, *_: Any) -> Any:
    """Change every weight, as a training would."""
    random = np.random.default_rng(3)
    model.set_weights([w + random.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return lab.history(loss=[1.0])


BUILDS: Mapping[str, Build] = {
    "build_sequential": sequential,
    "build_functional": functional,
    "build_subclassed": subclassed,
}


@cache
def right_case() -> Case:
    """Return what the three right networks leave: each check asks for the same steps, which depend on no other."""
    return lab.run(SameFunction(ALL), DATA, {**BUILDS, "train": train})


def of(check: Check, **changed: Any) -> Judgement:
    """Judge the three right networks with some functions changed: what was not, is taken from `right_case`."""
    functions = {**BUILDS, "train": train, **changed}
    reused = [one for one in check.trainings() if functions[one.build] is BUILDS[one.build]]
    if functions["train"] is not train:
        reused = []
    return judged(check, lab.run(check, DATA, functions, prior=right_case(), reused=reused))


def by_hand(n: int) -> Any:
    import keras

    class ByHand(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            sizes = [(n, 4), (4, 4), (4, 1)]
            self.w = [self.add_weight(shape=size, initializer="glorot_uniform") for size in sizes]
            self.b = [self.add_weight(shape=(1, size[1]), initializer="zeros") for size in sizes]

        def call(self, x: Any) -> Any:
            h = keras.ops.relu(x @ self.w[0] + self.b[0])
            h = keras.ops.relu(self.b[1] + keras.ops.matmul(h, self.w[1]))
            return h @ self.w[2] + self.b[2]

    return compiled(ByHand())


# What each is.


@pytest.mark.parametrize("network", ALL)
def test_each_style_is_known(network: Training) -> None:
    judgement = of(HasStyle(network, network.name))
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize("network", ALL)
@pytest.mark.parametrize("build", BUILDS.values())
def test_no_style_passes_for_another(network: Training, build: Build) -> None:
    right = build is BUILDS[network.build]
    judgement = of(HasStyle(network, network.name), **{network.build: build})
    assert (judgement.status is Status.PASSED) is right
    if not right:
        assert f"{network.build}(2) has to return" in text(judgement.message)
        assert not judgement.blocks


def wrapped_functional(n: int) -> Any:
    import keras

    inputs = keras.Input((n,))
    return keras.Model(inputs, sequential(n)(inputs))


def wrapped_subclass(n: int) -> Any:
    return subclass(lambda self, x: self.net(x), net=lambda: sequential(n))


def wrapped_sequential(n: int) -> Any:
    import keras

    return keras.Sequential([keras.Input((n,)), functional(n)])


@pytest.mark.parametrize(
    ("network", "build"),
    [(FUNCTIONAL, wrapped_functional), (SUBCLASSED, wrapped_subclass), (SEQUENTIAL, wrapped_sequential)],
)
def test_a_model_that_only_calls_another_is_that_one_in_disguise(network: Training, build: Build) -> None:
    judgement = of(HasStyle(network, network.name), **{network.build: build})
    assert judgement.status is Status.FAILED
    assert "in disguise" in text(judgement.message)


def inside_a_layer(make: Callable[[], Any]) -> Any:
    """Return a layer that holds a model and calls it."""
    import keras

    class Wrap(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = make()

        def call(self, x: Any) -> Any:
            return self.inner(x)

    return Wrap()


def in_layer_functional(n: int) -> Any:
    import keras

    inputs = keras.Input((n,))
    return compiled(keras.Model(inputs, inside_a_layer(lambda: sequential(n))(inputs)))


def in_layer_sequential(n: int) -> Any:
    import keras

    return compiled(keras.Sequential([keras.Input((n,)), inside_a_layer(lambda: subclassed(n))]))


def in_layer_subclass(n: int) -> Any:
    made = {"wrapped": lambda: inside_a_layer(lambda: inside_a_layer(lambda: sequential(n)))}
    return compiled(subclass(lambda self, x: self.wrapped(x), **made))


def beside_a_number(n: int) -> Any:
    import keras

    class Disguise(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = functional(n)
            self.number = self.add_weight(shape=())

        def call(self, x: Any) -> Any:
            return self.inner(x) + 0 * self.number

    return compiled(Disguise())


@pytest.mark.parametrize(
    ("network", "build"),
    [
        (FUNCTIONAL, in_layer_functional),
        (SEQUENTIAL, in_layer_sequential),
        (SUBCLASSED, in_layer_subclass),
        (SUBCLASSED, beside_a_number),
    ],
)
def test_a_model_within_a_layer_or_beside_other_weights_is_a_disguise_too(network: Training, build: Build) -> None:
    judgement = of(HasStyle(network, network.name), **{network.build: build})
    assert judgement.status is Status.FAILED
    assert "All layers of this model lie inside another one that it holds" in text(judgement.message)
    assert not judgement.blocks


def test_blocks_and_models_for_a_part_are_no_disguise() -> None:
    import keras

    def dense(width: int) -> Any:
        return inside_a_layer(lambda: keras.layers.Dense(width, activation="relu"))

    def blocks(n: int) -> Any:
        return compiled(keras.Sequential([keras.Input((n,)), dense(4), dense(4), keras.layers.Dense(1)]))

    def part(n: int) -> Any:
        inputs = keras.Input((n,))
        body = keras.Sequential([keras.layers.Dense(4, activation="relu") for _ in range(2)])
        return compiled(keras.Model(inputs, keras.layers.Dense(1)(body(inputs))))

    def two_models(n: int) -> Any:
        made = {name: lambda make=make: keras.Sequential([make()]) for name, make in three().items()}
        return compiled(subclass(lambda self, x: self.c(self.b(self.a(x))), **made))

    assert of(HasStyle(SEQUENTIAL, "sequential"), build_sequential=blocks).status is Status.PASSED
    assert of(HasStyle(FUNCTIONAL, "functional"), build_functional=part).status is Status.PASSED
    assert of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=two_models).status is Status.PASSED


def test_a_second_model_of_ones_own_layers_is_no_disguise() -> None:
    import keras

    def build(n: int) -> Any:
        model = subclassed(n)
        inputs = keras.Input((n,))
        model.for_the_summary = keras.Model(inputs, model.call(inputs))
        model.unused = sequential(n)
        return model

    assert of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=build).status is Status.PASSED


def test_a_block_inside_beside_layers_of_its_own_is_no_disguise() -> None:
    import keras

    def build(n: int) -> Any:
        layers = three()
        block = lambda: keras.Sequential([layers["a"](), layers["b"]()])  # noqa: E731
        return subclass(lambda self, x: self.c(self.block(x)), block=block, c=layers["c"])

    assert of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=build).status is Status.PASSED
    assert of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=by_hand).status is Status.PASSED


def in_call(n: int) -> Any:
    import keras

    return compiled(subclass(lambda self, x: keras.layers.Dense(1)(keras.layers.Dense(4, "relu")(x))))


def in_call_kept(n: int) -> Any:
    import keras

    def call(self: Any, x: Any) -> Any:
        self.a = keras.layers.Dense(1)
        return self.a(x)

    return compiled(subclass(call))


@pytest.mark.parametrize("build", [in_call, in_call_kept])
def test_layers_made_in_call_are_told(build: Build) -> None:
    judgement = of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=build)
    assert judgement.status is Status.FAILED
    assert "makes its layers inside call()" in text(judgement.message)


def test_another_crash_in_call_is_told_as_what_it_is() -> None:
    def build(n: int) -> Any:
        return compiled(subclass(lambda self, x: self.nothing(x)))

    judgement = of(HasStyle(SUBCLASSED, "subclassed"), build_subclassed=build)
    assert judgement.status is Status.FAILED
    assert "nothing" in text(judgement.message)
    assert "inside call" not in text(judgement.message)


def test_a_model_in_disguise_leaves_the_others_certified() -> None:
    made = lab.run(SameLayers(ALL), DATA, {**BUILDS, "build_subclassed": in_call, "train": train})
    assert all(agreement.agrees for agreement in certify(made))


# The same layers.


def test_an_activation_that_bends_nothing_makes_no_hidden_layers() -> None:
    def build(n: int) -> Any:
        import keras

        return sequential(n, activation=lambda x: keras.ops.relu(x) - keras.ops.relu(-x))

    judgement = of(SameLayers((SEQUENTIAL, SUBCLASSED)), build_sequential=build)
    assert judgement.status is Status.FAILED
    assert "The hidden layers make no difference" in text(judgement.message)


def test_the_same_layers_in_three_spellings() -> None:
    for build in (subclassed, by_hand):
        judgement = of(SameLayers(ALL), build_subclassed=build)
        assert judgement.status is Status.PASSED, text(judgement.message)
        assert "2-4-4-1" in text(judgement.message)


def deep(n: int) -> Any:
    import keras

    hidden = [keras.layers.Dense(4, activation="relu") for _ in range(3)]
    return keras.Sequential([keras.Input((n,)), *hidden, keras.layers.Dense(1)])


def uneven(n: int) -> Any:
    import keras

    hidden = [keras.layers.Dense(width, activation="relu") for width in (4, 5)]
    return keras.Sequential([keras.Input((n,)), *hidden, keras.layers.Dense(1)])


def unused(n: int) -> Any:
    def call(self: Any, x: Any) -> Any:
        x = self.a(x)
        self.b(x)
        return self.c(x)

    return subclass(call, **three())


def dropped(n: int) -> Any:
    import keras

    made = {**three(), "d": lambda: keras.layers.Dropout(0.2)}
    return subclass(lambda self, x: self.c(self.d(self.b(self.a(x)))), **made)


def noisy(n: int) -> Any:
    import keras

    made = {**three(), "d": lambda: keras.layers.GaussianNoise(0.2)}
    return subclass(lambda self, x: self.c(self.d(self.b(self.a(x)))), **made)


def two_outputs(n: int) -> Any:
    import keras

    return keras.Sequential(
        [keras.Input((n,)), *(keras.layers.Dense(k, "relu") for k in (4, 4)), keras.layers.Dense(2)]
    )


LAYERS: Mapping[str, tuple[Build, str]] = {
    "three hidden layers": (deep, "4 layers whose weights"),
    "two widths": (uneven, "2-4-5-1"),
    "a layer that is not used": (unused, "not used in call()"),
    "noise in one": (noisy, "GaussianNoise"),
    "another width": (lambda n: subclassed(n, width=8), "build_subclassed(2) has 2-8-8-1"),
    "dropout in one": (dropped, "Dropout 0.2"),
    "no bias in one": (lambda n: sequential(n, use_bias=False), "use_bias=False ×2"),
    "no activation": (lambda n: subclassed(n, activation=None), "no activation"),
    "relu at the output": (lambda n: functional(n, head="relu"), "goes through relu"),
    "two outputs": (two_outputs, "2-4-4-2"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_other_layers_are_told_and_cost_that_network_s_share(name: str) -> None:
    build, words = LAYERS[name]
    judgement = of(SameLayers(ALL), build_subclassed=build)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert words in text(judgement.message)


def test_all_three_with_the_same_wrong_layers_get_nothing() -> None:
    judgement = of(SameLayers(ALL), build_sequential=deep, build_functional=deep, build_subclassed=deep)
    assert judgement.status is Status.FAILED
    assert text(judgement.message).startswith("build_sequential(2): Expected")
    assert text(judgement.message).count("build_") == 1  # said once, of the one that is looked at first


def test_the_network_that_is_broken_is_named_once() -> None:
    for check in (SameLayers(ALL), SameFunction(ALL), OwnWeights(ALL)):
        later = text(of(check, build_subclassed=in_call).message)
        assert later.startswith("build_subclassed(2): The network could not be called")
        assert later.count("build_") == 1
        first = text(of(check, build_sequential=in_call).message)
        assert first.startswith("build_sequential(2): The network could not be called")
        assert first.count("build_") == 1


def test_one_network_alone_is_compared_with_nothing() -> None:
    def stub(n: int) -> Any:
        raise NotImplementedError

    for check in (SameLayers(ALL), SameCompile(ALL), SameFunction(ALL), OwnWeights(ALL)):
        assert of(check, build_functional=stub, build_subclassed=stub).status is Status.NOT_ATTEMPTED
        assert of(check, build_functional=stub).share == 0.5


# The same loss and optimizer.


def test_the_same_loss_and_optimizer_in_other_spellings() -> None:
    import keras

    def build(n: int) -> Any:
        options = {"loss": keras.losses.MeanSquaredError(), "optimizer": keras.optimizers.Adam(learning_rate=1e-2)}
        return compiled(functional(n), **options, metrics=["mae"])

    assert of(SameCompile(ALL), build_functional=build).status is Status.PASSED


COMPILES: Mapping[str, tuple[dict[str, Any], str]] = {
    "loss": ({"loss": "mae"}, "The loss differs: mean_squared_error in build_sequential(2), mean_absolute_error"),
    "optimizer": ({"optimizer": "sgd"}, "The optimizer differs: Adam"),
    "rate": ({"optimizer": "adam"}, "The learning rate differs: 0.01 in build_sequential(2), 0.001"),
    "classes": ({"loss": "binary_crossentropy"}, "no loss for numbers"),
    "accuracy": ({"metrics": ["accuracy"]}, "exact hits"),
    "accuracy and optimizer": ({"metrics": ["accuracy"], "optimizer": "sgd"}, "The optimizer differs: Adam"),
}


@pytest.mark.parametrize("name", COMPILES)
def test_what_is_compiled_otherwise_is_told(name: str) -> None:
    options, words = COMPILES[name]
    judgement = of(SameCompile(ALL), build_functional=lambda n: compiled(functional(n), **options))
    assert judgement.status is Status.PARTIAL
    assert words in text(judgement.message)


def test_a_rate_that_training_lowers_is_the_one_of_compile() -> None:
    rates = iter((0.003, 0.0015, 0.0007))

    def lower(model: Any, *rows: Any) -> Any:
        model.optimizer.learning_rate = next(rates)
        return train(model, *rows)

    assert of(SameCompile(ALL), train=lower).status is Status.PASSED


def power(exponent: float) -> Callable[[Any, Any], Any]:
    """Return a loss of one's own: a power of the distances."""
    import keras

    def loss(y: Any, p: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(keras.ops.reshape(y, keras.ops.shape(p)) - p) ** exponent, axis=-1)

    return loss


def of_losses(one: Any, other: Any) -> Judgement:
    import keras

    chosen = {"optimizer": keras.optimizers.Adam(0.01)}
    return of(
        SameCompile((SEQUENTIAL, FUNCTIONAL)),
        build_sequential=lambda n: compiled(sequential(n), loss=one, **chosen),
        build_functional=lambda n: compiled(functional(n), loss=other, optimizer=keras.optimizers.Adam(0.01)),
    )


def test_losses_with_one_label_that_give_other_values_are_told() -> None:
    import keras

    for one, other in (
        (power(1.5), power(3.0)),
        (keras.losses.Huber(delta=10.0), keras.losses.Huber(delta=0.01)),
    ):
        judgement = of_losses(one, other)
        assert judgement.status is Status.FAILED
        assert "for the same predictions one gives" in text(judgement.message)
        assert not judgement.blocks


def test_one_loss_in_other_spellings_gives_the_same_values() -> None:
    import keras

    for one, other in (
        (power(1.5), power(1.5)),
        (power(2.0), "mse"),
        ("huber", keras.losses.Huber()),
        (keras.losses.Huber(delta=2.0), keras.losses.Huber(delta=2.0)),
    ):
        judgement = of_losses(one, other)
        assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_model_that_is_not_compiled_or_none_is_told() -> None:
    judgement = of(SameCompile(ALL), build_functional=deep)
    assert "not compiled with a loss" in text(judgement.message)
    assert "returned None" in text(of(SameCompile(ALL), build_functional=lambda n: None).message)


# The same function.


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "swish"])
def test_with_copied_weights_all_styles_compute_the_same(activation: str) -> None:
    judgement = of(
        SameFunction(ALL),
        build_sequential=lambda n: sequential(n, activation=activation),
        build_functional=lambda n: functional(n, activation=activation),
        build_subclassed=lambda n: subclassed(n, activation=activation),
    )
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_weights_are_copied_into_products_written_by_hand() -> None:
    assert of(SameFunction(ALL), build_subclassed=by_hand).status is Status.PASSED


def gated(n: int) -> Any:
    """Return a network with one more number, which is zero as long as nothing was learned."""
    import keras

    class Gated(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = [make() for make in three().values()]
            self.gate = self.add_weight(shape=(), initializer="zeros")

        def call(self, x: Any) -> Any:
            extra = self.gate * keras.ops.sum(keras.ops.sin(3 * x), axis=1, keepdims=True)
            for layer in self.inner:
                x = layer(x)
            return x + extra

    return compiled(Gated())


def with_prelu(n: int) -> Any:
    import keras

    inputs = h = keras.Input((n,))
    for _ in range(2):
        h = keras.layers.PReLU(alpha_initializer="zeros")(keras.layers.Dense(4)(h))
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(h)))


@pytest.mark.parametrize("build", [gated, with_prelu])
def test_what_is_learned_besides_the_copied_weights_is_told(build: Build) -> None:
    layers = of(SameLayers(ALL), build_subclassed=build)
    assert (layers.status, layers.share) == (Status.PARTIAL, 0.5)
    assert "trainable parameters" in text(layers.message)
    function = of(SameFunction(ALL), build_subclassed=build)
    assert (function.status, function.share) == (Status.PARTIAL, 0.5)
    assert "but no longer after their training" in text(function.message)


def sequential_prelu(n: int) -> Any:
    import keras

    hidden = [layer for _ in range(2) for layer in (keras.layers.Dense(4), keras.layers.PReLU())]
    return compiled(keras.Sequential([keras.Input((n,)), *hidden, keras.layers.Dense(1)]))


def subclassed_prelu(n: int) -> Any:
    """Return a network whose layers are made in another order than rows go through them."""
    import keras

    made = dict.fromkeys(("p", "q"), keras.layers.PReLU) | dict(reversed(three(activation=None).items()))
    return compiled(subclass(lambda self, x: self.c(self.q(self.b(self.p(self.a(x))))), **made))


def train_differently() -> Callable[..., Any]:
    """Return what changes every weight, each time in another way."""
    random = np.random.default_rng(5)

    def train_once(model: Any, *_: Any) -> Any:
        model.set_weights([w + random.normal(0, 0.3, w.shape) for w in model.get_weights()])
        return lab.history(loss=[1.0])

    return train_once


def test_slopes_that_all_networks_learn_are_copied_too() -> None:
    builds = {
        "build_sequential": sequential_prelu,
        "build_functional": with_prelu,
        "build_subclassed": subclassed_prelu,
    }
    for check in (SameLayers(ALL), SameFunction(ALL)):
        judgement = of(check, train=train_differently(), **builds)
        assert judgement.status is Status.PASSED, text(judgement.message)


def skipping(n: int) -> Any:
    def call(self: Any, x: Any) -> Any:
        x = self.a(x)
        return self.c(x + self.b(x))

    return compiled(subclass(call, **three()))


FUNCTIONS: Mapping[str, tuple[Build, str]] = {
    "another activation": (lambda n: subclassed(n, activation="tanh"), "the other tanh, tanh, –"),
    "one more activation": (
        lambda n: compiled(subclass(lambda self, x: -abs(self.c(self.b(self.a(x)))), **three())),
        "the other relu, relu, abs",
    ),
    "a way around a layer": (skipping, "the same layers in the same order"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_another_function_of_the_same_weights_is_told(name: str) -> None:
    build, words = FUNCTIONS[name]
    judgement = of(SameFunction(ALL), build_subclassed=build)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert text(judgement.message).startswith("With the weights")
    assert "With the weights of build_sequential(2) copied into it, build_subclassed(2)" in text(judgement.message)
    assert words in text(judgement.message)


@pytest.mark.parametrize(
    "build", [lambda n: subclassed(n, width=8), unused, lambda n: sequential(n, use_bias=False)]
)
def test_weights_that_do_not_fit_are_no_crash(build: Build) -> None:
    judgement = of(SameFunction(ALL), build_subclassed=build)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "do not fit" in text(judgement.message)
    everything = of(SameFunction((SEQUENTIAL, SUBCLASSED)), build_subclassed=build)
    assert everything.status is Status.SKIPPED


def test_a_bias_that_the_untrained_network_does_not_show_is_copied_too() -> None:
    def build(n: int) -> Any:
        import keras

        class Forgets(keras.Model):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                for name, make in three().items():
                    setattr(self, name, make())

            def call(self, x: Any) -> Any:
                return self.c(self.b(self.a(x))) + self.c.bias

        return compiled(Forgets())

    judgement = of(SameFunction(ALL), build_subclassed=build)
    assert judgement.status is Status.PARTIAL
    assert "other outputs" in text(judgement.message)


def test_without_a_training_the_fresh_weights_are_copied() -> None:
    for broken in (None, lambda m, *_: (m.set_weights([w * np.nan for w in m.get_weights()]), lab.history())[1]):
        judgement = of(SameFunction(ALL), train=broken)
        assert judgement.status is Status.PASSED


def test_a_replay_that_did_not_come_is_the_grader_s_fault() -> None:
    made = lab.run(SameFunction(ALL), DATA, {**BUILDS, "train": train})
    parts = {
        name: getattr(made, name) for name in ("inside", "outside", "imported", "steps", "stops", "seeds", "task")
    }
    kept = {name: replay for name, replay in made.replays.items() if not name.startswith("copied:")}
    without = type(made)(**parts, replays=kept, trainings=made.trainings)
    assert judged(SameFunction(ALL), without).status is Status.NOT_GRADED


# Weights of their own.


def test_fresh_networks_have_weights_of_their_own_though_the_seed_is_the_same() -> None:
    assert of(OwnWeights(ALL)).status is Status.PASSED


def sharing() -> dict[str, Build]:
    import keras

    shared = {name: make() for name, make in three().items()}

    def with_inputs(n: int) -> Any:
        inputs = keras.Input((n,))
        return compiled(keras.Model(inputs, shared["c"](shared["b"](shared["a"](inputs)))))

    def as_class(n: int) -> Any:
        made = {name: (lambda layer=layer: layer) for name, layer in shared.items()}
        return compiled(subclass(lambda self, x: self.c(self.b(self.a(x))), **made))

    def in_a_row(n: int) -> Any:
        return compiled(keras.Sequential([keras.Input((n,)), *shared.values()]))

    return {"build_sequential": in_a_row, "build_functional": with_inputs, "build_subclassed": as_class}


def test_layers_that_models_share_are_found_by_what_training_did_to_them() -> None:
    shared = sharing()
    judgement = of(OwnWeights(ALL), **shared)
    assert judgement.status is Status.FAILED
    assert "build_functional(2) shares layers with build_sequential(2)" in text(judgement.message)
    one = of(
        OwnWeights(ALL), build_functional=shared["build_functional"], build_subclassed=shared["build_subclassed"]
    )
    assert (one.status, one.share) == (Status.PARTIAL, 0.5)
    assert "build_subclassed(2) shares layers with build_functional(2)" in text(one.message)


def test_a_training_that_changes_nothing_makes_equal_weights_no_suspicion() -> None:
    assert of(OwnWeights(ALL), train=lambda *_: lab.history(loss=[1.0])).status is Status.PASSED
