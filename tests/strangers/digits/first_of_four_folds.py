import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder


def load():
    data, target = load_digits(return_X_y=True, as_frame=False)
    return data.astype(np.int64), target


def class_counts(y):
    counts, edges = np.histogram(y, bins=np.arange(11))
    return counts.tolist()


def scale(x):
    return np.clip(np.true_divide(x, 16), 0.0, 1.0)


def one_hot(y):
    encoder = OneHotEncoder(categories=[np.arange(10)], sparse_output=False, dtype=int)
    return encoder.fit_transform(np.reshape(y, (-1, 1)))


def split(x, y, seed):
    for train, test in KFold(4, shuffle=True, random_state=seed).split(x):
        return x[train], x[test], y[train], y[test]


def confusion(y_true, y_pred):
    counts, _, _ = np.histogram2d(y_true, y_pred, bins=(range(11), range(11)))
    return counts.astype(int)


# Not written yet:
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def predict_probabilities(model, x): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
