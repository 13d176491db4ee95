# %% [markdown]
# # Wines from three growers: a worked solution
#
# 178 wines, 13 measured features each, from three growers of one region. A small network tells the
# growers apart: bring the features to one scale, build and train, and judge each grower by itself.

# %%
import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

N_FEATURES = 13
N_CLASSES = 3

# %% [markdown]
# ## 1. Prepare the data
#
# Proline is counted in hundreds, hue in tenths. Without a common scale, the first layer would see
# little more than proline.


# %%
def prepare(x_train, x_test):
    """Both parts standardised by means and standard deviations of the training part."""
    mean = np.mean(x_train, axis=0)
    deviation = np.std(x_train, axis=0)
    # A feature that never changes has no deviation to divide by.
    deviation = np.where(deviation > 0, deviation, 1.0)
    # The test part is measured with the same ruler: nobody knows its statistics when the network is used.
    return (x_train - mean) / deviation, (x_test - mean) / deviation


# %% [markdown]
# ## 2. Build and train the network
#
# One hidden layer of 16 units is enough: 275 parameters for 90 wines. The labels are integers, so the
# loss is the sparse one.


# %%
def build_model():
    """The network for the wines, compiled and ready to train."""
    model = keras.Sequential(
        [
            keras.Input(shape=(N_FEATURES,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train the network and return the History of Keras."""
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)


# %% [markdown]
# ## 3. Judge the network


# %%
def evaluate(model, x, y):
    """Accuracy over all rows, and for each grower the share of its wines that is recognised."""
    predicted = np.argmax(model.predict(x, verbose=0), axis=1)
    right = predicted == y
    recall = [np.mean(right[y == grower]) if np.any(y == grower) else np.nan for grower in range(N_CLASSES)]
    return {"accuracy": np.mean(right), "recall": recall}


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    x, y = load_wine(return_X_y=True)
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=0)
    x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=0)

    scaled_train, scaled_val = prepare(x_train, x_val)
    _, scaled_test = prepare(x_train, x_test)
    model = build_model()
    model.summary()
    history = train(model, scaled_train, y_train, scaled_val, y_val)
    print("validation accuracy:", history.history["val_accuracy"][-1])
    print("test rows:", evaluate(model, scaled_test, y_test))
