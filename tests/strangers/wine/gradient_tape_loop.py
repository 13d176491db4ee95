"""Wine classifier - custom training loop, then History by hand."""
from __future__ import annotations
import logging
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, callbacks

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)


def prepare(x_train, x_test):
    norm = layers.Normalization()
    norm.adapt(x_train)
    return norm(x_train).numpy(), norm(x_test).numpy()


def build_model() -> keras.Model:
    inp = keras.Input(shape=(13,), dtype="float32")
    a = layers.Dense(16, activation="relu", kernel_initializer="he_uniform")(inp)
    b = layers.Dense(8, activation="tanh")(inp)
    x = layers.Concatenate()([a, b])
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.2)(x)
    out = layers.Dense(3)(x)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.summary()
    return model


def train(model, x_train, y_train, x_val, y_val):
    opt = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(200, seed=1).batch(16)
    hist = {"loss": [], "val_loss": []}
    for epoch in range(25):
        tot = []
        for xb, yb in ds:
            with tf.GradientTape() as tape:
                l = loss_fn(yb, model(xb, training=True))
            g = tape.gradient(l, model.trainable_variables)
            opt.apply_gradients(zip(g, model.trainable_variables))
            tot.append(float(l))
        hist["loss"].append(sum(tot) / len(tot))
        hist["val_loss"].append(float(loss_fn(y_val, model(x_val))))
        log.info("epoch %d: %.3f", epoch, hist["loss"][-1])
    h = callbacks.History()
    h.history = hist
    return h


def evaluate(model, x, y):
    import numpy as np
    from sklearn.metrics import classification_report
    pred = model.predict(x).argmax(-1)
    rep = classification_report(y, pred, labels=[0, 1, 2], output_dict=True, zero_division=0)
    return {"accuracy": float((pred == np.asarray(y)).mean()), "recall": [rep[str(k)]["recall"] for k in range(3)]}


if __name__ == "__main__":
    import argparse
    p = argparse.ArgumentParser()
    p.add_argument("--epochs", type=int, default=25)
    args = p.parse_args()
