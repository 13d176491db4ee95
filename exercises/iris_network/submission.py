# %% [markdown]
# # Look inside a network: three species of iris
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check iris_network submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_iris

# %% [markdown]
# ## 1. Build and train the network


# %%
def build_model():
    """Build and compile the network 4-8-3 with activations as layers of their own.

    Returns a compiled keras.Model: Dense(8), relu, Dense(3), softmax. The loss fits integer labels.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Train the model with fit and return the History that fit returns.

    x_train, x_val: standardised features (n, 4)
    y_train, y_val: integer labels from 0 to 2; the validation data go to fit as well
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Every layer by hand


# %%
def forward(model, x):
    """Compute with NumPy what becomes of x in each layer of the model.

    model: a model of Dense and Activation layers in turn, as that of build_model, of any sizes.
           It can be asked for its layers and weights, but neither it nor a layer can be called
    x: array (n, features)

    Returns a list of arrays: x itself, then the values after each layer.
    """
    raise NotImplementedError
