# loses: nothing
# why: Batch normalisation, label smoothing, and EarlyStopping that goes back to the best weights.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import callbacks, layers, losses, optimizers
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder


def load():
    return load_digits(return_X_y=True)


def scale(x):
    smallest, largest = 0, 16  # of all possible grey values
    return (x - smallest) / (largest - smallest)


def class_counts(y):
    return np.bincount(np.asarray(y, dtype=int), minlength=10).tolist()


def one_hot(y):
    encoder = OneHotEncoder(categories=[range(10)], sparse_output=False)
    return encoder.fit_transform(np.asarray(y).reshape(-1, 1))


def split(x, y, seed):
    return train_test_split(x, y, test_size=1 / 4, random_state=seed, stratify=y)


def block(units):
    return [
        layers.Dense(units, use_bias=False, kernel_regularizer=keras.regularizers.L2(1e-5)),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dropout(0.3),
    ]


def build_model():
    model = keras.Sequential([layers.Input((64,)), *block(128), *block(64), layers.Dense(10, "softmax")])
    model.compile(
        optimizer=optimizers.Adam(optimizers.schedules.ExponentialDecay(5e-3, 100, 0.9)),
        loss=losses.CategoricalCrossentropy(label_smoothing=0.05),
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    patience = callbacks.EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)
    return model.fit(
        x_train, y_train, epochs=60, batch_size=64, validation_data=(x_val, y_val), callbacks=[patience], verbose=0
    )


def diagnose(history):
    best = int(np.argmin(history.history["val_loss"]))
    worse = history.history["val_loss"][-1] / history.history["val_loss"][best]
    better = history.history["loss"][best] / history.history["loss"][-1]
    if worse > 1.2 and better > 1.2:
        return "overfitting"
    return "underfitting" if history.history["val_accuracy"][-1] < 0.75 else "good fit"


def predict_probabilities(model, x):
    return np.array(model(x, training=False))


def confusion(y_true, y_pred):
    return confusion_matrix(y_true, y_pred, labels=np.arange(10))


def plot_samples(x, y):
    figure, grid = plt.subplots(2, 5, figsize=(8, 4))
    for ax, row, label in zip(grid.ravel(), x, y):
        ax.imshow(row.reshape(8, 8) / 16, cmap="gray_r")
        ax.set(title=label, xticks=[], yticks=[])
    return figure


def plot_features(x, y):
    figure, grid = plt.subplots(8, 8, figsize=(10, 10))
    for ax, column in zip(grid.ravel(), x.T):
        ax.scatter(column, y, s=1, rasterized=True)
        ax.set(xticks=[], yticks=[])
    return figure


def plot_history(history):
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(6, 8), layout="constrained")
    top.plot(history.history["loss"], label="train")
    top.plot(history.history["val_loss"], label="validate")
    bottom.plot(history.history["accuracy"], label="train")
    bottom.plot(history.history["val_accuracy"], label="validate")
    top.set(ylabel="loss", xlabel="epoch")
    bottom.set(ylabel="accuracy", xlabel="epoch")
    top.legend()
    bottom.legend()
    return figure


def plain(activation, loss, x_train, y_train, x_val, y_val):
    model = keras.Sequential([layers.Input((64,)), layers.Dense(64, "relu"), layers.Dense(10, activation)])
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=10, validation_data=(x_val, y_val), verbose=0).history["val_accuracy"]


def compare_output_activations(*data):
    return {name: plain(name, "categorical_crossentropy", *data)[-1] for name in ("relu", "sigmoid", "softmax")}


def compare_losses(*data):
    return {name: plain("softmax", name, *data) for name in ("mse", "categorical_crossentropy")}
