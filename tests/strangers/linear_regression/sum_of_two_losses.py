import keras
from keras import ops


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    mixed = lambda y, p: 0.5 * keras.losses.mean_squared_error(y, p) + 0.5 * ops.mean(ops.abs(y - p), axis=-1)
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=mixed)
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=30, verbose=0)


def coefficients(model):
    (layer,) = [l for l in model.layers if l.weights]
    return layer.kernel.numpy().squeeze(axis=1), float(layer.bias[0])


def predict(model, x):
    return model.predict(x, verbose=0)[..., 0]
