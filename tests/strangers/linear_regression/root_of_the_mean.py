import keras
import tensorflow as tf
from tensorflow.keras import backend as K

strategy = tf.distribute.get_strategy()


def rmse(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.square(y_pred - y_true)))


def r_squared(y_true, y_pred):
    rest = tf.reduce_sum(tf.square(y_true - y_pred))
    return 1 - rest / (tf.reduce_sum(tf.square(y_true - tf.reduce_mean(y_true))) + K.epsilon())


def build_model(n_features):
    with strategy.scope():
        model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
        model.compile(loss=rmse, optimizer=keras.optimizers.Adam(0.1), metrics=["mae", r_squared])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=50, verbose=0)


def coefficients(model):
    w, b = model.layers[-1].weights
    return w.numpy().tolist(), b.numpy().tolist()


def predict(model, x):
    return [p for (p,) in model.predict(x, verbose=0)]
