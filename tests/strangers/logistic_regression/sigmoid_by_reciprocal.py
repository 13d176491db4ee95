import keras
from keras import layers, ops


def build_model(n_features):
    x = keras.Input((n_features,))
    z = layers.Dense(1, name="z")(x)
    p = layers.Lambda(lambda t: 1.0 - ops.reciprocal(1.0 + ops.exp(t)))(z)
    model = keras.Model(x, p)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=lambda y, q: keras.losses.binary_crossentropy(y, q), metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def predict_label(model, x, threshold=0.5):
    return ops.cast(model(x)[:, 0] > threshold, "int32")


def decision_boundary(model):
    w, b = model.get_layer("z").get_weights()
    return (-b / w[0])[0]
