# %% [markdown]
# # Linear regression: one layer, one neuron
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check linear_regression submission.py

# %%


# %%
def build_model(n_features):
    """Build and compile a network that is a linear regression.

    n_features: how many features a row has, such as 1 or 10

    Returns a compiled keras.Model: one Dense layer with one unit, linear, with a bias, and a loss for numbers.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Train the model with fit.

    x: array (n, n_features), standardised
    y: array (n,), the numbers to predict

    Returns the History that fit returns.
    """
    raise NotImplementedError


# %%
def coefficients(model):
    """Read the line out of the trained network.

    Returns (w, b): the weights, one per feature, and the bias, a single number.
    """
    raise NotImplementedError


# %%
def predict(model, x):
    """Predict the numbers of the rows of x.

    Returns an array (n,): one number for each row.
    """
    raise NotImplementedError
