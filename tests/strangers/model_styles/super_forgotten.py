import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        self.a = layers.Dense(32, activation="relu")
        self.b = layers.Dense(32, activation="relu")
        self.c = layers.Dense(1)

    def call(self, x):
        return self.c(self.b(self.a(x)))


def build_subclassed(n_features):
    model = Net()
    model.build((None, n_features))
    model.compile(optimizer="adam", loss="mse")
    return model


# Not written yet:
def build_sequential(n_features): raise NotImplementedError
def build_functional(n_features): raise NotImplementedError
def train(model, x, y, x_val, y_val): raise NotImplementedError
def scores(model, x, y): raise NotImplementedError
STYLE_FACTS = None
