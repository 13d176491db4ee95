# %% [markdown]
# # Three ways to write one network
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` and each `...` by your own answer and keep the names and the order of the
# arguments. You may add imports, helper functions, classes and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check model_styles submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Build the same network three times


# %%
def build_sequential(n_features):
    """Build and compile the network as a keras.Sequential.

    n_features: how many features a row has

    Returns a compiled keras.Sequential: two hidden Dense layers of the same width with an activation,
    one Dense layer with one unit and without activation.
    """
    raise NotImplementedError


# %%
def build_functional(n_features):
    """Build and compile the same network with the functional API: keras.Input, layers called on tensors, keras.Model.

    Returns a compiled keras.Model.
    """
    raise NotImplementedError


# %%
def build_subclassed(n_features):
    """Build and compile the same network as an instance of a class of your own that inherits from keras.Model.

    Returns a compiled model of that class: layers made in __init__, put together in call.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Train and judge


# %%
def train(model, x, y, x_val, y_val):
    """Train any of the three models with fit and pass the validation data on to it.

    x, x_val: arrays (n, n_features)
    y, y_val: arrays (n,)

    Returns the History that fit returns.
    """
    raise NotImplementedError


# %%
def scores(model, x, y):
    """Judge a trained model on the rows of x.

    Returns {"r2": ..., "mae": ...}: the coefficient of determination and the mean absolute error.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. What each style can do
#
# For each statement of the task sheet: the set of the styles that it is true of, such as
# `{"sequential", "functional"}`.

# %%
STYLE_FACTS = {
    "one_after_another": ...,
    "easiest_overview": ...,
    "branches": ...,
    "threaded_by_hand": ...,
    "own_layers": ...,
    "conditions_and_loops": ...,
    "class_of_its_own": ...,
    "shapes_known_at_once": ...,
    "compile_and_fit": ...,
}
