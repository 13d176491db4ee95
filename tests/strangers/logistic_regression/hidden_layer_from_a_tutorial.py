import keras


def build_model(n_features):
    model = keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=15, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0)[:, 0] > threshold).astype(int)


# Not written yet:
def decision_boundary(model): raise NotImplementedError
