# loses: nothing
# why: A subclassed model with a Huber loss; the coefficients are Keras variables, the predictions a column.
import keras


class Line(keras.Model):
    def __init__(self):
        super().__init__()
        self.neuron = keras.layers.Dense(1)

    def call(self, x):
        return self.neuron(x)


def build_model(n_features):
    model = Line()
    model.build((None, n_features))
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=keras.losses.Huber(), metrics=[keras.metrics.R2Score()])
    return model


def train(model, x, y):
    return model.fit(x, y[:, None], epochs=50, verbose=0)


def coefficients(model):
    return model.neuron.kernel, model.neuron.bias


def predict(model, x):
    return model.predict_on_batch(x)
