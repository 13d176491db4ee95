# loses: nothing
# why: The rows become pictures again inside the network: Reshape, convolutions, pooling, Flatten, one hidden Dense layer.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D, Reshape
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load():
    digits = load_digits(n_class=10)
    return digits.data.copy(), digits.target.copy()


def class_counts(y):
    digits, counts = np.unique(y, return_counts=True)
    result = dict.fromkeys(range(10), 0)
    result.update(zip(digits.tolist(), counts.tolist()))
    return result


def scale(x):
    return np.multiply(x, 0.0625, dtype=np.float64)


def one_hot(y):
    return (np.asarray(y)[:, None] == np.arange(10)).astype("float32")


def split(x, y, seed):
    indices = np.arange(len(x))
    train_indices, test_indices = train_test_split(indices, test_size=0.25, random_state=seed)
    return x[train_indices], x[test_indices], y[train_indices], y[test_indices]


def build_model():
    return compiled("softmax", "categorical_crossentropy")


def compiled(activation, loss):
    model = keras.Sequential(
        [
            Input((64,)),
            Reshape((8, 8, 1)),
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPooling2D(2),
            Conv2D(32, 3, padding="same", activation="relu"),
            Flatten(),
            Dense(64, activation="relu"),
            Dense(10, activation=activation),
        ]
    )
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=25, batch_size=64, shuffle=True, validation_data=(x_val, y_val), verbose=0)


def diagnose(history):
    h = history.history
    final_gap = h["accuracy"][-1] - h["val_accuracy"][-1]
    rise = h["val_loss"][-1] / min(h["val_loss"])
    if h["accuracy"][-1] < 0.8:
        return "underfitting"
    elif final_gap > 0.05 and rise > 1.2:
        return "overfitting"
    else:
        return "good fit"


def predict_probabilities(model, x):
    return np.concatenate([model.predict_on_batch(part) for part in np.array_split(x, 4)])


def confusion(y_true, y_pred):
    return one_hot(y_true).T.astype(int) @ one_hot(y_pred).astype(int)


def plot_samples(x, y):
    fig, axes = plt.subplots(2, 5, figsize=(6, 3))
    for i in range(10):
        axes.flat[i].imshow(x[i].reshape(8, 8), cmap="gray", vmin=0, vmax=16)
        axes.flat[i].set_title(y[i])
    return fig


def plot_features(x, y):
    fig, axes = plt.subplots(8, 8, figsize=(8, 8), subplot_kw=dict(xticks=[], yticks=[]))
    for i in range(64):
        axes.flat[i].plot(x[:, i], y, linestyle="", marker="o", markersize=1)
    return fig


def plot_history(history):
    fig, axes = plt.subplots(2, 1, sharex=False, figsize=(6, 8))
    for row, name in enumerate(["loss", "accuracy"]):
        for prefix in ["", "val_"]:
            axes[row].plot(history.history[prefix + name], label=prefix + name)
        axes[row].set_xlabel("epoch")
        axes[row].set_ylabel(name)
        axes[row].legend()
        axes[row].grid()
    return fig


def compare_output_activations(x_train, y_train, x_val, y_val):
    def last_accuracy(activation):
        history = train_shortly(compiled(activation, "categorical_crossentropy"), x_train, y_train, x_val, y_val)
        return history.history["val_accuracy"][-1]

    return {activation: last_accuracy(activation) for activation in ("relu", "sigmoid", "softmax")}


def compare_losses(x_train, y_train, x_val, y_val):
    def curve(loss):
        return train_shortly(compiled("softmax", loss), x_train, y_train, x_val, y_val).history["val_accuracy"]

    return {"mse": curve("mse"), "categorical_crossentropy": curve("categorical_crossentropy")}


def train_shortly(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=10, batch_size=64, validation_data=(x_val, y_val), verbose=0)
