# loses: dropout, r2
# why: training=True in call: predictions are a matter of luck.
# from: reference


class Prices(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = keras.layers.Dense(16, activation="relu")
        self.two = keras.layers.Dense(16, activation="relu")
        self.dropout = keras.layers.Dropout(0.05)
        self.out = keras.layers.Dense(1)

    def call(self, x):
        x = self.dropout(self.one(x), training=True)
        return self.out(self.dropout(self.two(x), training=True))


def build_model():
    model = Prices()
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return model
