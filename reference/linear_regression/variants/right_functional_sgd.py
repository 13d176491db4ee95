# loses: nothing
# why: A functional model, trained by plain SGD, with w as a list of Python floats.
from keras import Input, Model, layers, optimizers


def build_model(n_features):
    inputs = Input((n_features,))
    outputs = layers.Dense(units=1, activation="linear", name="line")(inputs)
    model = Model(inputs, outputs)
    model.compile(loss="mean_squared_error", optimizer=optimizers.SGD(0.01))
    return model


def train(model, x, y):
    history = model.fit(x, y.reshape(-1, 1), batch_size=16, epochs=60, verbose=0)
    return history


def coefficients(model):
    w, b = model.get_layer("line").get_weights()
    return [float(v) for v in w.flatten()], b.item()


def predict(model, x):
    return model(x).numpy().ravel()
