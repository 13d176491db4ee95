# %% [markdown]
# # Unbalanced labels: a worked solution
#
# Of one class there are 5567 examples, of another one 354. A network that never names the rare class
# is right nearly always, and useless. Three ways to balance, and when to leave it.

# %%
import keras
import numpy as np

N_FEATURES = 6
N_CLASSES = 3

# %% [markdown]
# ## 1. Weights of classes


# %%
def class_weights(y):
    """The weight of each label: the most frequent one gets 1, one that is half as frequent gets 2."""
    labels, counts = np.unique(y, return_counts=True)
    # fit takes a dict from integers to weights.
    return {int(label): float(counts.max() / count) for label, count in zip(labels, counts)}


# %% [markdown]
# ## 2. Samples with classes of equal size


# %%
def undersample(x, y, seed):
    """As many rows of each class as the rarest has."""
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    # Without putting back: no row twice, and all of the rarest class.
    chosen = [rng.choice(np.flatnonzero(y == label), counts.min(), replace=False) for label in labels]
    # Class after class is no good order to train in.
    rows = rng.permutation(np.concatenate(chosen))
    return x[rows], y[rows]


# %%
def oversample(x, y, seed):
    """As many rows of each class as the most frequent has: all of its own, and repeated ones."""
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    chosen = [np.arange(len(y))]
    for label, count in zip(labels, counts):
        # Only what is missing is drawn, so that every row stays.
        chosen.append(rng.choice(np.flatnonzero(y == label), counts.max() - count))
    rows = rng.permutation(np.concatenate(chosen))
    return x[rows], y[rows]


# %% [markdown]
# ## 3. Train with weights


# %%
def build_model():
    """A small network for six features and three classes, compiled."""
    model = keras.Sequential(
        [
            keras.Input(shape=(N_FEATURES,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train_weighted(model, x_train, y_train):
    """Train with the weights of the classes and return the History of Keras."""
    return model.fit(
        x_train, y_train, class_weight=class_weights(y_train), epochs=20, batch_size=64, verbose=0
    )


# %% [markdown]
# ## 4. Balance at all?


# %%
def should_rebalance(situation):
    """Whether the classes of a described situation should be balanced."""
    # Where the counts are those of the world, they are knowledge that the network needs.
    counts_come_from_the_world = {"rainy_days": True, "all_mails": True, "web_search": False, "staged_photos": False}
    return not counts_come_from_the_world[situation]


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    y = np.repeat([0, 1, 2], [5567, 354, 3224])
    print("weights:", class_weights(y))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(len(y), N_FEATURES)) + np.array([[0.0], [1.5], [3.0]])[y]
    for sample in (undersample, oversample):
        print(sample.__name__, np.bincount(sample(x, y, 0)[1]))
    plain, weighted = build_model(), build_model()
    plain.fit(x, y, epochs=20, batch_size=64, verbose=0)
    train_weighted(weighted, x, y)
    for name, model in (("plain", plain), ("weighted", weighted)):
        predicted = np.argmax(model.predict(x, verbose=0), axis=1)
        print(name, [float(np.mean(predicted[y == label] == label)) for label in range(N_CLASSES)])
