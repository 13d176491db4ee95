# loses: nothing
# why: Convolutions and pooling in the functional style, pathlib, positions by sorted() with a key.
from pathlib import Path

import keras
import numpy as np
from keras import layers
from matplotlib import pyplot as plt


def describe(x, y):
    counts = [int((y == digit).sum()) for digit in range(10)]
    mean = sum(counts) / 10
    return dict(
        shape=x.shape,
        dtype=x.dtype,
        min=float(np.min(x)),
        max=float(np.max(x)),
        counts=counts,
        distances=[count - mean for count in counts],
    )


def one_hot(y):
    return np.eye(10)[np.asarray(y)]


def build_model():
    picture = keras.Input((28, 28), name="picture")
    x = layers.Reshape((28, 28, 1))(picture)
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    model = keras.Model(picture, digit)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=6, batch_size=64, validation_split=0.2, verbose=0)


def plot_history(history):
    curves = history.history
    fig = plt.figure(figsize=(6, 8))
    for place, key in enumerate(("accuracy", "loss"), start=1):
        plt.subplot(2, 1, place)
        plt.plot(curves[key], "b-", label="train")
        plt.plot(curves["val_" + key], "r--", label="val")
        plt.ylabel(key)
        plt.xlabel("epoch")
        plt.legend(loc="best")
    return fig


def save(model, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "architecture.json").write_text(model.to_json(), encoding="utf-8")
    model.save_weights(folder / "all.weights.h5")


def load(folder):
    folder = Path(folder)
    model = keras.models.model_from_json((folder / "architecture.json").read_text(encoding="utf-8"))
    model.load_weights(folder / "all.weights.h5")
    return model


def weight_images(model):
    result = []
    for layer in model.layers:
        weights = layer.get_weights()
        if not weights or weights[0].ndim != 2:
            continue
        root = np.sqrt(weights[0].shape[1])
        if root == int(root):
            result.append(weights[0].reshape(-1, int(root), int(root)))
        else:
            result.append(weights[0][:, :, np.newaxis])
    return result


def error_gallery(model, x, y):
    guess = np.argmax(model.predict(x, verbose=0), axis=-1)
    mistakes = [i for i in range(len(y)) if guess[i] != y[i]]
    fig, axes = plt.subplots(2, 8, figsize=(12, 4))
    for ax, i in zip(axes.ravel(), mistakes):
        ax.imshow(x[i])
        ax.set(title=f"{y[i]} as {guess[i]}", xticks=[], yticks=[])
    return fig


def hardest_correct(model, x, y):
    p = model.predict(x, verbose=0)
    right = [i for i in range(len(y)) if p[i].argmax() == y[i]]
    return sorted(right, key=lambda i: p[i].max())[:9]


def hardest_wrong(model, x, y):
    p = model.predict(x, verbose=0)
    wrong = [i for i in range(len(y)) if p[i].argmax() != y[i]]
    return sorted(wrong, key=lambda i: p[i].max(), reverse=True)[:9]
