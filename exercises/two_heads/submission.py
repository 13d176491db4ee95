# %% [markdown]
# # One trunk, two heads
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check two_heads submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. A network with two outputs
#
# A Sequential model has one output. Use the functional style, or a class of your own.


# %%
def build_model():
    """Build and compile a network for eight features, with two outputs that share their first layers.

    Returns a compiled keras.Model with the outputs "sweetness" (one number) and "variety" (three classes);
    outputs without names come in this order. Each has its own activation and its own loss, and loss_weights
    make both losses about the same size.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Train it


# %%
def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    """Train the model on the labels of both outputs and return the History that fit returns.

    x_train:         array (n, 8), the features
    sweetness_train: array (n,), numbers
    variety_train:   array (n,), integers from 0 to 2
    x_val, sweetness_val, variety_val: the same for other apples, to validate with
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Score each output


# %%
def scores(model, x, sweetness, variety):
    """Return {"sweetness": R², "variety": accuracy} of the trained model on the rows x."""
    raise NotImplementedError
