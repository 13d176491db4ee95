"""Cosine classifier on standardised features; Normalization adapted on features in train; loss of one-hot rows made inside."""
import keras
from keras import ops
import numpy as np


class CosineHead(keras.layers.Layer):
    def __init__(self, classes, **kw):
        super().__init__(**kw)
        self.classes = classes

    def build(self, shape):
        self.prototypes = self.add_weight(shape=(shape[-1], self.classes), initializer="glorot_uniform", name="prototypes")
        self.scale = self.add_weight(shape=(), initializer=keras.initializers.Constant(8.0), name="scale")

    def call(self, x):
        a = x / ops.sqrt(ops.sum(x * x, -1, keepdims=True) + 1e-9)
        b = self.prototypes / ops.sqrt(ops.sum(ops.square(self.prototypes), 0, keepdims=True) + 1e-9)
        return self.scale * ops.matmul(a, b)

    def compute_output_shape(self, s):
        return (s[0], self.classes)


@keras.saving.register_keras_serializable()
def smooth_ce(y_true, y_pred):
    y = ops.one_hot(ops.cast(ops.reshape(y_true, [-1]), "int32"), 5)
    return keras.losses.categorical_crossentropy(y, y_pred, label_smoothing=0.05)


def build_model(base):
    base.trainable = False
    model = keras.models.Sequential(name="uebertragen")
    model.add(keras.layers.InputLayer(shape=base.input_shape[1:]))
    model.add(base)
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Normalization(name="z"))
    model.add(keras.layers.Dense(5))
    model.add(keras.layers.Softmax())
    model.compile("adam", smooth_ce, metrics=["accuracy"])
    model.optimizer.learning_rate.assign(0.01)
    return model


def train(model, x_train, y_train, x_val, y_val):
    features = keras.Sequential([model.layers[0], keras.layers.Flatten()]).predict(x_train, verbose=0)
    model.get_layer("z").adapt(features)
    model.make_train_function(force=True)
    return model.fit(x_train, y_train, epochs=60, batch_size=30, validation_data=(x_val, y_val), verbose=0)


def count_parameters(model):
    total = model.count_params()
    frozen = sum(np.size(w) for w in model.non_trainable_variables if "seed" not in w.path)
    return [int(total - frozen), int(frozen)]
