import numpy as np
import keras
from keras import layers


def build_model():
    model = keras.Sequential([
        layers.Input((4,)),
        layers.Dense(8),
        layers.Activation("relu"),
        layers.Dense(3),
        layers.Activation("softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.fit(x_train, y_train, epochs=80, validation_data=(x_val, y_val), verbose=0)
    return model


def forward(model, x):
    result = [x]
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            kernel, bias = layer.get_weights()
            x = kernel @ x + bias
        elif layer.activation.__name__ == "relu":
            x = np.maximum(x, 0)
        else:
            x = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        result.append(x)
    return result
