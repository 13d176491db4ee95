# %% [markdown]
# # House prices in California
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check housing submission.py

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np


# %%
def prepare(x_train, x_test, y_train, y_test):
    """Standardise the features; the target may be scaled, too.

    x_train, x_test: arrays (n, 8) and (m, 8), the features of both parts
    y_train, y_test: arrays (n,) and (m,), the values to predict

    Returns (x_train, x_test, y_train, y_test): all four, in this order.
    """
    raise NotImplementedError


# %%
def build_model():
    """Build and compile a network for 8 features that predicts one number.

    Returns a compiled keras.Model: two hidden layers of 16 units with dropout, a linear output, and the mean
    squared error.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Train the model with fit, with x_val and y_val as validation data.

    Returns the History that fit returns.
    """
    raise NotImplementedError


# %%
def scores(model, x, y):
    """Judge the trained model on the rows of x, whose values are y.

    Returns {"r2": ..., "mae": ...}: the coefficient of determination and the mean absolute error.
    """
    raise NotImplementedError


# %%
def residual_plot(model, x, y):
    """Draw a point for each row: its residual, y - prediction, against its prediction, and a line at 0.

    Returns the figure.
    """
    raise NotImplementedError
