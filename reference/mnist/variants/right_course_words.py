# loses: nothing
# why: The course's own words: batches of 512 with more epochs, tf.keras, one long script with helper globals.
import os

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

DIGITS = range(10)
layers = tf.keras.layers


def describe(x, y):
    result = {"shape": x.shape, "dtype": str(x.dtype), "min": np.amin(x), "max": np.amax(x)}
    samples = np.array([np.count_nonzero(y == digit) for digit in DIGITS])
    result["counts"] = samples
    result["distances"] = samples - np.average(samples)
    return result


def one_hot(y):
    return tf.one_hot(y, depth=10)


def build_model():
    model = tf.keras.models.Sequential(name="course")
    model.add(tf.keras.Input(shape=(28, 28)))
    model.add(layers.Reshape(target_shape=(28 * 28,)))
    model.add(layers.Dense(units=18 * 18, activation="sigmoid", name="first"))
    model.add(layers.Dense(units=6 * 6, activation="sigmoid", name="second"))
    model.add(layers.Dense(units=10, activation="softmax", name="third"))
    model.compile(
        loss=tf.keras.losses.CategoricalCrossentropy(),
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=0.003),
        metrics=[tf.keras.metrics.CategoricalAccuracy("accuracy")],
    )
    return model


def train(model, x, y):
    order = np.random.permutation(len(x))
    x, y = np.asarray(x)[order], np.asarray(y)[order]
    return model.fit(x, y, batch_size=128, epochs=25, validation_split=0.2, shuffle=True, verbose=0)


def plot_history(history):
    fig, axs = plt.subplots(1, 2, sharex=True)
    for ax, key in zip(axs, ("loss", "accuracy")):
        for prefix in ("", "val_"):
            ax.plot(np.arange(len(history.history[key])), history.history[prefix + key], label=prefix + key)
        ax.set_ylabel(key)
        ax.legend()
    fig.supxlabel("epochs")
    return fig


def save(model, folder):
    json_string = model.to_json()
    open(folder + "/mnist.json", "w").write(json_string)
    model.save_weights(folder + "/mnist.weights.h5", overwrite=True)


def load(folder):
    names = os.listdir(folder)
    json_file = [name for name in names if name.endswith(".json")][0]
    weights_file = [name for name in names if name.endswith(".h5")][0]
    model = tf.keras.models.model_from_json(open(folder + "/" + json_file).read())
    model.load_weights(folder + "/" + weights_file)
    return model


def weight_images(model):
    images = []
    for weight in model.weights:
        if len(weight.shape) == 2:
            array = np.array(weight)
            root = int(np.rint(np.sqrt(array.shape[1])))
            size = [root, root] if root**2 == array.shape[1] else [array.shape[1], 1]
            images.append(array.reshape([array.shape[0], *size]))
    return images


def error_gallery(model, x, y):
    predictions = np.argmax(model.predict(x, verbose=0), axis=1)
    false = np.nonzero(predictions - y)[0]
    fig, axs = plt.subplots(4, 4, figsize=(10, 10))
    for k, ax in enumerate(axs.flatten()):
        ax.axis("off")
        if k < len(false):
            ax.imshow(255 * x[false[k]], cmap=plt.cm.binary)
            ax.set_title("Prediction: %i\nTruth: %i" % (predictions[false[k]], y[false[k]]))
    fig.tight_layout()
    return fig


def hardest_correct(model, x, y):
    output = model.predict(x, verbose=0)
    certainty = np.where(output.argmax(1) == y, output.max(1), np.inf)
    order = certainty.argsort()
    return order[: min(9, np.isfinite(certainty).sum())]


def hardest_wrong(model, x, y):
    output = model.predict(x, verbose=0)
    certainty = np.where(output.argmax(1) != y, output.max(1), -np.inf)
    order = certainty.argsort()[::-1]
    return order[: min(9, np.isfinite(certainty).sum())]
