# loses: nothing
# why: The head is linear, the loss is told so with from_logits=True, and softmax comes in predict_probabilities.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras.layers import Dense, Dropout, Input
from keras.losses import CategoricalCrossentropy
from keras.models import Sequential
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load():
    x, y = load_digits(return_X_y=True)
    return x, y


def scale(x):
    return np.clip(x / 16, 0, 1)


def class_counts(y):
    return np.array([np.count_nonzero(y == k) for k in range(10)])


def one_hot(y):
    rows = np.zeros((len(y), 10))
    rows[np.arange(len(y)), y] = 1
    return rows


def split(x, y, seed):
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, train_size=0.75, random_state=seed)
    return x_rest, x_test, y_rest, y_test


def build_model():
    model = Sequential()
    model.add(Input((64,)))
    model.add(Dense(100, activation="elu"))
    model.add(Dropout(0.25))
    model.add(Dense(100, activation="elu"))
    model.add(Dropout(0.25))
    model.add(Dense(10))
    model.compile(
        optimizer=keras.optimizers.Nadam(), loss=CategoricalCrossentropy(from_logits=True), metrics=["categorical_accuracy"]
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, verbose=0)


def diagnose(history):
    h = history.history
    n = len(h["loss"])
    turn = h["val_loss"].index(min(h["val_loss"]))
    if turn < n - 3 and h["val_loss"][-1] > h["val_loss"][turn] * 1.3 and h["accuracy"][-1] > h["val_accuracy"][-1]:
        return "overfitting"
    if h["accuracy"][-1] < 0.8 and h["val_accuracy"][-1] < 0.8:
        return "underfitting"
    return "good fit"


def predict_probabilities(model, x):
    logits = model.predict(x, verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(logits))


def confusion(y_true, y_pred):
    result = np.zeros((10, 10), dtype=int)
    for true, predicted in zip(y_true, y_pred):
        result[true, predicted] += 1
    return result


def plot_samples(x, y):
    fig, axes = plt.subplots(2, 5)
    for index in range(10):
        ax = axes[index // 5][index % 5]
        ax.imshow(16 - x[index].reshape((8, 8)), cmap="gray")
        ax.set_title(f"{int(y[index])}")
        ax.axis("off")
    fig.tight_layout()
    return fig


def plot_features(x, y):
    fig, axes = plt.subplots(8, 8, figsize=(12, 12))
    for index, ax in enumerate(axes.ravel()):
        ax.scatter(y, x[:, index], s=2, alpha=0.3)
        ax.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    return fig


def plot_history(history):
    fig = plt.figure()
    for position, what in enumerate(("loss", "accuracy"), start=1):
        ax = fig.add_subplot(2, 1, position)
        ax.plot(history.history[what], "b-")
        ax.plot(history.history["val_" + what], "r--")
        ax.legend(["training", "validation"])
        ax.set_xlabel("epoch")
        ax.set_ylabel(what)
    return fig


def quick(head, loss, data):
    x_train, y_train, x_val, y_val = data
    model = Sequential([Input((64,)), Dense(100, activation="elu"), Dense(10, activation=head)])
    model.compile(optimizer="nadam", loss=loss, metrics=["accuracy"])
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, verbose=0).history["val_accuracy"]


def compare_output_activations(x_train, y_train, x_val, y_val):
    data = x_train, y_train, x_val, y_val
    return {head: quick(head, "categorical_crossentropy", data)[-1] for head in ["relu", "sigmoid", "softmax"]}


def compare_losses(x_train, y_train, x_val, y_val):
    data = x_train, y_train, x_val, y_val
    return {loss: quick("softmax", loss, data) for loss in ["mse", "categorical_crossentropy"]}
