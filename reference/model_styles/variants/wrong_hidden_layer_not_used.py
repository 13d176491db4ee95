# loses: same_layers=0.5, same_function=0.5
# why: call computes the second hidden layer, but goes on with what the first one gave.
# from: reference


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(WIDTH, activation=ACTIVATION)
        self.second = keras.layers.Dense(WIDTH, activation=ACTIVATION)
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        hidden = self.first(inputs)
        self.second(hidden)
        return self.last(hidden)
