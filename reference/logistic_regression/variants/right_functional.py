# loses: nothing
# why: Functional, SGD with momentum, losses and metrics as classes, probabilities from calling the model.
import keras
import numpy as np
from keras import layers


def build_model(n_features):
    inputs = keras.Input(shape=(n_features,))
    outputs = layers.Dense(1, activation="sigmoid")(inputs)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=50, batch_size=64, verbose=0)


def predict_label(model, x, threshold=0.5):
    p = model(x).numpy().flatten()
    return np.where(p >= threshold, 1, 0)


def decision_boundary(model):
    w, b = model.get_weights()
    return -b[0] / w[0][0]
