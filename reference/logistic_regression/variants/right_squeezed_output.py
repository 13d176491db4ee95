# loses: nothing
# why: The network puts out (n,) instead of (n, 1); weights and bias are read by their position.
import keras


class Neuron(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return keras.ops.squeeze(self.dense(x), axis=-1)


def build_model(n_features):
    model = Neuron()
    model.build((None, n_features))
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss=keras.losses.binary_crossentropy)
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=50, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    return keras.ops.cast(model(x) > threshold, "int32")


def decision_boundary(model):
    kernel, bias = model.trainable_variables
    return keras.ops.convert_to_numpy(-bias / kernel[:, 0])
