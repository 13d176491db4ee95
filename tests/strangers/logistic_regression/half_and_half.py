# Wrong: a straight output with squared errors; the border comes from the formula of the sheet, which is right.
import keras


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


def decision_boundary(model):
    w, b = model.layers[-1].get_weights()
    return float(-b[0] / w[0, 0])


# Not written yet:
def predict_label(model, x, threshold=0.5): raise NotImplementedError
