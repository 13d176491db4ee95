# %% [markdown]
# # Are 80 % really 80 %?
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check calibration submission.py

# %%
import numpy as np
from matplotlib import pyplot as plt

# %% [markdown]
# ## 1. What happened in each bin
#
# y_true: n labels, 0 or 1
# p: n probabilities of the label 1, from 0 to 1
# bins: how many bins of equal width lie between 0 and 1


# %%
def reliability(y_true, p, bins):
    """Compare what was predicted with what happened, bin by bin.

    A probability on a border belongs to the lower bin, and 0 to the first one.

    Returns two arrays, with one number for each bin that is not empty, from low to high:
    the mean of the probabilities in it, and the share of its rows with the label 1
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. One number for all bins


# %%
def expected_calibration_error(y_true, p, bins):
    """Return the mean gap between prediction and share, weighted by the rows of each bin."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Calibrate


# %%
def calibrate(p_fit, y_fit, p_new):
    """Learn from rows with labels how far the probabilities are off, and correct those of new rows.

    p_fit: n probabilities of the label 1, exactly 0 and 1 among them
    y_fit: their labels, 0 or 1
    p_new: m probabilities of other rows, exactly 0 and 1 among them

    Returns an array of m probabilities. A larger p never gets a smaller one.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. The reliability diagram


# %%
def reliability_plot(y_true, p, bins):
    """Draw mean prediction (x) against share of the label 1 (y), and the diagonal. Return the figure."""
    raise NotImplementedError
