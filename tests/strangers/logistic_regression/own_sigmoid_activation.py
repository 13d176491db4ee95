import keras
import tensorflow as tf


def my_sigmoid(z):
    return 1.0 / (1.0 + tf.exp(-z))


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation=my_sigmoid)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=60, batch_size=16, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0)[:, 0] > threshold).astype(int)


def decision_boundary(model):
    weight, bias = model.layers[0].get_weights()
    return float(-bias[0] / weight[0, 0])
