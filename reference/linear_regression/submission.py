# %% [markdown]
# # Linear regression with Keras: a worked solution
#
# A Dense layer with one unit computes `w · x + b`: that is a linear regression. What scikit-learn solves
# with a formula, the network finds step by step, down the slope of the mean squared error.

# %%
import keras
import numpy as np
from sklearn.linear_model import LinearRegression


# %%
def build_model(n_features):
    """One neuron without activation: its output is any number, below zero as well."""
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
    # The default learning rate of Adam, 0.001, would need hundreds of epochs for so few rows.
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse", metrics=["mae"])
    return model


def train(model, x, y):
    """Train the network and return the History of Keras."""
    return model.fit(x, y, epochs=60, batch_size=32, verbose=0)


def coefficients(model):
    """The weights (n_features,) and the bias, a single number."""
    kernel, bias = model.layers[-1].get_weights()
    return kernel[:, 0], float(bias[0])


def predict(model, x):
    """One number for each row; the network itself gives a column (n, 1)."""
    return model.predict(x, verbose=0)[:, 0]


# %% [markdown]
# ## Is that really the same as scikit-learn's?

# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 3))
    y = x @ np.array([2.0, -1.0, 0.5]) + 3.0 + random.normal(scale=0.1, size=400)

    model = build_model(x.shape[1])
    history = train(model, x, y)
    print("loss:", history.history["loss"][0], "→", history.history["loss"][-1])

    line = LinearRegression().fit(x, y)
    w, b = coefficients(model)
    print("bias:", b, "scikit-learn:", line.intercept_)
    for mine, theirs in zip(w, line.coef_):
        print(f"{mine:8.3f} {theirs:8.3f}")
    print("largest difference of the predictions:", np.abs(predict(model, x) - line.predict(x)).max())
