# loses: nothing
# why: A subclassed model that is registered, so that its JSON says how to build it; the rest with pandas and NumPy.
import os

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


@keras.saving.register_keras_serializable(package="mnist")
class Reader(keras.Model):
    def __init__(self, units=200, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.flatten = keras.layers.Flatten()
        self.hidden = keras.layers.Dense(units, activation="relu")
        self.out = keras.layers.Dense(10, activation="softmax")

    def call(self, inputs):
        return self.out(self.hidden(self.flatten(inputs)))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def describe(x, y):
    counts = pd.Series(y).value_counts().reindex(range(10), fill_value=0)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": np.min(x),
        "max": np.max(x),
        "counts": counts.to_numpy(),
        "distances": (counts - counts.mean()).to_numpy(),
    }


def one_hot(y):
    return pd.get_dummies(pd.Categorical(y, categories=range(10))).to_numpy(dtype="float32")


def build_model():
    model = Reader()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, batch_size=64, epochs=10, validation_split=0.2, verbose=0)


def plot_history(history):
    table = pd.DataFrame(history.history)
    figure, axes = plt.subplots(2, 1)
    table[["loss", "val_loss"]].plot(ax=axes[0], xlabel="epoch", ylabel="loss")
    table[["accuracy", "val_accuracy"]].plot(ax=axes[1], xlabel="epoch", ylabel="accuracy")
    return figure


def save(model, folder):
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "weights.weights.h5"))


def load(folder):
    with open(os.path.join(folder, "model.json")) as file:
        model = keras.models.model_from_json(file.read())
    if not model.built:
        model.build((None, 28, 28))
    model.load_weights(os.path.join(folder, "weights.weights.h5"))
    return model


def weight_images(model):
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [np.stack([picture(row) for row in np.asarray(kernel)]) for kernel in kernels]


def picture(row):
    side = np.sqrt(row.size)
    return row.reshape(int(side), -1) if side.is_integer() else row.reshape(-1, 1)


def table_of(model, x, y):
    p = np.asarray(model(x))
    return pd.DataFrame({"said": p.argmax(axis=1), "true": y, "sure": p.max(axis=1)})


def error_gallery(model, x, y):
    table = table_of(model, x, y)
    wrong = table[table.said != table.true].sample(frac=1, random_state=0).head(16)
    figure, axes = plt.subplots(4, 4, figsize=(8, 9))
    for ax, (row, entry) in zip(axes.flat, wrong.iterrows()):
        ax.matshow(x[row])
        ax.set_title(f"{entry.true:.0f} → {entry.said:.0f}")
    return figure


def hardest_correct(model, x, y):
    table = table_of(model, x, y)
    return table[table.said == table.true].nsmallest(9, "sure").index.to_numpy()


def hardest_wrong(model, x, y):
    table = table_of(model, x, y)
    return table[table.said != table.true].nlargest(9, "sure").index.tolist()
