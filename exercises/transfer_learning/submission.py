# %% [markdown]
# # Transfer learning
#
# Read the task sheet (`task.md`, auf Deutsch `task.de.md`) first. Replace each
# `raise NotImplementedError` by your own code and keep the names of the functions and the order of
# their arguments. You may add imports, helper functions and cells wherever you like. Check your work
# as often as you want, unfinished functions are fine:
#
#     grader check transfer_learning submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. A new head on a trained base


# %%
def build_model(base):
    """Build and compile a network for five new digits on a base that knows other ones.

    base: a keras.Model without head, trained on the digits 0 to 4. It takes pictures (n, 16, 16, 1)
          and gives features (n, 2, 2, 64)

    Returns a compiled keras.Model with five outputs. The base is in it and frozen. Output activation and
    loss fit each other and the labels, which are integers from 0 to 4.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Train the head with fit and return the History that fit returns.

    x_train, x_val: pictures (n, 16, 16, 1) from 0 to 1
    y_train, y_val: integer labels from 0 to 4, one for each of the digits 5 to 9; the validation data
                    go to fit as well
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Count what learns


# %%
def count_parameters(model):
    """Return two integers: how many numbers of the model training may change, and how many it may not."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Try it yourself
#
# `base.npz` holds the layers of the trained base and its weights. `grader start` puts it beside this file. This
# cell reads it, and makes a second base with the same layers and random weights: see how much worse the same
# head becomes on it.


# %%
if __name__ == "__main__":
    with np.load("base.npz") as saved:
        base = keras.models.model_from_json(saved["architecture"].tobytes().decode())
        base.set_weights([saved[name] for name in sorted(saved.files) if name.startswith("weight_")])
    untrained_base = keras.models.clone_model(base)
    base.summary()
