import numpy as np
import keras
from keras import ops

N_CLASSES = 3


def crossentropy_of_integers(y_true, y_pred):
    y_true = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), N_CLASSES)
    return -ops.sum(y_true * ops.log(y_pred + 1e-7), axis=-1)


class LossLogger(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


class Network:
    """Builds, trains and takes apart."""

    sizes = (4, 8, N_CLASSES)

    @classmethod
    def create(cls):
        layers = [keras.Input((cls.sizes[0],))]
        for i, n in enumerate(cls.sizes[1:], start=1):
            layers += [keras.layers.Dense(n), keras.layers.Activation("softmax" if i == len(cls.sizes) - 1 else "relu")]
        model = keras.Sequential(layers)
        model.compile(loss=crossentropy_of_integers, optimizer=keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
                      metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")])
        return model

    def __init__(self, model):
        dense = filter(lambda l: type(l) is keras.layers.Dense, model.layers)
        self.params = [(np.asarray(l.kernel), np.asarray(l.bias)) for l in dense]

    def run(self, x):
        yield x
        *inner, (w_last, b_last) = self.params
        for w, b in inner:
            z = x @ w + b
            yield z
            x = z * (z > 0)
            yield x
        z = x @ w_last + b_last
        yield z
        e = np.exp(z - z.max(-1, keepdims=True))
        yield e / e.sum(-1)[:, None]


def build_model():
    return Network.create()


def train(model, x_train, y_train, x_val, y_val):
    logger = LossLogger()
    history = model.fit(x=x_train, y=y_train, epochs=45, batch_size=16, validation_data=(x_val, y_val), callbacks=[logger], verbose=0)
    print("batches:", len(logger.losses), "last:", logger.losses[-1])
    return history


def forward(model, x):
    return [*Network(model).run(x)]
