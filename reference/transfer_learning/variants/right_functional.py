# loses: nothing
# why: The functional style, base(inputs, training=False), global average pooling, logits, sizes from Keras's summary.

import keras
from keras import layers


def build_model(base):
    base.trainable = False
    inputs = keras.Input(shape=(16, 16, 1))
    x = base(inputs, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(5)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=40, batch_size=32, validation_data=(x_val, y_val), verbose=2)


def count_parameters(model):
    trainable = sum(keras.ops.size(w) for w in model.trainable_weights)
    frozen = sum(keras.ops.size(w) for w in model.non_trainable_weights)
    return int(trainable), int(frozen)
