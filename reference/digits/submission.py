# %% [markdown]
# # Handwritten digits with Keras: a worked solution
#
# 1797 pictures of handwritten digits, 8×8 pixels each, and a small network that reads them:
# look at the data, prepare them, build and train the network, judge it, and compare choices.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

N_PIXELS = 64
N_CLASSES = 10
LARGEST_GREY_VALUE = 16

# %% [markdown]
# ## 1. Look at the data


# %%
def load():
    """The digits of scikit-learn: x (1797, 64) grey values 0 to 16, y (1797,) labels 0 to 9."""
    return load_digits(return_X_y=True)


def class_counts(y):
    """How often each digit occurs: ten counts, 0 for a digit that does not occur."""
    # Without `minlength`, digits above the largest label of `y` would be left out.
    return np.bincount(y, minlength=N_CLASSES)


def plot_samples(x, y):
    """The first ten rows as pictures, each titled with its label."""
    figure, axes = plt.subplots(2, 5, figsize=(8, 4), layout="constrained")
    for ax, pixels, label in zip(axes.flat, x, y):
        ax.imshow(np.reshape(pixels, (8, 8)), cmap="gray_r")
        ax.set_title(label)
        ax.set_axis_off()
    return figure


def plot_features(x, y):
    """64 scatter plots, one per pixel: its grey value against the label."""
    # The same limits everywhere and no ticks: 64 small plots stay comparable and are drawn quickly.
    limits = {"xlim": (-1, 17), "ylim": (-1, 10), "xticks": [], "yticks": []}
    figure, axes = plt.subplots(8, 8, figsize=(10, 10), subplot_kw=limits)
    for ax, values in zip(axes.flat, np.transpose(x)):
        ax.scatter(values, y, s=1)
    figure.supxlabel("grey value of the pixel")
    figure.supylabel("digit")
    return figure


# %%
if __name__ == "__main__":
    x, y = load()
    print("counts of the digits 0 to 9:", class_counts(y))
    plot_samples(x, y)
    plot_features(x, y)
    plt.show()

# %% [markdown]
# ## 2. Prepare the data


# %%
def scale(x):
    """Grey values 0 to 16 become numbers from 0 to 1, whatever else is in `x`."""
    # The largest *possible* value, not `x.max()`: the same picture must always give the same numbers.
    return np.asarray(x, dtype="float32") / LARGEST_GREY_VALUE


def one_hot(y):
    """One row per label, with a 1 in the column of the digit and 0 elsewhere."""
    return keras.utils.to_categorical(y, num_classes=N_CLASSES)


def split(x, y, seed):
    """Hold a quarter of the rows out: x_train, x_test, y_train, y_test."""
    return train_test_split(x, y, test_size=0.25, random_state=seed)


# %% [markdown]
# ## 3. Build and train the network
#
# Softmax turns ten numbers into ten probabilities that sum to one. Categorical cross-entropy
# is the loss for such probabilities and one-hot labels. Two things keep 1000 pictures from being
# learned by heart: Dropout switches units off at random, and label smoothing asks the network to be
# about 90 % sure, not 100 %.


# %%
def make_network(output_activation="softmax"):
    """A fresh network that is not compiled yet."""
    return keras.Sequential(
        [
            keras.Input(shape=(N_PIXELS,)),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(N_CLASSES, activation=output_activation),
        ]
    )


def build_model():
    """The network for the digits, compiled and ready to train."""
    model = make_network()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.002),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train the network and return the History of Keras."""
    return model.fit(
        x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=64, verbose=0
    )


# %% [markdown]
# ## 4. Judge the network


# %%
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


def diagnose(history):
    """What the learning curves say: "overfitting", "underfitting" or "good fit"."""
    loss = history.history["loss"]
    val_loss = history.history["val_loss"]
    accuracy = history.history["accuracy"]

    if accuracy[-1] < 0.8:  # poor even on the pictures that it has seen
        return "underfitting"

    best_epoch = int(np.argmin(val_loss))
    validation_rises = val_loss[-1] > 1.25 * val_loss[best_epoch]
    training_still_improves = loss[-1] < loss[best_epoch]
    gap = val_loss[-1] > 1.5 * loss[-1]
    if validation_rises and training_still_improves and gap:
        return "overfitting"
    return "good fit"


def predict_probabilities(model, x):
    """For each row of `x` the probabilities of the ten digits."""
    return model.predict(x, verbose=0)


def confusion(y_true, y_pred):
    """Ten by ten counts: the row is the true digit, the column the predicted one."""
    matrix = np.zeros((N_CLASSES, N_CLASSES), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    # Test rows are for the very end. Whatever is decided on the way is decided on validation rows.
    x_rest, x_test, y_rest, y_test = split(scale(x), y, seed=0)
    x_train, x_val, y_train, y_val = split(x_rest, y_rest, seed=1)

    model = build_model()
    model.summary()
    history = train(model, x_train, one_hot(y_train), x_val, one_hot(y_val))
    print("the learning curves show:", diagnose(history))
    plot_history(history)
    plt.show()

    predicted = np.argmax(predict_probabilities(model, x_test), axis=1)
    print("accuracy on the test rows:", np.mean(predicted == y_test))
    print(confusion(y_test, predicted))

# %% [markdown]
# ## 5. Compare choices
#
# Everything stays the same but the one thing that is compared, and each network starts anew.


# %%
EXPERIMENT = {"epochs": 10, "batch_size": 128, "verbose": 0}


def compare_output_activations(x_train, y_train, x_val, y_val):
    """Validation accuracy with relu, sigmoid and softmax as the activation of the output layer."""
    result = {}
    for activation in ["relu", "sigmoid", "softmax"]:
        model = make_network(activation)
        model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), **EXPERIMENT)
        result[activation] = history.history["val_accuracy"][-1]
    return result


def compare_losses(x_train, y_train, x_val, y_val):
    """Validation accuracy after each epoch with two different losses, both with a softmax head."""
    result = {}
    for loss in ["mse", "categorical_crossentropy"]:
        model = make_network()
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), **EXPERIMENT)
        result[loss] = history.history["val_accuracy"]
    return result


# %%
if __name__ == "__main__":
    experiment_data = (x_train, one_hot(y_train), x_val, one_hot(y_val))
    print(compare_output_activations(*experiment_data))
    print(compare_losses(*experiment_data))
