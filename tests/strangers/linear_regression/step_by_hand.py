import keras, numpy as np
import tensorflow as tf


class Regression(keras.Model):
    """linear regression, trained by a hand-written gradient step inside train_step"""

    def __init__(self, **kw):
        super().__init__(**kw)
        self.dense = keras.layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        y = tf.reshape(tf.cast(y, tf.float32), (-1, 1))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        grads = tape.gradient(loss, self.trainable_variables)
        for v, g in zip(self.trainable_variables, grads):
            v.assign_sub(0.05 * g)
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def build_model(n_features):
    m = Regression()
    m.build((None, n_features))
    m.compile(optimizer="sgd", loss="mse")
    return m


def train(model, x, y):
    return model.fit(x, y, epochs=100, batch_size=32, verbose=0)


def coefficients(model):
    return model.dense.kernel[:, 0], model.dense.bias[0]


def predict(model, x):
    return model.predict(x, verbose=0).reshape(-1)
