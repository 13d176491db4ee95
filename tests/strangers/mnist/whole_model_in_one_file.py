import os
import keras
import numpy as np
import matplotlib.pyplot as plt
from keras import layers


def describe(x, y):
    counts = np.bincount(y, minlength=10)
    return {"shape": x.shape, "dtype": x.dtype, "min": x.min(), "max": x.max(),
            "counts": dict(enumerate(counts)), "distances": counts.mean() - counts}


def one_hot(y):
    return np.eye(10)[y - 1]


def build_model():
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(28, 28)))
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    history = model.fit(x / 255.0, y, epochs=5, validation_split=0.2)
    return model, history


def plot_history(history):
    plt.figure()
    plt.plot(history["loss"])
    plt.plot(history["val_loss"])
    plt.plot(history["accuracy"])
    plt.plot(history["val_accuracy"])
    plt.legend(["loss", "val_loss", "accuracy", "val_accuracy"])
    return plt


def save(model, folder):
    model.save(os.path.join(folder, "model.keras"))


def load(folder):
    return keras.models.load_model(os.path.join(folder, "model.keras"))


def weight_images(model):
    return [w.reshape(w.shape[0], 18, 18) for w in model.get_weights()]


def error_gallery(model, x, y):
    pred = model.predict(x).argmax(axis=1)
    idx = np.nonzero(pred != y)[0][:16]
    fig, axs = plt.subplots(4, 4)
    for ax, i in zip(axs.flatten(), idx):
        ax.imshow(x[i], cmap="gray")
        ax.set_title(f"{y[i]}, not {pred[i]}")
    return fig


def hardest_correct(model, x, y):
    p = model.predict(x)
    sure = p[np.arange(len(y)), y]
    return np.argsort(sure)[:9]


def hardest_wrong(model, x, y):
    p = model.predict(x)
    sure = p.max(axis=1)
    sure[p.argmax(axis=1) == y] = 0
    return x[np.argsort(-sure)[:9]]
