# %% [markdown]
# # The metric cheat sheet
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check metric_cheat_sheet submission.py

# %%
import numpy as np

# %% [markdown]
# ## 1. Rates from counts
#
# tp, fp, tn, fn are integers from 0 on: how many true positives, false positives, true negatives and
# false negatives there are. Each function returns a number from 0 to 1, and 0.0 where its denominator is 0.


# %%
def sensitivity(tp, fp, tn, fn):
    """Return the share of the positives that was found (also called recall)."""
    raise NotImplementedError


# %%
def specificity(tp, fp, tn, fn):
    """Return the share of the negatives that was called negative."""
    raise NotImplementedError


# %%
def precision(tp, fp, tn, fn):
    """Return the share of those called positive that is positive."""
    raise NotImplementedError


# %%
def false_positive_rate(tp, fp, tn, fn):
    """Return the share of the negatives that was called positive."""
    raise NotImplementedError


# %%
def false_negative_rate(tp, fp, tn, fn):
    """Return the share of the positives that was called negative."""
    raise NotImplementedError


# %%
def accuracy(tp, fp, tn, fn):
    """Return the share of all that was called rightly."""
    raise NotImplementedError


# %%
def error_rate(tp, fp, tn, fn):
    """Return the share of all that was called wrongly."""
    raise NotImplementedError


# %%
def f1(tp, fp, tn, fn):
    """Return the harmonic mean of precision and sensitivity; 0.0 where there are no true positives."""
    raise NotImplementedError


# %% [markdown]
# ## 2. From labels and probabilities to counts
#
# Labels are 0 (negative) and 1 (positive). From here on, arguments are arrays or lists.


# %%
def confusion_counts(y_true, y_pred):
    """Count the four cases.

    y_true, y_pred: n labels each, 0 or 1; it may be that only one of them occurs

    Returns tp, fp, tn, fn, in this order.
    """
    raise NotImplementedError


# %%
def threshold_without_false_positives(y_true, p):
    """Choose the threshold for a filter that must give no false alarm.

    y_true: n labels, 0 or 1
    p: n probabilities of the label 1; a row is called positive where p > threshold

    Returns the smallest threshold with which no row of label 0 is called positive
    (0.0 where there is no row of label 0).
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Metrics of regression
#
# y_true and y_pred are n numbers each. Each function returns one number.


# %%
def mean_absolute_error(y_true, y_pred):
    """Return the mean of the absolute errors."""
    raise NotImplementedError


# %%
def mean_squared_error(y_true, y_pred):
    """Return the mean of the squared errors."""
    raise NotImplementedError


# %%
def r2(y_true, y_pred):
    """Return the coefficient of determination R²; 0.0 where all of y_true are the same."""
    raise NotImplementedError


# %% [markdown]
# ## 4. Softmax and cross-entropies


# %%
def softmax(z):
    """Turn each row of logits into probabilities.

    z: array (n, k) of any finite numbers, 1000 or -1000 too

    Returns an array (n, k); each row sums to one.
    """
    raise NotImplementedError


# %%
def binary_crossentropy(y_true, p):
    """Return the binary cross-entropy, the mean over the rows.

    y_true: n labels, 0 or 1
    p: n probabilities of the label 1, exactly 0 and 1 too

    Returns one finite number.
    """
    raise NotImplementedError


# %%
def categorical_crossentropy(y_true, p):
    """Return the categorical cross-entropy, the mean over the rows.

    y_true: array (n, k), one-hot rows
    p: array (n, k), the probabilities of the classes in each row, exactly 0 and 1 too

    Returns one finite number.
    """
    raise NotImplementedError


# %%
def sparse_categorical_crossentropy(y_true, p):
    """Return the same for integer labels.

    y_true: n integers from 0 to k - 1
    p: array (n, k), the probabilities of the classes in each row, exactly 0 and 1 too

    Returns one finite number.
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. The cheat sheet
#
# Five rows: regression, binary classification, multi-class with one-hot labels, multi-class with integer
# labels, multi-label tagging. Five columns: output units, output activation, loss, label format, useful
# metrics. Write it as a dict of dicts, a list of rows or a DataFrame, in English or German. In a notebook
# you may leave `CHEAT_SHEET = None` and write a Markdown table instead.

# %%
CHEAT_SHEET = None  # yours: {"regression": {"output units": ..., ...}, ...}

# %% [markdown]
# ## Try it out
#
# Code in this block runs when you start the file yourself; the grader does not run it.

# %%
if __name__ == "__main__":
    # The spam filter of the course: 38 of 50 spam mails were found, 1 of 50 others was called spam.
    print("sensitivity:", sensitivity(tp=38, fp=1, tn=49, fn=12))
