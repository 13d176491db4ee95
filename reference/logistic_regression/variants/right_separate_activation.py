# loses: nothing
# why: A separate Activation layer, RMSprop, and the border found by halving an interval, without weights.
import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(units=1))
    model.add(keras.layers.Activation("sigmoid"))
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="binary_crossentropy", metrics=["acc"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=60, batch_size=16, verbose=0)


def predict_label(model, x, threshold=0.5):
    return [1.0 if p > threshold else 0.0 for p in model.predict(x, verbose=0)[:, 0]]


def decision_boundary(model):
    def says_yes(value):
        return model(np.array([[value]], dtype="float32")).numpy()[0, 0] > 0.5

    low, high = -10.0, 10.0
    at_low = says_yes(low)
    for _ in range(30):
        middle = (low + high) / 2
        if says_yes(middle) == at_low:
            low = middle
        else:
            high = middle
    return middle
