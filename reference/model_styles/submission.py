# %% [markdown]
# # Three ways to write one network: a worked solution
#
# Two hidden layers and one linear output, written as a Sequential, with the functional API, and as a
# subclass of keras.Model. What they compute is the same; what they allow is not.

# %%
import keras
import numpy as np

WIDTH = 32
ACTIVATION = "relu"

# %% [markdown]
# ## 1. Build the same network three times


# %%
def compiled(model):
    """Compile each model in the same way, with an optimizer of its own."""
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse", metrics=["mae"])
    return model


def build_sequential(n_features):
    """One layer after another, from top to bottom."""
    return compiled(
        keras.Sequential(
            [
                keras.Input(shape=(n_features,)),
                keras.layers.Dense(WIDTH, activation=ACTIVATION),
                keras.layers.Dense(WIDTH, activation=ACTIVATION),
                keras.layers.Dense(1),
            ]
        )
    )


def build_functional(n_features):
    """Each layer is called on what the one before it gave."""
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(hidden)
    outputs = keras.layers.Dense(1)(hidden)
    return compiled(keras.Model(inputs, outputs))


class Network(keras.Model):
    """The layers are made once, in `__init__`, and put together in `call`."""

    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(WIDTH, activation=ACTIVATION)
        self.second = keras.layers.Dense(WIDTH, activation=ACTIVATION)
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        """Thread the rows through the layers."""
        hidden = self.first(inputs)
        hidden = self.second(hidden)
        return self.last(hidden)


def build_subclassed(n_features):
    """A class of its own: Keras learns the shapes from `n_features` only when it is built."""
    model = Network()
    model.build((None, n_features))
    return compiled(model)


# %% [markdown]
# ## 2. Train and judge


# %%
def train(model, x, y, x_val, y_val):
    """Train the network and return the History of Keras."""
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=25, batch_size=32, verbose=0)


def scores(model, x, y):
    """R² and mean absolute error."""
    predicted = model.predict(x, verbose=0)[:, 0]  # a column (n, 1) minus a line (n,) would be a table (n, n)
    off = y - predicted
    return {
        "r2": 1 - np.sum(off**2) / np.sum((y - np.mean(y)) ** 2),
        "mae": np.mean(np.abs(off)),
    }


# %% [markdown]
# ## 3. What each style can do

# %%
STYLE_FACTS = {
    "one_after_another": {"sequential"},
    "easiest_overview": {"sequential"},
    "branches": {"functional", "subclassed"},
    "threaded_by_hand": {"functional", "subclassed"},
    "own_layers": {"sequential", "functional", "subclassed"},
    "conditions_and_loops": {"subclassed"},
    "class_of_its_own": {"subclassed"},
    "shapes_known_at_once": {"sequential", "functional"},
    "compile_and_fit": {"sequential", "functional", "subclassed"},
}

# %%
if __name__ == "__main__":
    from sklearn.datasets import make_friedman1
    from sklearn.model_selection import train_test_split

    x, y = make_friedman1(n_samples=1500, n_features=10, noise=1.0, random_state=0)
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    x_train, x_val, y_train, y_val = train_test_split(x, y, random_state=0)
    for build in (build_sequential, build_functional, build_subclassed):
        keras.utils.set_random_seed(0)
        model = build(x.shape[1])
        train(model, x_train, y_train, x_val, y_val)
        print(build.__name__, scores(model, x_val, y_val))
