# loses: nothing
# why: A Normalization layer inside, adapted in train, so that the border has to be computed back from its scale.
import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential(
        [
            keras.Input(shape=(n_features,)),
            keras.layers.Normalization(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    model.layers[0].adapt(x)
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0).ravel() > threshold).astype(np.int64)


def decision_boundary(model):
    norm, dense = model.layers
    w, b = dense.get_weights()
    scaled = -b[0] / w[0, 0]
    mean, variance = np.ravel(norm.mean)[0], np.ravel(norm.variance)[0]
    return scaled * np.sqrt(variance) + mean
