# %% [markdown]
# # The metric cheat sheet: a worked solution
#
# The formulas behind the numbers that Keras and scikit-learn print, and the table that says which
# output, loss, labels and metrics go together.

# %%
import numpy as np

EPSILON = 1e-7  # as in Keras: probabilities are kept this far from 0 and 1

# %% [markdown]
# ## 1. Rates from counts


# %%
def share(part, whole):
    """part / whole, and 0.0 of nothing."""
    return part / whole if whole else 0.0


def sensitivity(tp, fp, tn, fn):
    """Of all that are positive: how many were found?"""
    return share(tp, tp + fn)


def specificity(tp, fp, tn, fn):
    """Of all that are negative: how many were called so?"""
    return share(tn, fp + tn)


def precision(tp, fp, tn, fn):
    """Of all that were called positive: how many are?"""
    return share(tp, tp + fp)


def false_positive_rate(tp, fp, tn, fn):
    """Of all that are negative: how many were called positive?"""
    return share(fp, fp + tn)


def false_negative_rate(tp, fp, tn, fn):
    """Of all that are positive: how many were missed?"""
    return share(fn, tp + fn)


def accuracy(tp, fp, tn, fn):
    """Of all: how many were called rightly?"""
    return share(tp + tn, tp + fp + tn + fn)


def error_rate(tp, fp, tn, fn):
    """Of all: how many were called wrongly?"""
    return share(fp + fn, tp + fp + tn + fn)


def f1(tp, fp, tn, fn):
    """Harmonic mean of precision and sensitivity, written so that nothing divides by 0 too early."""
    return share(2 * tp, 2 * tp + fp + fn)


# %% [markdown]
# ## 2. From labels and probabilities to counts


# %%
def confusion_counts(y_true, y_pred):
    """tp, fp, tn, fn: the second letter is what was predicted, the first whether that was right."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    tp = np.sum((y_pred == 1) & (y_true == 1))
    fp = np.sum((y_pred == 1) & (y_true == 0))
    tn = np.sum((y_pred == 0) & (y_true == 0))
    fn = np.sum((y_pred == 0) & (y_true == 1))
    return int(tp), int(fp), int(tn), int(fn)


def threshold_without_false_positives(y_true, p):
    """The largest probability of a negative: with p > threshold it is just not called positive."""
    negatives = np.asarray(p)[np.asarray(y_true) == 0]
    return float(negatives.max(initial=0.0))


# %% [markdown]
# ## 3. Metrics of regression


# %%
def mean_absolute_error(y_true, y_pred):
    """The mean distance."""
    return np.mean(np.abs(np.asarray(y_true) - np.asarray(y_pred)))


def mean_squared_error(y_true, y_pred):
    """The mean squared distance."""
    return np.mean((np.asarray(y_true) - np.asarray(y_pred)) ** 2)


def r2(y_true, y_pred):
    """How much better than always predicting the mean: 1 is perfect, 0 as good as the mean."""
    y_true = np.asarray(y_true)
    of_the_mean = mean_squared_error(y_true, np.full(len(y_true), y_true.mean()))
    if of_the_mean == 0:
        return 0.0
    return 1 - mean_squared_error(y_true, y_pred) / of_the_mean


# %% [markdown]
# ## 4. Softmax and cross-entropies


# %%
def softmax(z):
    """exp(z), each row divided by its sum."""
    z = np.asarray(z, dtype=float)
    # Only differences count. Without this, exp(1000) would be infinite.
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def clipped(p):
    """Probabilities of which the logarithm is finite."""
    return np.clip(np.asarray(p, dtype=float), EPSILON, 1 - EPSILON)


def binary_crossentropy(y_true, p):
    """-log of the probability that the true label was given, mean over the rows."""
    y_true, p = np.asarray(y_true), clipped(p)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


def categorical_crossentropy(y_true, p):
    """The same for k classes: the 1 of a one-hot row picks the probability of the true class."""
    return -np.mean(np.sum(np.asarray(y_true) * np.log(clipped(p)), axis=1))


def sparse_categorical_crossentropy(y_true, p):
    """The same for integer labels: they pick it by its place."""
    p = clipped(p)
    return -np.mean(np.log(p[np.arange(len(p)), np.asarray(y_true)]))


# %% [markdown]
# ## 5. The cheat sheet

# %%
CHEAT_SHEET = {
    "regression": {
        "output units": 1,
        "output activation": "linear",
        "loss": "mse or mae",
        "label format": "numbers",
        "useful metrics": "mae, rmse, r2",
    },
    "binary classification": {
        "output units": 1,
        "output activation": "sigmoid",
        "loss": "binary_crossentropy",
        "label format": "0/1",
        "useful metrics": "accuracy, precision, recall, f1, auc",
    },
    "multi-class with one-hot labels": {
        "output units": "number of classes",
        "output activation": "softmax",
        "loss": "categorical_crossentropy",
        "label format": "one-hot",
        "useful metrics": "accuracy, f1, confusion matrix",
    },
    "multi-class with integer labels": {
        "output units": "number of classes",
        "output activation": "softmax",
        "loss": "sparse_categorical_crossentropy",
        "label format": "integers",
        "useful metrics": "accuracy, f1, confusion matrix",
    },
    "multi-label tagging": {
        "output units": "number of tags",
        "output activation": "sigmoid",
        "loss": "binary_crossentropy",
        "label format": "multi-hot",
        "useful metrics": "precision, recall, f1, auc",
    },
}

# %% [markdown]
# ## Compared with scikit-learn and Keras

# %%
if __name__ == "__main__":
    import keras
    from sklearn import metrics

    spam = {"tp": 38, "fp": 1, "tn": 49, "fn": 12}
    for rate in (sensitivity, specificity, precision, false_positive_rate, false_negative_rate, f1):
        print(f"{rate.__name__:>20}: {rate(**spam):.3f}")

    random = np.random.default_rng(0)
    y, p = random.integers(0, 2, 100), random.uniform(size=100)
    print("sensitivity:", sensitivity(*confusion_counts(y, p > 0.5)), metrics.recall_score(y, p > 0.5))
    print("R²:", r2(y, p), metrics.r2_score(y, p))
    print("binary cross-entropy:", binary_crossentropy(y, p), float(keras.losses.binary_crossentropy(y, p)))
    z, labels = random.normal(size=(100, 4)), random.integers(0, 4, 100)
    ours = sparse_categorical_crossentropy(labels, softmax(z))
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, z)
    print("categorical cross-entropy:", ours, float(theirs))
