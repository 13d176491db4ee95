"""Everything below fit is mine: layers, dropout, one step of training."""
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow import keras


class HousingModel(keras.Model):
    def __init__(self, width=20, keep=0.93):
        super().__init__()
        self.h1 = keras.layers.Dense(width, activation=tf.nn.silu)
        self.h2 = keras.layers.Dense(width, activation=tf.nn.silu)
        self.out = keras.layers.Dense(1)
        self.keep = keep
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def drop(self, h, training):
        if not training:
            return h
        return tf.nn.dropout(h, rate=1 - self.keep)

    def call(self, x, training=False):
        h = self.drop(self.h1(x), training)
        h = self.drop(self.h2(h), training)
        return self.out(h)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        grads = tape.gradient(loss, self.trainable_variables)
        grads = [tf.clip_by_norm(g, 5.0) for g in grads]
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    @property
    def metrics(self):
        return [self.loss_tracker]

    def test_step(self, data):
        x, y = data
        self.loss_tracker.update_state(self.compute_loss(x=x, y=y, y_pred=self(x, training=False)))
        return {"loss": self.loss_tracker.result()}


def prepare(x_train, x_test, y_train, y_test):
    norm = keras.layers.Normalization()
    norm.adapt(x_train)
    return norm(x_train), norm(x_test), y_train, y_test


def build_model():
    model = HousingModel()
    model(tf.zeros((1, 8)))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=600, decay_rate=0.7)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss=keras.losses.MeanSquaredError())
    return model


def train(model, x_train, y_train, x_val, y_val):
    y_train, y_val = np.expand_dims(y_train, 1), np.expand_dims(y_val, 1)
    data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(32)
    held_out = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(400)
    return model.fit(data, epochs=40, validation_data=held_out, verbose=0)


def scores(model, x, y):
    r2, mae = keras.metrics.R2Score(), keras.metrics.MeanAbsoluteError()
    y = tf.reshape(tf.cast(y, tf.float32), (-1, 1))
    y_pred = model(x, training=False)
    r2.update_state(y, y_pred)
    mae.update_state(y, y_pred)
    return {"r2": r2.result(), "mae": mae.result()}


def residual_plot(model, x, y):
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    prediction = tf.squeeze(model(x), axis=-1).numpy()
    residual = y - prediction
    left.plot(prediction, residual, ".", ms=3)
    left.plot([prediction.min(), prediction.max()], [0, 0], "r-")
    left.set(xlabel="predicted value (100 k$)", ylabel="residual")
    right.hist(residual, bins=40)
    right.set(xlabel="residual", ylabel="districts")
    return fig
