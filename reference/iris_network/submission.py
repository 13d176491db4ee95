# %% [markdown]
# # Look inside a network: a worked solution
#
# A network with four inputs, eight hidden units and three outputs learns to tell three species of iris
# apart. Then its answer is computed once more by hand, layer by layer, with nothing but its weights.

# %%
import keras
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

# %% [markdown]
# ## 1. Build and train the network
#
# The activations are layers of their own, so that the values before and after each can be looked at.


# %%
def build_model():
    """The network 4-8-3, compiled and ready to train: 67 parameters."""
    model = keras.Sequential(
        [
            keras.Input(shape=(4,)),
            keras.layers.Dense(8),
            keras.layers.Activation("relu"),
            keras.layers.Dense(3),
            keras.layers.Activation("softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.02),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train the network and return the History of Keras."""
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, batch_size=16, verbose=0)


# %% [markdown]
# ## 2. Every layer by hand
#
# Each Dense layer multiplies with its kernel and adds its bias; an activation bends what comes out.


# %%
def relu(z):
    """Zero for each number below zero, every other number as it is."""
    return np.maximum(z, 0)


def softmax(z):
    """Shares for each row; subtracting the largest number of a row only keeps exp from overflowing."""
    powers = np.exp(z - np.max(z, axis=1, keepdims=True))
    return powers / np.sum(powers, axis=1, keepdims=True)


def forward(model, x):
    """x and the values after each layer of a model of Dense and Activation layers."""
    values = [np.asarray(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(relu(values[-1]))
        elif layer.activation.__name__ == "softmax":
            values.append(softmax(values[-1]))
    return values


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    iris = load_iris()
    x = (iris.data - iris.data.mean(axis=0)) / iris.data.std(axis=0)
    x_train, x_val, y_train, y_val = train_test_split(x, iris.target, test_size=0.25, stratify=iris.target, random_state=0)
    model = build_model()
    model.summary()
    history = train(model, x_train, y_train, x_val, y_val)
    print("validation accuracy:", history.history["val_accuracy"][-1])

    # One flower on its way through the network.
    for name, values in zip(["input", "Dense", "relu", "Dense", "softmax"], forward(model, x_val[:1])):
        print(f"{name:8}", np.round(values[0], 2))
    print("largest difference from Keras:", np.abs(forward(model, x_val)[-1] - model.predict(x_val, verbose=0)).max())
