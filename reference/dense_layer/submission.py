# %% [markdown]
# # What Dense can do: a worked solution
#
# The layer that most networks are made of: how many numbers it has, what it computes, and what its
# options do to these numbers before and during training.

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Count the parameters


# %%
def count_parameters(n_inputs, units, use_bias):
    """How many numbers a Dense layer learns."""
    biases = units if use_bias else 0
    return n_inputs * units + biases


# %%
if __name__ == "__main__":
    # The network of the MNIST workshop: 784 inputs, layers of 324, 36 and 10 units.
    sizes = [784, 324, 36, 10]
    counts = [count_parameters(n, units, True) for n, units in zip(sizes, sizes[1:])]
    print(counts, "together", sum(counts))

# %% [markdown]
# ## 2. Dense in NumPy


# %%
def softmax(z):
    """Probabilities for each row; what is subtracted from the whole row changes nothing but the overflow."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(z):
    """1 / (1 + exp(-z)), written with tanh, which does not overflow."""
    return (1 + np.tanh(z / 2)) / 2


def dense(x, kernel, bias, activation):
    """The outputs of a Dense layer: (n, features) and (features, units) give (n, units)."""
    z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    if bias is not None:
        z = z + np.asarray(bias, dtype=float)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "softmax":
        return softmax(z)
    return z


# %%
if __name__ == "__main__":
    layer = keras.layers.Dense(3, activation="softmax")
    x = np.random.normal(size=(5, 4))
    theirs = np.asarray(layer(x))
    kernel, bias = layer.get_weights()
    print("largest difference from Keras:", np.abs(dense(x, kernel, bias, "softmax") - theirs).max())

# %% [markdown]
# ## 3. Layers from descriptions


# %%
def make_layer(description):
    """A new layer for one of six descriptions."""
    if description == "constant":
        return keras.layers.Dense(
            4,
            kernel_initializer=keras.initializers.Constant(0.5),
            bias_initializer="ones",
        )
    if description == "he":
        return keras.layers.Dense(100, kernel_initializer="he_normal")
    if description == "no bias":
        return keras.layers.Dense(4, use_bias=False)
    if description == "l2":
        return keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01))
    if description == "non-negative":
        return keras.layers.Dense(4, kernel_constraint=keras.constraints.NonNeg())
    if description == "frozen":
        return keras.layers.Dense(4, trainable=False)
    raise ValueError(f"no such description: {description!r}")


# %%
if __name__ == "__main__":
    for description in ["constant", "he", "no bias", "l2", "non-negative", "frozen"]:
        model = keras.Sequential([keras.Input((6,)), make_layer(description)])
        model.compile(optimizer="sgd", loss="mse")
        before = model.get_weights()[0]
        model.fit(np.random.normal(size=(64, 6)), np.ones((64, model.output_shape[1])), verbose=0)
        print(description, "- trainable:", len(model.trainable_weights), "arrays; moved by",
              np.abs(model.get_weights()[0] - before).max())
