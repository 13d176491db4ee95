import tensorflow as tf
from tensorflow import keras


class AppleNet(keras.Model):
    """tuple out: (sweetness, logits of the variety)"""

    def __init__(self):
        super().__init__()
        self.trunk = [keras.layers.Dense(n, activation="gelu") for n in (40, 40)]
        self.number = keras.layers.Dense(1)
        self.classes = keras.layers.Dense(3)

    def call(self, x):
        for layer in self.trunk:
            x = layer(x)
        return self.number(x), self.classes(x)


def build_model():
    net = AppleNet()
    net.build((None, 8))
    net.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss=[keras.losses.MeanAbsoluteError(), keras.losses.SparseCategoricalCrossentropy(from_logits=True)],
        loss_weights=[0.2, 1],
    )
    return net


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    def dataset(x, s, v):
        return tf.data.Dataset.from_tensor_slices((x, (s[:, None], v))).cache().batch(32)

    train_ds = dataset(x_train, sweetness_train, variety_train).shuffle(32)
    val_ds = dataset(x_val, sweetness_val, variety_val)
    return model.fit(train_ds, validation_data=val_ds, epochs=50, verbose=0)


def scores(model, x, sweetness, variety):
    s, logits = model(tf.convert_to_tensor(x))
    s = tf.cast(s[:, 0], tf.float64)
    residual = tf.reduce_sum((sweetness - s) ** 2)
    total = tf.reduce_sum((sweetness - tf.reduce_mean(tf.cast(sweetness, tf.float64))) ** 2)
    hits = tf.equal(tf.argmax(logits, axis=1), variety)
    return {"sweetness": 1 - residual / total, "variety": tf.reduce_mean(tf.cast(hits, tf.float32))}
