import keras
from keras import layers


def ready(model):
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model


def build_sequential(n_features):
    return ready(keras.Sequential([keras.Input((n_features,)), layers.Dense(32, "relu"), layers.Dense(32, "relu"), layers.Dense(1)]))


def build_functional(n_features):
    a = keras.Input((n_features,))
    return ready(keras.Model(a, layers.Dense(1)(layers.Dense(32, "relu")(layers.Dense(32, "relu")(a)))))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = layers.Dense(32, "relu"), layers.Dense(32, "relu"), layers.Dense(1)

    def call(self, x):
        x = self.a(x)
        x = self.b(x)
        x = self.c(x)


def build_subclassed(n_features):
    model = Net()
    model.build((None, n_features))
    return ready(model)


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=8, verbose=0)


# Not written yet:
def scores(model, x, y): raise NotImplementedError
STYLE_FACTS = None
