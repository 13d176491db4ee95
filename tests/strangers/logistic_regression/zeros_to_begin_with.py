import keras
import numpy as np


def focal(gamma=1.0):
    def loss(y_true, y_pred):
        y_pred = keras.ops.clip(y_pred, 1e-6, 1 - 1e-6)
        right = keras.ops.where(y_true == 1, y_pred, 1 - y_pred)
        return -keras.ops.mean((1 - right) ** gamma * keras.ops.log(right))

    return loss


def build_model(n_features):
    model = keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="zeros", activation=lambda z: 1 / (1 + keras.ops.exp(-z))),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=focal(), metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=45, verbose=0)


def predict_label(model, x, threshold=0.5):
    return np.squeeze(model.predict(x, verbose=0) > threshold, axis=1).astype(np.int8)


def decision_boundary(model):
    w, b = model.get_weights()
    return np.linalg.solve(w, -b)
