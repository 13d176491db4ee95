# loses: nothing
# why: A mean squared error of the student's own, and outputs without the second axis.
import keras
from keras import ops


def squared_error(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))


class Line(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return ops.squeeze(self.dense(inputs), axis=-1)


def build_model(n_features):
    model = Line()
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss=squared_error)
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=60, verbose=0)


def coefficients(model):
    return model.dense.kernel.numpy(), model.dense.bias.numpy()


def predict(model, x):
    return model.predict(x, verbose=0)
