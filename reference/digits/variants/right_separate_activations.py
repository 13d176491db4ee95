# loses: nothing
# why: Activations are layers of their own, the hidden part is a Sequential inside a Sequential, imported as tf.keras.
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.utils import shuffle


def load():
    return tuple(load_digits(return_X_y=True))


def class_counts(y):
    counts = np.zeros(10, dtype=int)
    for label in y:
        counts[label] += 1
    return counts


def scale(x):
    x = np.array(x, dtype=np.float64)
    x /= 16.0
    return x


def one_hot(y):
    return tf.keras.utils.to_categorical(np.asarray(y), num_classes=10).astype(int)


def split(x, y, seed):
    x, y = shuffle(x, y, random_state=seed)
    border = len(x) * 3 // 4
    return x[:border], x[border:], y[:border], y[border:]


def hidden_part():
    return tf.keras.Sequential(
        [
            tf.keras.layers.Dense(128),
            tf.keras.layers.ReLU(),
            tf.keras.layers.Dropout(0.2),
            tf.keras.layers.Dense(64),
            tf.keras.layers.Activation("tanh"),
        ],
        name="hidden_part",
    )


def network(*head):
    return tf.keras.models.Sequential([tf.keras.layers.InputLayer(shape=(64,)), hidden_part(), tf.keras.layers.Dense(10), *head])


def build_model():
    model = network(tf.keras.layers.Softmax())
    model.compile(optimizer=tf.keras.optimizers.Adam(), loss=tf.keras.losses.categorical_crossentropy, metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x=x_train, y=y_train, batch_size=50, epochs=35, validation_data=(x_val, y_val), verbose=0)
    return history


def diagnose(history):
    training, validation = history.history["loss"], history.history["val_loss"]
    after_minimum = validation[int(np.argmin(validation)) :]
    if len(after_minimum) > 3 and after_minimum[-1] > 1.3 * after_minimum[0] and training[-1] < 0.5 * validation[-1]:
        return "overfitting"
    if history.history["accuracy"][-1] < 0.7:
        return "underfitting"
    return "good fit"


def predict_probabilities(model, x):
    return model.predict(x, verbose=0)


def confusion(y_true, y_pred):
    table = [[0] * 10 for _ in range(10)]
    for t, p in zip(y_true, y_pred):
        table[t][p] += 1
    return table


def plot_samples(x, y):
    figure, axes = plt.subplots(nrows=5, ncols=2, figsize=(4, 10))
    for ax, image, label in zip(axes.flatten(), x[:10].reshape(-1, 8, 8), y[:10]):
        ax.imshow(image, interpolation="nearest", cmap="bone")
        ax.set_title(f"This is a {label}")
    figure.tight_layout()
    return figure


def plot_features(x, y):
    figure, axes = plt.subplots(nrows=8, ncols=8, figsize=(16, 16), sharex=True, sharey=True)
    for feature, ax in enumerate(axes.flatten()):
        ax.scatter(x[:, feature], y, s=3)
    return figure


def plot_history(history):
    figure, axes = plt.subplots(ncols=2, figsize=(12, 4))
    for ax, key in zip(axes, ("loss", "accuracy")):
        ax.plot(history.history[key])
        ax.plot(history.history["val_" + key])
        ax.set_title(key)
        ax.set_xlabel("Epoche")
        ax.set_ylabel(key)
        ax.legend(["Training", "Validierung"], loc="upper right")
    return figure


def compare_output_activations(x_train, y_train, x_val, y_val):
    results = dict()
    for name in ("relu", "sigmoid", "softmax"):
        model = network(tf.keras.layers.Activation(name))
        model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["acc"])
        history = model.fit(x_train, y_train, epochs=8, validation_data=(x_val, y_val), verbose=0)
        results[name] = history.history["val_acc"][-1]
    return results


def compare_losses(x_train, y_train, x_val, y_val):
    results = dict()
    for name in ("mse", "categorical_crossentropy"):
        model = network(tf.keras.layers.Softmax())
        model.compile(optimizer="adam", loss=name, metrics=["acc"])
        history = model.fit(x_train, y_train, epochs=8, validation_data=(x_val, y_val), verbose=0)
        results[name] = history.history["val_acc"]
    return results
