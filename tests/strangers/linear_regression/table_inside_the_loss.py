import keras
import tensorflow as tf


class SquareLoss(tf.keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred))


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=SquareLoss())
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=20, verbose=0)


def coefficients(model):
    w, b = model.get_weights()
    return w, b


def predict(model, x):
    return model.predict(x, verbose=0).reshape(len(x))
