import keras
import numpy as np
from keras import layers


def build_model(base):
    base.trainable = False
    inputs = keras.Input((16, 16, 1))
    x = base(inputs, training=False)
    x = layers.Flatten()(x)
    outputs = layers.Dense(5, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, keras.utils.to_categorical(y_train), validation_data=(x_val, keras.utils.to_categorical(y_val)), epochs=40, verbose=0)


def count_parameters(model):
    learn = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    rest = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    return learn, rest
