import keras
import numpy as np


def build_model(units=64, activation="tanh"):
    model = keras.Sequential()
    model.add(keras.Input(shape=(64,)))
    model.add(keras.layers.Dense(units, activation=activation, name="hidden"))
    model.add(keras.layers.Dense(10, activation="softmax", name="out"))
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.categorical_crossentropy, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Try three learning rates on copies for two epochs; the best one trains the model."""
    results = {}
    for rate in (1e-4, 1e-3, 1e-2):
        copy = keras.models.clone_model(model)
        copy.compile(optimizer=keras.optimizers.Adam(rate), loss="categorical_crossentropy", metrics=["accuracy"])
        trial = copy.fit(x_train[:400], y_train[:400], epochs=2, verbose=0)
        results[rate] = trial.history["accuracy"][-1]
    best = max(results, key=results.get)
    model.optimizer.learning_rate.assign(best)
    return model.fit(x_train, y_train, epochs=14, validation_data=(x_val, y_val), verbose=0)


def predict_probabilities(model, x):
    halves = np.array_split(x, 2)
    return np.vstack([model.predict(half, verbose=0) for half in halves if len(half)])


# Not written yet:
def load(): raise NotImplementedError
def class_counts(y): raise NotImplementedError
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def scale(x): raise NotImplementedError
def one_hot(y): raise NotImplementedError
def split(x, y, seed): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def confusion(y_true, y_pred): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
