import keras


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=1), loss="mse")
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=20, verbose=0)


# Not written yet:
def coefficients(model): raise NotImplementedError
def predict(model, x): raise NotImplementedError
