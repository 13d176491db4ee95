# %% [markdown]
# # Unbalanced labels
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check imbalance submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Weights of classes


# %%
def class_weights(y):
    """Return the weight of each label as a dict, such as {0: 1.0, 1: 15.7, 2: 1.73}.

    y: n integer labels; those between the others need not all occur

    The weight of a label: how many rows the most frequent label has, divided by how many this one has.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Samples with classes of equal size
#
# x is an array (n, features), y an array (n,) of integer labels, and seed an integer.
# Both functions return two arrays, x and y of the sample, in pairs.


# %%
def undersample(x, y, seed):
    """Leave rows out: each class gets as many rows as the rarest one has, drawn at random, none twice."""
    raise NotImplementedError


# %%
def oversample(x, y, seed):
    """Repeat rows: each class gets as many rows as the most frequent one has. Every row is kept."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Train with weights


# %%
def build_model():
    """Build and compile a small network for six features and three classes.

    Returns a compiled keras.Model with three outputs. Output activation and loss fit each other
    and the labels, which are integers from 0 to 2.
    """
    raise NotImplementedError


# %%
def train_weighted(model, x_train, y_train):
    """Train the model so that the rare class counts, and return the History that fit returns.

    x_train: array (n, 6)
    y_train: array (n,), integer labels from 0 to 2; any of them may be the rare one
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Balance at all?


# %%
def should_rebalance(situation):
    """Return True where the classes should be balanced before training, else False.

    situation: the name of a situation, which the task sheet describes in full

      "rainy_days"     Will it rain tomorrow? All days of ten years in one town; it rained on 12 of 100.
                       The network shall say there how likely rain is.
      "web_search"     Photos of dogs, cats and foxes, found by a web search: 5567, 3224 and 354.
                       Visitors of a park will show the network about as many of each animal.
      "all_mails"      All mails that a company got in a year; 4 of 100 are fraud.
                       The network shall say there how likely a mail is fraud.
      "staged_photos"  A photographer took 900 pictures of a good part and stopped after 60 of a cracked one.
                       In the workshop that sorts parts, every second part is cracked.
    """
    raise NotImplementedError
