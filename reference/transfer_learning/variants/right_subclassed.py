# loses: nothing
# why: A subclassed network with the base as an attribute, frozen in train() and compiled again there.

import keras
import tensorflow as tf


class Transfer(keras.Model):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.pool = keras.layers.GlobalAveragePooling2D()
        self.out = keras.layers.Dense(5, activation="softmax")

    def call(self, x, training=False):
        return self.out(self.pool(self.base(x, training=False)))


def build_model(base):
    model = Transfer(base)
    model.base.trainable = False
    model.build((None, 16, 16, 1))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.compile(
        optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(300, seed=1).batch(16)
    best = keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True)
    return model.fit(data, validation_data=(x_val, y_val), epochs=30, callbacks=[best], verbose=0)


def count_parameters(model):
    trainable = frozen = 0
    for variable in model.weights:
        if any(variable is other for other in model.trainable_weights):
            trainable += variable.shape.num_elements() if hasattr(variable.shape, "num_elements") else tf.size(variable)
        else:
            frozen += tf.size(variable)
    return int(trainable), int(frozen)
