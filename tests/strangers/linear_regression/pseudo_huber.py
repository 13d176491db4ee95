import keras
import tensorflow as tf


class PseudoHuber(tf.keras.losses.Loss):
    def __init__(self, delta=2.0):
        super().__init__()
        self.delta = delta

    def call(self, y_true, y_pred):
        z = (tf.reshape(tf.cast(y_true, y_pred.dtype), (-1, 1)) - y_pred) / self.delta
        return tf.reduce_mean(self.delta**2 * (tf.sqrt(1 + z**2) - 1), axis=-1)


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.EinsumDense("ab,bc->ac", output_shape=1, bias_axes="c")])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=PseudoHuber())
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=30, verbose=0)


def coefficients(model):
    w, b = model.get_weights()
    return w, b


def predict(model, x):
    return model.predict(x, verbose=0).reshape(len(x))
