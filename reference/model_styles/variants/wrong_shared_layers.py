# loses: own_weights
# why: The layers are made once, at the top, and all three models use them.
# from: reference

FIRST = keras.layers.Dense(WIDTH, activation=ACTIVATION)
SECOND = keras.layers.Dense(WIDTH, activation=ACTIVATION)
LAST = keras.layers.Dense(1)


def build_sequential(n_features):
    return compiled(keras.Sequential([keras.Input(shape=(n_features,)), FIRST, SECOND, LAST]))


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    return compiled(keras.Model(inputs, LAST(SECOND(FIRST(inputs)))))


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = FIRST, SECOND, LAST

    def call(self, inputs):
        return self.last(self.second(self.first(inputs)))


def build_subclassed(n_features):
    return compiled(Network())
