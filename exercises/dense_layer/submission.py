# %% [markdown]
# # What Dense can do
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check dense_layer submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Count the parameters


# %%
def count_parameters(n_inputs, units, use_bias):
    """Return how many numbers a Dense layer with `n_inputs` inputs and `units` units learns."""
    raise NotImplementedError


# %% [markdown]
# ## 2. Dense in NumPy


# %%
def dense(x, kernel, bias, activation):
    """Return what a Dense layer puts out for the rows of x: an array (n, units)."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Layers from descriptions


# %%
def make_layer(description):
    """Return a new Keras layer: "constant", "he", "no bias", "l2", "non-negative" or "frozen"."""
    raise NotImplementedError
