import json
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers


def describe(x, y):
    counts = pd.Series(y).value_counts().reindex(range(10), fill_value=0)
    return {
        "shape": list(x.shape), "dtype": x.dtype.name, "min": np.amin(x), "max": np.amax(x),
        "counts": counts, "distances": counts - counts.mean(),
    }


def one_hot(y):
    return pd.get_dummies(pd.Categorical(y, categories=range(10)))


def build_model():
    model = keras.Sequential(name="digits")
    model.add(keras.Input((28, 28)))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu", kernel_initializer="he_normal"))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(2e-3), metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=12, batch_size=64, validation_split=0.2, verbose=0)


def plot_history(history):
    df = pd.DataFrame(history.history)
    fig, axes = plt.subplots(2, 1, sharex=True)
    df[["loss", "val_loss"]].plot(ax=axes[0], ylabel="loss", xlabel="epoch")
    df[["accuracy", "val_accuracy"]].plot(ax=axes[1], ylabel="accuracy", xlabel="epoch", style=["-", "--"])
    return fig


def save(model, folder):
    folder = Path(folder)
    (folder / "architecture.json").write_text(json.dumps(json.loads(model.to_json()), indent=2))
    np.savez(folder / "weights.npz", *model.get_weights())


def load(folder):
    model = keras.models.model_from_json((Path(folder) / "architecture.json").read_text())
    with np.load(Path(folder, "weights.npz")) as stored:
        model.set_weights([stored[f"arr_{i}"] for i in range(len(stored.files))])
    return model


def weight_images(model):
    pictures = []
    for kernel in (l.kernel.numpy() for l in model.layers if isinstance(l, layers.Dense)):
        side = int(round(kernel.shape[1] ** 0.5))
        shape = (side, side) if side * side == kernel.shape[1] else (kernel.shape[1], 1)
        pictures.append(kernel.reshape(-1, *shape))
    return tuple(pictures)


def _table(model, x, y):
    p = model.predict(x, verbose=0)
    return pd.DataFrame({"said": p.argmax(1), "sure": p.max(1), "right": np.asarray(y)})


def error_gallery(model, x, y):
    t = _table(model, x, y).query("said != right").head(16)
    fig = plt.figure(figsize=(8, 8), layout="tight")
    for place, (row, said, right) in enumerate(t[["said", "right"]].itertuples(), start=1):
        ax = fig.add_subplot(4, 4, place, xticks=[], yticks=[])
        ax.imshow(x[row], cmap="gray_r")
        ax.set_title(f"{said}, not {right}", fontsize=8)
    return fig


def hardest_correct(model, x, y):
    return _table(model, x, y).query("said == right").nsmallest(9, "sure").index


def hardest_wrong(model, x, y):
    return _table(model, x, y).query("said != right").nlargest(9, "sure").index
