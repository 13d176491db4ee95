# loses: subclassed
# why: The class makes a finished Sequential in __init__ and only calls it.
# from: reference


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential(
            [
                keras.layers.Dense(WIDTH, activation=ACTIVATION),
                keras.layers.Dense(WIDTH, activation=ACTIVATION),
                keras.layers.Dense(1),
            ]
        )

    def call(self, inputs):
        return self.net(inputs)
