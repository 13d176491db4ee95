import keras
from keras import losses, metrics


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=losses.mse, metrics=[metrics.mae])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


# Not written yet:
def coefficients(model): raise NotImplementedError
def predict(model, x): raise NotImplementedError
