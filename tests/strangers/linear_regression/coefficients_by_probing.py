import keras
import numpy as np


def build_model(n_features):
    inputs = keras.layers.Input((n_features,))
    outputs = keras.layers.Dense(1)(inputs)
    model = keras.models.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.03), "log_cosh")
    return model


def train(model, x, y):
    rows = np.random.default_rng(0).permutation(len(x))
    return model.fit(x[rows], y[rows], batch_size=10, epochs=40, validation_split=0.05, verbose=0)


def coefficients(model):
    """The answer at zero is the bias; one step along an axis adds the weight of that axis."""
    n = model.input_shape[-1]
    at_zero = predict(model, np.zeros((1, n)))[0]
    return predict(model, np.eye(n)) - at_zero, at_zero


def predict(model, x):
    return model(np.asarray(x, dtype="float32"))[:, 0].numpy()
