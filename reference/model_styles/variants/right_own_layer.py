# loses: nothing
# why: A layer class of the student's own in the subclassed model, plain SGD with momentum, a narrow net.
# from: reference

WIDTH = 16
ACTIVATION = "elu"


def compiled(model):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.03, momentum=0.9), loss="mse")
    return model


class Hidden(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, x):
        return keras.ops.elu(keras.ops.matmul(x, self.w) + self.b)


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.block_1 = Hidden(WIDTH)
        self.block_2 = Hidden(WIDTH)
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(self.block_2(self.block_1(inputs)))


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=40, batch_size=64, verbose=0)
