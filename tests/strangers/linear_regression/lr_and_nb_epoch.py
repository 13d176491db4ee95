from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import SGD


def build_model(n_features):
    model = Sequential()
    model.add(Dense(1, input_dim=n_features, activation="linear"))
    model.compile(loss="mse", optimizer=SGD(0.05))
    return model


def train(model, x, y):
    return model.fit(x, y, nb_epoch=40, batch_size=16, verbose=0)


def coefficients(model):
    w, b = model.layers[0].get_weights()
    return w[:, 0], b[0]


def predict(model, x):
    return model.predict(x, verbose=0)[:, 0]
