# loses: subclassed, same_layers=0.5, own_weights=0.5, same_function=0.5, r2
# why: call makes new layers, with new random weights, each time.
# from: reference


class Network(keras.Model):
    def call(self, inputs):
        hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
        hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(hidden)
        return keras.layers.Dense(1)(hidden)


def build_subclassed(n_features):
    return compiled(Network())
