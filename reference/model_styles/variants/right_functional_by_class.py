# loses: nothing
# why: The functional model is a class that hands inputs and outputs to super(); the network is built with no input shape first.
# from: reference


class Functional(keras.Model):
    def __init__(self, n_features):
        inputs = keras.Input((n_features,))
        h = keras.layers.Dense(WIDTH, activation="relu")(inputs)
        h = keras.layers.Dense(WIDTH, activation="relu")(h)
        super().__init__(inputs=inputs, outputs=keras.layers.Dense(1)(h))


def build_functional(n_features):
    return compiled(Functional(n_features))


def build_sequential(n_features):
    model = keras.Sequential(
        [
            keras.layers.Dense(WIDTH, "relu"),
            keras.layers.Dense(WIDTH, "relu"),
            keras.layers.Dense(1),
        ]
    )
    return compiled(model)
