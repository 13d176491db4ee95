# %% [markdown]
# # Logistic regression: one neuron that says yes or no
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check logistic_regression submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer

# %% [markdown]
# ## 1. Build and train the neuron


# %%
def build_model(n_features):
    """Build and compile a logistic regression: one Dense layer with one unit.

    n_features: how many features a row has, such as 30 or 1

    Returns a compiled keras.Model. Output activation and loss fit each other and the labels, which
    are 0 and 1.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Train the model with fit and return the History that fit returns.

    x: array (n, n_features), standardised or of a similar size
    y: array (n,), integer labels 0 and 1
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Decide


# %%
def predict_label(model, x, threshold=0.5):
    """Say yes or no for each row of x.

    threshold: how large the probability of a yes has to be, between 0 and 1

    Returns an array (n,) of integers: 1 where the model's probability is above the threshold, else 0.
    """
    raise NotImplementedError


# %%
def decision_boundary(model):
    """Find where a trained model of one feature changes its mind.

    model: as from build_model(1), after training

    Returns a float: the value of the feature at which the model says exactly 0.5.
    """
    raise NotImplementedError
