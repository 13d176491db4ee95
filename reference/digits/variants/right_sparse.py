# loses: nothing
# why: train turns the one-hot rows back into integers and the model is compiled with the sparse loss: both fit.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import ShuffleSplit


def load():
    data = load_digits()
    return data.images.reshape(len(data.images), 64), data.target


def scale(x):
    return keras.layers.Rescaling(1 / 16)(np.asarray(x, dtype="float32")).numpy()


def class_counts(y):
    return np.histogram(y, bins=np.arange(11))[0]


def one_hot(y):
    return np.eye(10)[y]


def split(x, y, seed):
    rows_train, rows_test = next(ShuffleSplit(n_splits=1, test_size=0.25, random_state=seed).split(x))
    return x[rows_train], x[rows_test], y[rows_train], y[rows_test]


def build_model():
    model = keras.Sequential(
        [
            layers.Input(shape=(64,)),
            layers.Dense(200, activation="relu", kernel_initializer="he_normal"),
            layers.Dropout(0.4),
            layers.Dense(10, activation=keras.activations.softmax),
        ],
        name="digits",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(
        x_train,
        np.argmax(y_train, axis=1),
        validation_data=(x_val, np.argmax(y_val, axis=1)),
        epochs=25,
        verbose=0,
    )


def diagnose(history):
    loss, val_loss = history.history["loss"], history.history["val_loss"]
    last, val_last = history.history["accuracy"][-1], history.history["val_accuracy"][-1]
    if max(last, val_last) < 0.8:
        return "underfitting"
    if val_loss[-1] > 1.25 * min(val_loss) and loss[-1] <= min(loss) * 1.1 and val_loss[-1] > loss[-1]:
        return "overfitting"
    return "good fit"


def predict_probabilities(model, x):
    return model.predict(x, batch_size=256, verbose=0).astype("float64")


def confusion(y_true, y_pred):
    pairs = 10 * np.asarray(y_true) + np.asarray(y_pred)
    return np.bincount(pairs, minlength=100).reshape(10, 10)


def plot_samples(x, y):
    plt.figure(figsize=(10, 4))
    for i in range(10):
        plt.subplot(2, 5, i + 1)
        plt.imshow(x[i].reshape(8, 8), cmap="Greys")
        plt.title("Digit %d" % y[i])
        plt.axis("off")
    return plt.gcf()


def plot_features(x, y):
    plt.figure(figsize=(14, 14))
    for i in range(64):
        plt.subplot(8, 8, i + 1)
        plt.scatter(x[:, i], y, s=1, c=y, cmap="tab10")
        plt.xticks([])
        plt.yticks([])
    plt.suptitle("pixel against digit")
    return plt.gcf()


def plot_history(history):
    fig, loss_axes = plt.subplots(figsize=(8, 5))
    accuracy_axes = loss_axes.twinx()
    loss_axes.plot(history.history["loss"], color="tab:red", label="training loss")
    loss_axes.plot(history.history["val_loss"], color="tab:orange", label="validation loss")
    accuracy_axes.plot(history.history["accuracy"], color="tab:blue", label="training accuracy")
    accuracy_axes.plot(history.history["val_accuracy"], color="tab:cyan", label="validation accuracy")
    loss_axes.set_xlabel("epoch")
    loss_axes.set_ylabel("loss")
    accuracy_axes.set_xlabel("epoch")
    accuracy_axes.set_ylabel("accuracy")
    loss_axes.legend(loc="center left")
    accuracy_axes.legend(loc="center right")
    return fig


def small_network(activation):
    return keras.Sequential(
        [layers.Input(shape=(64,)), layers.Dense(100, activation="relu"), layers.Dense(10, activation=activation)]
    )


def compare_output_activations(x_train, y_train, x_val, y_val):
    accuracies = {}
    for activation in ["relu", "sigmoid", "softmax"]:
        model = small_network(activation)
        model.compile(optimizer="adam", loss=keras.losses.categorical_crossentropy, metrics=["acc"])
        model.fit(x_train, y_train, epochs=12, verbose=0)
        predicted = model.predict(x_val, verbose=0).argmax(axis=1)
        accuracies[activation] = np.mean(predicted == y_val.argmax(axis=1))
    return accuracies


def compare_losses(x_train, y_train, x_val, y_val):
    curves = {}
    for name, loss in [("mse", keras.losses.mean_squared_error), ("categorical_crossentropy", keras.losses.categorical_crossentropy)]:
        model = small_network("softmax")
        model.compile(optimizer="adam", loss=loss, metrics=["acc"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=12, verbose=0)
        curves[name] = np.array(history.history["val_acc"])
    return curves
