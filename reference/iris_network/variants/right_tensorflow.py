# loses: nothing
# why: Tensors in place of arrays, and TensorFlow's functions for the activations.

import tensorflow as tf
from tensorflow.keras import layers, models

BEND = {"relu": tf.nn.relu, "softmax": tf.nn.softmax}


def build_model():
    model = models.Sequential([layers.Input((4,)), layers.Dense(8), layers.ReLU(), layers.Dense(3), layers.Softmax()])
    model.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate.assign(0.01)
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, 10, 60, 0, validation_data=(x_val, y_val))


def bend(layer, z):
    if isinstance(layer, layers.Activation):
        return BEND[layer.activation.__name__](z)
    return tf.nn.softmax(z) if isinstance(layer, layers.Softmax) else tf.nn.relu(z)


def forward(model, x):
    z = tf.convert_to_tensor(x)
    outputs = [z]
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            z = tf.matmul(z, layer.kernel) + layer.bias
        else:
            z = bend(layer, z)
        outputs.append(z)
    return outputs
