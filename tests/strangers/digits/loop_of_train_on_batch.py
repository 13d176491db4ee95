import keras
import numpy as np


def build_model():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    history = keras.callbacks.History()
    history.history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    for epoch in range(2):
        order = np.random.permutation(len(x_train))
        for start in range(0, len(order), 64):
            batch = order[start : start + 64]
            loss, acc = model.train_on_batch(x_train[batch], y_train[batch])
        val_loss, val_acc = model.evaluate(x_val, y_val, verbose=0)
        for key, value in zip(history.history, (loss, acc, val_loss, val_acc)):
            history.history[key].append(float(value))
    return history


def predict_probabilities(model, x):
    return model.predict(x, verbose=0)


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
