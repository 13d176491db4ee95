# %% [markdown]
# # Transfer learning: a worked solution
#
# A base that has learned the digits 0 to 4 already sees strokes and corners. A new head on it needs a few
# hundred pictures to tell 5 to 9 apart.

# %%
import keras
import numpy as np

N_CLASSES = 5

# %% [markdown]
# ## 1. A new head on a trained base


# %%
def build_model(base):
    """The frozen base, its features in one row, and a softmax over the new digits."""
    # Before compile: the optimizer gets the weights that are trainable then.
    base.trainable = False
    model = keras.Sequential(
        [
            keras.Input(shape=base.input_shape[1:]),
            base,
            keras.layers.Flatten(),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.003),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train the head and return the History of Keras."""
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0)


# %% [markdown]
# ## 2. Count what learns


# %%
def count_parameters(model):
    """How many numbers learn, and how many do not."""
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return trainable, model.count_params() - trainable


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    base = keras.Sequential([keras.Input(shape=(16, 16, 1)), keras.layers.Conv2D(8, 3), keras.layers.MaxPooling2D(7)])
    model = build_model(base)
    print("learn and do not:", count_parameters(model))
    x, y = np.random.default_rng(0).random((200, 16, 16, 1)), np.arange(200) % N_CLASSES
    history = train(model, x, y, x, y)
    print("accuracy on noise:", history.history["accuracy"][-1])
