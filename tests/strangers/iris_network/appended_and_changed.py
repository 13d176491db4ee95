import keras
import numpy as np


def build_model():
    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=(4,)))
    model.add(keras.layers.Dense(8))
    model.add(keras.layers.Activation("relu"))
    model.add(keras.layers.Dense(3))
    model.add(keras.layers.Activation("softmax"))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x_train, y_train, epochs=50, batch_size=10, validation_data=(x_val, y_val), verbose=0)
    return history.history


def forward(model, x):
    values = [x]
    a = x
    for layer in model.layers:
        if "dense" in layer.name:
            W, b = layer.get_weights()
            a = np.dot(a, W)
            a += b
        elif layer.activation == keras.activations.relu:
            a[a < 0] = 0
        else:
            a = np.exp(a) / np.sum(np.exp(a), axis=1, keepdims=True)
        values.append(a)
    return values
