# loses: same_function=0.5
# why: The subclassed model has tanh where the others have relu.
# from: reference


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(WIDTH, activation="tanh")
        self.second = keras.layers.Dense(WIDTH, activation="tanh")
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        return self.last(self.second(self.first(inputs)))
