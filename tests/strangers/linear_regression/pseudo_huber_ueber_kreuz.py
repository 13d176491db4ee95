# Falsch: y_true (n,) minus y_pred (n, 1) gibt eine Tabelle (n, n).
import keras
from keras import ops


def pseudo_huber(y_true, y_pred):
    abstand = ops.reshape(y_true, (-1,)) - y_pred
    return ops.mean(ops.sqrt(1.0 + ops.square(abstand)) - 1.0)


def build_model(n_features):
    modell = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    modell.compile(optimizer=keras.optimizers.Adam(0.05), loss=pseudo_huber)
    return modell


def train(modell, x, y):
    return modell.fit(x, y, epochs=60, batch_size=32, verbose=0)


# Noch nicht geschrieben:
def coefficients(model): raise NotImplementedError
def predict(model, x): raise NotImplementedError
