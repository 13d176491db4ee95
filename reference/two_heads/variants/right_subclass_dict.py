# loses: nothing
# why: A subclassed network that returns a dict; predictions in a loop over the scores.

import tensorflow as tf
from tensorflow import keras


class TwoHeads(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(32, activation="relu")
        self.second = keras.layers.Dense(32, activation="relu")
        self.heads = {"sweetness": keras.layers.Dense(1), "variety": keras.layers.Dense(3, activation="softmax")}
        self.sweet, self.kind = self.heads["sweetness"], self.heads["variety"]

    def call(self, inputs):
        x = self.second(self.first(inputs))
        return {"variety": self.kind(x), "sweetness": self.sweet(x)}


def build_model():
    model = TwoHeads()
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss={"sweetness": "huber", "variety": "sparse_categorical_crossentropy"},
        loss_weights={"sweetness": 0.2, "variety": 1.0},
        metrics={"variety": "accuracy"},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(
        x_train,
        {"sweetness": sweetness_train, "variety": variety_train},
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
        epochs=30,
        verbose=0,
    )


def scores(model, x, sweetness, variety):
    answer = model(x)
    rest = tf.reduce_sum(tf.square(sweetness - tf.squeeze(answer["sweetness"])))
    all_of_it = tf.reduce_sum(tf.square(sweetness - tf.reduce_mean(sweetness)))
    right = tf.equal(tf.argmax(answer["variety"], axis=-1), tf.cast(variety, tf.int64))
    return dict(sweetness=1 - rest / all_of_it, variety=tf.reduce_mean(tf.cast(right, tf.float32)))
