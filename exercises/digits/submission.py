# %% [markdown]
# # Handwritten digits with Keras
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check digits submission.py

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Look at the data


# %%
def load():
    """Load the handwritten digits of scikit-learn.

    Returns (x, y):
      x: array (1797, 64), one picture of 8x8 pixels per row, raw grey values from 0 to 16
      y: array (1797,), the digit that each row shows, integers from 0 to 9
    """
    raise NotImplementedError


# %%
def class_counts(y):
    """Count how often each digit occurs.

    y: integer labels from 0 to 9; some digits may not occur at all

    Returns ten counts, one for each digit from 0 to 9 in this order (array or list),
    or a dict {digit: count}. The count of a digit that does not occur is 0.
    """
    raise NotImplementedError


# %%
def plot_samples(x, y):
    """Show the first ten rows of x as pictures of 8x8 pixels, each titled with its label.

    Returns the Figure: ten axes, one image in each.
    """
    raise NotImplementedError


# %%
def plot_features(x, y):
    """Draw 64 scatter plots, one per pixel: the grey value of the pixel against the label.

    Returns the Figure: 64 axes, in each of them one point per row of x.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Prepare the data


# %%
def scale(x):
    """Bring grey values from 0..16 to 0..1.

    x: array (n, 64) of grey values; may be a single row, or hold pixels that never change

    Returns an array of the same shape with values from 0 to 1. A row gives the same numbers
    whichever other rows come with it.
    """
    raise NotImplementedError


# %%
def one_hot(y):
    """Turn integer labels into one-hot rows.

    y: n integer labels from 0 to 9; some digits may not occur at all

    Returns an array (n, 10): row i has a 1 in column y[i], and 0 everywhere else.
    """
    raise NotImplementedError


# %%
def split(x, y, seed):
    """Hold out a quarter of the rows, drawn at random, as test part.

    x: array (n, 64)
    y: n integer labels
    seed: integer; the same seed gives the same split again, another seed gives another one

    Returns x_train, x_test, y_train, y_test (in this order). Every row is in exactly one part
    and keeps its label; the test part holds n / 4 rows, rounded.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Build and train the network


# %%
def build_model():
    """Build and compile a new network for the digits.

    Returns a compiled keras.Model: 64 inputs, at least one hidden layer with an activation
    that is not linear, ten outputs. Output layer and loss fit the one-hot labels.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Train the model, and watch it on the validation data while doing so.

    model: as build_model() returns it
    x_train, x_val: arrays (n, 64), already scaled to 0..1
    y_train, y_val: arrays (n, 10), one-hot

    Returns the History that model.fit returns.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Judge the network


# %%
def plot_history(history):
    """Draw the learning curves of a training.

    history: a keras History with "loss", "accuracy", "val_loss" and "val_accuracy"

    Returns the Figure: loss and accuracy over the epochs, each for training and validation,
    with labelled axes and a legend.
    """
    raise NotImplementedError


# %%
def diagnose(history):
    """Say what the learning curves show.

    history: a keras History with "loss", "accuracy", "val_loss" and "val_accuracy"

    Returns "overfitting", "underfitting" or "good fit" (the task sheet says when which).
    """
    raise NotImplementedError


# %%
def predict_probabilities(model, x):
    """Ask the trained model for the probabilities of the ten digits.

    x: array (n, 64), already scaled to 0..1

    Returns an array (n, 10) whose rows sum to one.
    """
    raise NotImplementedError


# %%
def confusion(y_true, y_pred):
    """Count which digit was taken for which.

    y_true, y_pred: n integer labels each, from 0 to 9

    Returns integers (10, 10): row i, column j says how often a true i was predicted as j.
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. Compare choices


# %%
def compare_output_activations(x_train, y_train, x_val, y_val):
    """Train the same network with three different activations of its output layer.

    Arguments as for train. The loss is categorical_crossentropy each time,
    and each network starts anew.

    Returns {"relu": ..., "sigmoid": ..., "softmax": ...}, each an accuracy on the validation data.
    """
    raise NotImplementedError


# %%
def compare_losses(x_train, y_train, x_val, y_val):
    """Train the same network, with softmax as output activation, with two different losses.

    Arguments as for train. Each network starts anew.

    Returns {"mse": [...], "categorical_crossentropy": [...]}, each a list with the accuracy on
    the validation data after every epoch.
    """
    raise NotImplementedError


# %% [markdown]
# ## Try it out
#
# Code in this block runs when you start the file yourself; the grader does not run it.

# %%
if __name__ == "__main__":
    x, y = load()
    print(x.shape, y.shape)
