# loses: nothing
# why: Raw outputs with from_logits=True, softmax by hand afterwards, weights in an archive of NumPy, JSON by the module.
import json
import os

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras.layers import Dense, Dropout, Flatten, Input
from keras.models import Sequential, model_from_json


def describe(x, y):
    counts = np.zeros(10, dtype=int)
    np.add.at(counts, y, 1)
    info = {"shape": list(x.shape), "dtype": x.dtype.name, "min": x.min().item(), "max": x.max().item()}
    info["counts"] = {digit: int(counts[digit]) for digit in range(10)}
    info["distances"] = {digit: round(float(counts[digit] - counts.mean()), 2) for digit in range(10)}
    return info


def one_hot(y):
    result = np.zeros((len(y), 10))
    result[np.arange(len(y)), y] = 1
    return result


def build_model():
    model = Sequential([Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dropout(0.2), Dense(10)])
    model.compile(
        optimizer=keras.optimizers.AdamW(2e-3),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return model


def train(model, x, y):
    return model.fit(x, y, validation_split=0.2, epochs=15, batch_size=100, verbose=0)


def plot_history(history):
    fig, ax = plt.subplots()
    twin = ax.twinx()
    ax.plot(history.history["loss"], color="C0", label="loss")
    ax.plot(history.history["val_loss"], color="C1", label="validation loss")
    twin.plot(history.history["accuracy"], color="C2", label="accuracy")
    twin.plot(history.history["val_accuracy"], color="C3", label="validation accuracy")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    twin.set_ylabel("accuracy")
    ax.legend(loc="center left")
    twin.legend(loc="center right")
    return fig


def save(model, folder):
    with open(os.path.join(folder, "network.json"), "w") as f:
        json.dump(json.loads(model.to_json()), f, indent=2)
    np.savez(os.path.join(folder, "weights.npz"), *model.get_weights())


def load(folder):
    with open(os.path.join(folder, "network.json")) as f:
        model = model_from_json(f.read())
    with np.load(os.path.join(folder, "weights.npz")) as arrays:
        model.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays.files))])
    return model


def weight_images(model):
    images = {}
    for layer in model.layers:
        if type(layer).__name__ == "Dense":
            kernel = layer.kernel.numpy()
            n = kernel.shape[1]
            k = int(np.sqrt(n))
            images[layer.name] = [row.reshape((k, k) if k * k == n else (n, 1)) for row in kernel]
    return images


def probabilities(model, x):
    z = model.predict(x, verbose=0)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def error_gallery(model, x, y):
    said = probabilities(model, x).argmax(axis=1)
    rows = np.where(said != y)[0]
    shown = rows[: min(16, len(rows))]
    fig = plt.figure(figsize=(8, 8))
    for place, row in enumerate(shown):
        ax = fig.add_subplot(4, 4, place + 1)
        ax.imshow(1 - x[row], cmap="gray")
        ax.set_xlabel(f"true {y[row]} / said {said[row]}")
    return fig


def _rows(model, x, y, right):
    p = probabilities(model, x)
    sure = p.max(axis=1)
    wanted = (p.argmax(axis=1) == y) == right
    order = np.argsort(sure if right else -sure)
    return [int(row) for row in order if wanted[row]][:9]


def hardest_correct(model, x, y):
    return _rows(model, x, y, True)


def hardest_wrong(model, x, y):
    return _rows(model, x, y, False)
