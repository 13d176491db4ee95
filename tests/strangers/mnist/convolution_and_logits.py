import os
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models
from tensorflow.keras.models import model_from_json
from tensorflow.keras.utils import to_categorical

NUM_CLASSES = 10


def describe(x, y):
    c = Counter(np.array(y).tolist())
    counts = [c[d] for d in range(NUM_CLASSES)]
    return dict(shape=x.shape, dtype=str(x.dtype), min=x.min().item(), max=x.max().item(), counts=counts,
                distances=[n - sum(counts) / 10 for n in counts])


def one_hot(y):
    return tf.one_hot(y, NUM_CLASSES)


def build_model():
    inputs = layers.Input(shape=(28, 28))
    x = layers.Reshape((28, 28, 1))(inputs)
    x = layers.Conv2D(12, 5, strides=2, activation="relu", padding="same")(x)
    x = layers.Conv2D(24, 3, strides=2, activation="relu")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(NUM_CLASSES)(x)
    model = models.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05), metrics=["accuracy"])
    model.optimizer.learning_rate.assign(0.003)
    return model


def train(model, x, y):
    n = len(x) - len(x) // 5
    train_ds = tf.data.Dataset.from_tensor_slices((x[:n], y[:n])).shuffle(n).batch(64)
    val_ds = tf.data.Dataset.from_tensor_slices((x[n:], y[n:])).batch(256)
    return model.fit(train_ds, epochs=10, validation_data=val_ds, verbose=2)


def plot_history(history):
    h = history.history
    fig, ax1 = plt.subplots()
    ax2 = ax1.twinx()
    for name, style in (("loss", "b-"), ("val_loss", "b--")):
        ax1.plot(h[name], style, label=name)
    for name, style in (("accuracy", "r-"), ("val_accuracy", "r--")):
        ax2.plot(h[name], style, label=name)
    ax1.set_xlabel("epoch")
    ax1.set_ylabel("loss")
    ax2.set_ylabel("accuracy")
    fig.legend()
    return fig


def save(model, folder):
    with open(os.path.join(folder, "model.json"), "w") as f:
        f.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))


def load(folder):
    with open(os.path.join(folder, "model.json")) as f:
        model = model_from_json(f.read())
    model.load_weights(os.path.join(folder, "model.weights.h5"))
    return model


def weight_images(model):
    result = []
    for layer in model.layers:
        if layer.__class__.__name__ == "Dense":
            w = layer.get_weights()[0]
            root = np.sqrt(w.shape[1])
            if root.is_integer():
                w = np.array([row.reshape(int(root), int(root)) for row in w])
            else:
                w = w[..., np.newaxis]
            result.append(w)
    return result


def error_gallery(model, x, y):
    pred = np.argmax(model(x), axis=-1)
    wrong = [i for i in range(len(y)) if pred[i] != y[i]][:16]
    fig, axs = plt.subplots(4, 4, figsize=(7, 7))
    for ax in axs.flat:
        ax.axis("off")
    for ax, i in zip(axs.ravel(), wrong):
        ax.matshow(x[i], cmap=plt.cm.binary)
        ax.set_title("pred: %d true: %d" % (pred[i], y[i]))
    return fig


def _sure(model, x):
    out = model(x)
    if not np.allclose(np.sum(out, axis=1), 1, atol=1e-3):
        out = tf.nn.softmax(out)
    return np.max(out, axis=1), np.argmax(out, axis=1)


def hardest_correct(model, x, y):
    sure, said = _sure(model, x)
    rows = np.where(said == y)[0]
    return rows[np.argsort(sure[rows])][:9].tolist()


def hardest_wrong(model, x, y):
    sure, said = _sure(model, x)
    masked = np.ma.masked_array(sure, mask=said == y)
    return masked.argsort(endwith=False)[::-1][: min(9, int(masked.count()))]
