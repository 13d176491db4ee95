# %% [markdown]
# # One trunk, two heads: a worked solution
#
# Two tasks for one network: how sweet is an apple, and of which variety is it? The first layers learn
# for both; each task has a head, a loss and a score of its own.

# %%
import keras
import numpy as np

N_FEATURES = 8
N_VARIETIES = 3

# %% [markdown]
# ## 1. A network with two outputs


# %%
def build_model():
    """A trunk of two layers with two heads, compiled."""
    features = keras.Input(shape=(N_FEATURES,))
    trunk = keras.layers.Dense(32, activation="relu")(features)
    trunk = keras.layers.Dense(16, activation="relu")(trunk)
    # The names of the layers become the names of the outputs.
    sweetness = keras.layers.Dense(1, name="sweetness")(trunk)
    variety = keras.layers.Dense(N_VARIETIES, activation="softmax", name="variety")(trunk)
    model = keras.Model(features, [sweetness, variety])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.003),
        loss={"sweetness": "mean_squared_error", "variety": "sparse_categorical_crossentropy"},
        # The squared error begins at about 100, the cross-entropy at about 1.
        loss_weights={"sweetness": 0.01, "variety": 1.0},
        metrics={"sweetness": ["mean_absolute_error"], "variety": ["accuracy"]},
    )
    return model


# %% [markdown]
# ## 2. Train it


# %%
def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    """Train on the labels of both outputs and return the History of Keras."""
    return model.fit(
        x_train,
        {"sweetness": sweetness_train, "variety": variety_train},
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
        epochs=20,
        batch_size=32,
        verbose=0,
    )


# %% [markdown]
# ## 3. Score each output


# %%
def scores(model, x, sweetness, variety):
    """R² of the sweetness and accuracy of the variety."""
    predicted_sweetness, probabilities = model.predict(x, verbose=0)
    # (n, 1) minus (n,) would be a table (n, n).
    errors = sweetness - predicted_sweetness[:, 0]
    r2 = 1 - np.sum(errors**2) / np.sum((sweetness - np.mean(sweetness)) ** 2)
    accuracy = np.mean(np.argmax(probabilities, axis=1) == variety)
    return {"sweetness": float(r2), "variety": float(accuracy)}


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1500, N_FEATURES)).astype("float32")
    sweetness = 10 * np.tanh(2 * x[:, 0]) + 9 * np.abs(x[:, 1])
    variety = (x[:, 0] > 0).astype(int) + (x[:, 1] > 1)
    model = build_model()
    train(model, x[:1000], sweetness[:1000], variety[:1000], x[1000:], sweetness[1000:], variety[1000:])
    print(scores(model, x[1000:], sweetness[1000:], variety[1000:]))
