import keras
import tensorflow as tf
from scipy.optimize import brentq
from scipy.special import expit


def logistic_loss(y_true, z):
    """log(1 + e^z) - y z, which is the cross-entropy of sigmoid(z)."""
    y = tf.cast(tf.reshape(y_true, tf.shape(z)), z.dtype)
    return tf.reduce_mean(tf.nn.softplus(z) - y * z, axis=-1)


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=logistic_loss)
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (expit(model.predict(x, verbose=0)).squeeze(-1) > threshold).astype("int32")


def decision_boundary(model):
    return brentq(lambda v: float(model(tf.constant([[v]], tf.float32))[0, 0]), -50, 50)
