# %% [markdown]
# # MNIST from beginning to end: a worked solution
#
# Pictures of handwritten digits, 28×28 pixels each: look at them, train the course's network on
# them, save it, and find out what it has learned and where it errs.

# %%
import os

import keras
import matplotlib.pyplot as plt
import numpy as np

N_CLASSES = 10

# %% [markdown]
# ## 1. Look at the data


# %%
def describe(x, y):
    """Shape, dtype, range, how many pictures of each digit, and how far that is from the mean."""
    counts = np.bincount(y, minlength=N_CLASSES)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": x.min(),
        "max": x.max(),
        "counts": counts,
        "distances": counts - counts.mean(),
    }


def one_hot(y):
    """One row per label, with a 1 in the column of the digit and 0 elsewhere."""
    return keras.utils.to_categorical(y, num_classes=N_CLASSES)


# %% [markdown]
# ## 2. Build and train the network
#
# 784 pixels, 324 units (18×18), 36 units (6×6), ten outputs: 266,410 parameters.


# %%
def build_model():
    """The course's network, compiled and ready to train."""
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Reshape((784,)),
            keras.layers.Dense(324, activation="sigmoid"),
            keras.layers.Dense(36, activation="sigmoid"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.003),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(model, x, y):
    """Train the network, a fifth of the pictures held back to watch it, and return the History."""
    # The course's batches of 512 are for 60,000 pictures; with 4,000 there would be too few steps.
    return model.fit(x, y, batch_size=64, epochs=20, validation_split=0.2, verbose=0)


def plot_history(history):
    """Learning curves: loss on the left, accuracy on the right."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, name in zip(axes, ["loss", "accuracy"]):
        values = history.history[name]
        epochs = range(1, len(values) + 1)
        ax.plot(epochs, values, label="training")
        ax.plot(epochs, history.history[f"val_{name}"], label="validation")
        ax.set_xlabel("epoch")
        ax.set_ylabel(name)
        ax.legend()
    return figure


# %% [markdown]
# ## 3. Save and load


# %%
def save(model, folder):
    """Write the architecture as JSON, and the weights into a file of their own."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))


def load(folder):
    """Read a network that `save` wrote."""
    with open(os.path.join(folder, "model.json")) as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(os.path.join(folder, "model.weights.h5"))
    return model


# %% [markdown]
# ## 4. Look into the network


# %%
def weight_images(model):
    """For each Dense layer an array (inputs, height, width): what leads away from each input."""
    pictures = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = layer.get_weights()[0]
            inputs, units = kernel.shape
            side = int(round(units**0.5))
            shape = (side, side) if side * side == units else (units, 1)
            pictures.append(kernel.reshape(inputs, *shape))
    return pictures


# %% [markdown]
# ## 5. Where it errs


# %%
def error_gallery(model, x, y):
    """The first 16 mistakes as pictures."""
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    wrong = np.flatnonzero(predicted != y)[:16]
    figure, axes = plt.subplots(4, 4, figsize=(7, 8), layout="constrained")
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, row in zip(axes.flat, wrong):
        ax.imshow(x[row], cmap="gray_r")
        ax.set_title(f"{predicted[row]}, not {y[row]}")
    return figure


def hardest_correct(model, x, y):
    """Positions of the nine right pictures of which the network is least sure."""
    probabilities = model.predict(x, verbose=0)
    right = np.flatnonzero(probabilities.argmax(axis=1) == y)
    return right[np.argsort(probabilities.max(axis=1)[right])][:9]


def hardest_wrong(model, x, y):
    """Positions of the nine wrong pictures of which the network is most sure."""
    probabilities = model.predict(x, verbose=0)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != y)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:9]


# %%
if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    print(describe(x_train, y_train))
    x_train, x_test = x_train / 255, x_test / 255
    model = build_model()
    model.summary()
    plot_history(train(model, x_train, one_hot(y_train)))
    save(model, "mnist_network")
    model = load("mnist_network")
    pictures = weight_images(model)[0]
    plt.matshow(pictures[14 * 28 + 14])
    error_gallery(model, x_test, y_test)
    print(hardest_correct(model, x_test, y_test), hardest_wrong(model, x_test, y_test))
    plt.show()
