# %% [markdown]
# # MNIST from beginning to end
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check mnist submission.py

# %%
import os

import keras
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Look at the data


# %%
def describe(x, y):
    """Say what pictures and labels are like.

    x: array (n, 28, 28) of grey values, of any dtype and range
    y: n integer labels from 0 to 9; some digits may not occur at all

    Returns a dict:
      "shape": shape of x, "dtype": its dtype as text, such as "uint8"
      "min", "max": the smallest and the largest value of x
      "counts": how many pictures there are of each digit from 0 to 9 (ten numbers)
      "distances": for each digit, its count minus the mean of all ten counts
    """
    raise NotImplementedError


# %%
def one_hot(y):
    """Turn integer labels into one-hot rows.

    y: n integer labels from 0 to 9; some digits may not occur at all

    Returns an array (n, 10): row i has a 1 in column y[i], and 0 everywhere else.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Build and train the network
#
# From here on, x is an array (n, 28, 28) of grey values that are already scaled to 0..1.


# %%
def build_model():
    """Build and compile a new network for pictures of 28x28 pixels.

    Returns a compiled keras.Model that takes (n, 28, 28): Reshape or Flatten, at least one hidden
    layer with an activation that is not linear, ten outputs, at most 2,000,000 parameters.
    Output layer and loss fit the one-hot labels.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Train the model, and hold a fifth of the pictures back to watch it (validation_split=0.2).

    model: as build_model() returns it
    y: array (n, 10), one-hot

    Returns the History that model.fit returns.
    """
    raise NotImplementedError


# %%
def plot_history(history):
    """Draw the learning curves of a training.

    history: a keras History with "loss", "accuracy", "val_loss" and "val_accuracy"

    Returns the Figure: loss and accuracy over the epochs, each for training and validation,
    with labelled axes and a legend.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Save and load


# %%
def save(model, folder):
    """Save any keras model in a folder: its architecture as JSON, its weights in a file of their own.

    folder: path of a folder, as text; write nowhere else
    """
    raise NotImplementedError


# %%
def load(folder):
    """Load the model that save() wrote, from this folder, which may have been moved meanwhile.

    Returns the keras.Model, with its weights.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Look into the network


# %%
def weight_images(model):
    """Return the weights of each Dense layer as pictures, one for each input of the layer.

    model: any model with Dense layers, also one with other layers between them

    Returns a list with one array (inputs, height, width) for each Dense layer: the kernel
    (inputs, units) with each of its rows reshaped, to a square if the units fill one (324 to 18x18),
    else to one column (10 to 10x1).
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. Where it errs
#
# In these functions, model is a trained model, x an array (n, 28, 28), and y n integer labels.


# %%
def error_gallery(model, x, y):
    """Draw 16 pictures that the model gets wrong (all, if there are fewer).

    Returns the Figure: one axes for each picture, whose title names what the model says and
    what is right, such as "4, not 9".
    """
    raise NotImplementedError


# %%
def hardest_correct(model, x, y):
    """Return the positions in x of the nine right pictures of which the model is least sure.

    How sure it is, is its largest probability. The hardest comes first; fewer if there are fewer.
    """
    raise NotImplementedError


# %%
def hardest_wrong(model, x, y):
    """Return the positions in x of the nine wrong pictures of which the model is most sure.

    The one that it is most sure of comes first; fewer if there are fewer.
    """
    raise NotImplementedError


# %% [markdown]
# ## Try it out
#
# Code in this block runs when you start the file yourself; the grader does not run it.

# %%
if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    print(x_train.shape, y_train.shape)
