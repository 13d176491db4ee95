import keras


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mean_square_error")
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def coefficients(model):
    w, b = model.get_weights()
    return w[:, 0], b[0]


def predict(model, x):
    return model.predict(x, verbose=0)[:, 0]
