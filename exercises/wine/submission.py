# %% [markdown]
# # A network of one's own: wines from three growers
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check wine submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_wine

# %% [markdown]
# ## 1. Prepare the data


# %%
def prepare(x_train, x_test):
    """Standardise both parts by means and standard deviations of the training part.

    x_train: array (n, 13), raw features; a feature may have the same value in every row
    x_test: array (m, 13), raw features; may be a single row

    Returns (x_train, x_test): two arrays of the same shapes. The arguments stay as they are.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Build and train the network


# %%
def build_model():
    """Build and compile a network for 13 features and three growers.

    Returns a compiled keras.Model with three outputs. Output activation and loss fit each other
    and the labels, which are integers from 0 to 2.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Train the model with fit and return the History that fit returns.

    x_train, x_val: standardised features
    y_train, y_val: integer labels from 0 to 2; the validation data go to fit as well
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Judge the network


# %%
def evaluate(model, x, y):
    """Compare what the trained model says about the rows of x with the true labels y.

    x: array (n, 13), standardised
    y: array (n,), integer labels; a grower may not occur at all

    Returns a dict:
      "accuracy": share of the rows whose grower the model names rightly, 0 to 1
      "recall": three numbers, one for each grower from 0 to 2: the share of this grower's wines that
                the model recognises, 0 to 1. nan or 0 for a grower that does not occur in y
    """
    raise NotImplementedError
