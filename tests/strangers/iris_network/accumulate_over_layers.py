from itertools import accumulate

import keras
import numpy as np
from keras import layers, optimizers
from scipy import special


def build_model():
    net = keras.Sequential(name="iris_4_8_3")
    net.add(keras.Input(shape=(4,), name="blossom"))
    net.add(layers.Dense(8, kernel_initializer="he_uniform", name="hidden"))
    net.add(layers.Activation(keras.activations.relu, name="bend"))
    net.add(layers.Dense(3, name="scores"))
    net.add(layers.Activation(keras.ops.softmax, name="shares"))
    steps = optimizers.schedules.PiecewiseConstantDecay([600, 900], [0.02, 0.01, 0.005])
    net.compile(optimizers.Nadam(steps), loss=keras.losses.SparseCategoricalCrossentropy())
    return net


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, 8, 60, 0, validation_data=(x_val, y_val))


def step(values, layer):
    match layer:
        case layers.Dense():
            return np.einsum("ni,iu->nu", values, layer.kernel.numpy(), dtype=np.float64) + layer.bias.numpy()
        case layers.Activation() if "softmax" in str(layer.activation):
            return special.softmax(values, axis=1)
        case layers.Activation():
            return np.clip(values, 0, None)


def forward(model, x):
    return list(accumulate(model.layers, step, initial=x))
