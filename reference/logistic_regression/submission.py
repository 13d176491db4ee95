# %% [markdown]
# # Logistic regression: a worked solution
#
# A single neuron: a weighted sum of the features and a bias, squeezed by the sigmoid into a
# probability. It is the smallest network that says yes or no, and the same formula as scikit-learn's
# `LogisticRegression`.

# %%
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# %% [markdown]
# ## 1. Build and train the neuron


# %%
def build_model(n_features):
    """One Dense layer with one unit, compiled and ready to train."""
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.05), loss="binary_crossentropy", metrics=["accuracy"]
    )
    return model


def train(model, x, y):
    """Train the model and return the History of Keras."""
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


# %% [markdown]
# ## 2. Decide
#
# The network gives a probability. What is done with it is another decision: whoever must not miss a
# yes asks for little, whoever must not cry wolf asks for much.


# %%
def predict_label(model, x, threshold=0.5):
    """1 where the probability is above the threshold, else 0."""
    probabilities = model.predict(x, verbose=0)[:, 0]
    return (probabilities > threshold).astype(int)


def decision_boundary(model):
    """Where the model says 0.5: the sigmoid of 0 is 0.5, so w * x + b has to be 0."""
    kernel, bias = model.layers[-1].get_weights()
    return float(-bias[0] / kernel[0, 0])


# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, stratify=y, random_state=0)
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

    model = build_model(x_train.shape[1])
    train(model, x_train, y_train)
    classic = LogisticRegression(C=np.inf, max_iter=10_000).fit(x_train, y_train)
    print("Keras:       ", np.mean(predict_label(model, x_test) == y_test))
    print("scikit-learn:", classic.score(x_test, y_test))
    for threshold in [0.1, 0.5, 0.9]:
        print(f"above {threshold}: {predict_label(model, x_test, threshold).sum()} of {len(x_test)}")

    # The first feature alone: the mean radius.
    model = build_model(1)
    train(model, x_train[:, :1], y_train)
    print("the radius decides at", decision_boundary(model))
