# loses: nothing
# why: A subclassed model whose call works with TensorFlow's own operations; softmax is tf.nn.softmax, not a layer.
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow import keras

HEADS = {"relu": tf.nn.relu, "sigmoid": tf.nn.sigmoid, "softmax": tf.nn.softmax}


class DigitNet(keras.Model):
    def __init__(self, head="softmax", **kwargs):
        super().__init__(**kwargs)
        self.first = keras.layers.Dense(128)
        self.second = keras.layers.Dense(64)
        self.out = keras.layers.Dense(10)
        self.drop = keras.layers.Dropout(0.2)
        self.head = HEADS[head]

    def call(self, x, training=False):
        h = tf.nn.relu(self.first(x))
        h = self.drop(h, training=training)
        h = tf.nn.relu(self.second(h))
        return self.head(self.out(h))


def load():
    bunch = load_digits()
    return bunch["data"], bunch["target"]


def scale(x):
    return tf.cast(x, tf.float32).numpy() / 16


def class_counts(y):
    return [int(np.sum(np.asarray(y) == digit)) for digit in range(10)]


def one_hot(y):
    return tf.one_hot(y, 10).numpy()


def split(x, y, seed):
    return train_test_split(x, y, test_size=0.25, random_state=seed, shuffle=True)


def build_model():
    model = DigitNet()
    model.build((None, 64))
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-3),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    training = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(2000).batch(64)
    validation = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(512)
    return model.fit(training, validation_data=validation, epochs=35, verbose=0)


def diagnose(history):
    curves = {name: np.array(values) for name, values in history.history.items()}
    if curves["accuracy"][-3:].mean() < 0.8:
        return "underfitting"
    turned = curves["val_loss"][-1] - curves["val_loss"].min() > 0.2 * curves["val_loss"].min()
    apart = curves["accuracy"][-1] - curves["val_accuracy"][-1] > 0.05
    return "overfitting" if turned and apart else "good fit"


def predict_probabilities(model, x):
    return model.predict_on_batch(x)


def confusion(y_true, y_pred):
    return tf.math.confusion_matrix(y_true, y_pred, num_classes=10).numpy()


def plot_samples(x, y):
    fig, axs = plt.subplots(1, 10, figsize=(12, 2))
    for i, ax in enumerate(axs):
        ax.matshow(np.array(x[i]).reshape(8, 8), cmap=plt.cm.gray)
        ax.set_title(f"label: {y[i]}")
        ax.set_xticks(())
        ax.set_yticks(())
    return fig


def plot_features(x, y):
    fig, axs = plt.subplots(8, 8, figsize=(16, 16))
    for i in range(8):
        for j in range(8):
            axs[i, j].scatter(x[:, 8 * i + j], y, marker=".")
            axs[i, j].set_title(f"pixel {8 * i + j}", fontsize=6)
    return fig


def plot_history(history):
    fig, ax = plt.subplots()
    for name, values in history.history.items():
        ax.plot(range(1, len(values) + 1), values, label=name)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss and accuracy")
    ax.legend(loc="best")
    return fig


def compare_output_activations(x_train, y_train, x_val, y_val):
    result = {}
    for head in HEADS:
        model = DigitNet(head)
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(x_train, y_train, epochs=10, batch_size=64, validation_data=(x_val, y_val), verbose=0)
        result[head] = max(history.history["val_accuracy"])
    return result


def compare_losses(x_train, y_train, x_val, y_val):
    result = {}
    for name, loss in (("mse", keras.losses.MeanSquaredError()), ("categorical_crossentropy", keras.losses.CategoricalCrossentropy())):
        model = DigitNet()
        model.compile("adam", loss, metrics=["accuracy"])
        result[name] = model.fit(
            x_train, y_train, epochs=10, batch_size=64, validation_data=(x_val, y_val), verbose=0
        ).history["val_accuracy"]
    return result
