import keras
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits


def load():
    frame = load_digits(as_frame=True).frame
    return frame.drop(columns="target"), frame["target"]


def class_counts(y):
    return pd.Series(y).value_counts().reindex(range(10), fill_value=0)


def scale(x):
    return pd.DataFrame(x).div(16.0)


def one_hot(y):
    return pd.get_dummies(pd.Categorical(y, categories=range(10)))


def split(x, y, seed):
    table = pd.DataFrame(x).assign(digit=np.asarray(y))
    test = table.sample(frac=0.25, random_state=seed)
    train = table.drop(test.index)
    return train.drop(columns="digit"), test.drop(columns="digit"), train["digit"], test["digit"]


def confusion(y_true, y_pred):
    table = pd.crosstab(pd.Series(y_true), pd.Series(y_pred))
    return table.reindex(index=range(10), columns=range(10), fill_value=0)


def build_model():
    model = keras.Sequential([keras.Input((64,), name="pixels"), keras.layers.Dense(96, "relu"), keras.layers.Dense(10, "softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    rows, names = pd.DataFrame(x_train), pd.DataFrame(y_train)
    return model.fit(rows, names, validation_data=(pd.DataFrame(x_val), pd.DataFrame(y_val)), epochs=25, verbose=0)


def predict_probabilities(model, x):
    return pd.DataFrame(model.predict(np.asarray(x), verbose=0))


# Not written yet:
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
