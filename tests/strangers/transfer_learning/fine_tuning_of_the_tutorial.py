# after the well known tutorial: first the head, then fine-tuning of the last layers with a small rate
import keras
from keras import layers
import numpy as np


def build_model(base):
    base.trainable = False
    inputs = keras.Input(shape=(16, 16, 1))
    x = base(inputs, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(5)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.fit(x_train, y_train, epochs=20, validation_data=(x_val, y_val), verbose=0)
    base = model.layers[1]
    base.trainable = True
    for layer in base.layers[:6]:
        layer.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=10, validation_data=(x_val, y_val), verbose=0)


def count_parameters(model):
    return len(model.trainable_weights), len(model.non_trainable_weights)
