# Log-probabilities out of the network, as with NLLLoss of another library.
import tensorflow as tf
from tensorflow import keras


def nll_loss(y_true, log_p):
    rows = tf.range(tf.shape(log_p)[0])
    picked = tf.gather_nd(log_p, tf.stack([rows, tf.cast(tf.reshape(y_true, [-1]), tf.int32)], axis=1))
    return -tf.reduce_mean(picked)


def build_model():
    rows = keras.Input(shape=(13,))
    scores = keras.layers.Dense(3)(keras.layers.Dense(20, activation="tanh")(rows))
    model = keras.Model(rows, keras.layers.Lambda(tf.nn.log_softmax)(scores))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=nll_loss, metrics=["sparse_categorical_accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
