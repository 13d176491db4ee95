import keras


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=["mse"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


def coefficients(model):
    weights, bias = model.get_weights()
    return weights[:, 0], float(bias[0])


def predict(model, x):
    return model.predict(x, verbose=0).ravel()
