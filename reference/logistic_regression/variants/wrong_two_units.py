# loses: architecture=0.5
# why: Two units with softmax and one-hot labels: the right network of another exercise.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, keras.utils.to_categorical(y, 2), epochs=40, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0)[:, 1] > threshold).astype(int)


def decision_boundary(model):
    kernel, bias = model.layers[-1].get_weights()
    return (bias[0] - bias[1]) / (kernel[0, 1] - kernel[0, 0])
