# %% [markdown]
# # House prices in California: a worked solution
#
# A network of two small hidden layers predicts the median value of houses in a district. Linear regression is what it
# has to beat: that is quick, and where it is good enough nobody needs a network.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.preprocessing import StandardScaler


# %%
def prepare(x_train, x_test, y_train, y_test):
    """Means and deviations come from the training part alone. The values are in 100,000 dollars: small already."""
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test


def build_model():
    """Two hidden layers of 16 units with a little dropout, and a linear output: a price may be any number."""
    model = keras.Sequential(
        [
            keras.Input(shape=(8,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.05),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.05),
            keras.layers.Dense(1),
        ]
    )
    # A larger step than Adam's 0.001: there are few rows, and so few steps in an epoch.
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mean_squared_error", metrics=["mae"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train the network and return the History of Keras."""
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=64, verbose=0)


def predict(model, x):
    """One number for each row; the network itself gives a column (n, 1)."""
    return model.predict(x, verbose=0).ravel()


def scores(model, x, y):
    """R² and the mean absolute error, in 100,000 dollars."""
    predicted = predict(model, x)
    return {"r2": r2_score(y, predicted), "mae": mean_absolute_error(y, predicted)}


def residual_plot(model, x, y):
    """What is left of each value when the prediction is taken away, against the prediction."""
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(predicted, y - predicted, s=8)
    axes.axhline(0, color="black", linewidth=1)
    axes.set_xlabel("prediction (100,000 dollars)")
    axes.set_ylabel("residual: value - prediction")
    return figure


# %% [markdown]
# ## Is the network worth it?
#
# The table has to be downloaded once: `grader data fetch california_housing`.

# %%
if __name__ == "__main__":
    from sklearn.datasets import fetch_california_housing
    from sklearn.model_selection import train_test_split

    keras.utils.set_random_seed(0)
    x, y = fetch_california_housing(return_X_y=True)
    x, y = x[:3200], y[:3200]
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=0)
    x_train, x_test, y_train, y_test = prepare(x_train, x_test, y_train, y_test)
    x_train, x_val, y_train, y_val = train_test_split(x_train, y_train, test_size=0.2, random_state=0)

    model = build_model()
    history = train(model, x_train, y_train, x_val, y_val)
    print("loss:", history.history["loss"][-1], "without dropout:", history.history["val_loss"][-1])
    print("network:          ", scores(model, x_test, y_test))
    line = LinearRegression().fit(x_train, y_train)
    print("linear regression:", {"r2": line.score(x_test, y_test)})
    residual_plot(model, x_test, y_test)
    plt.show()
