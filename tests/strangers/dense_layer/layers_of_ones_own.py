import math

import keras
from keras import ops


class Plain(keras.layers.Layer):
    """Dense, once more, to see how it is made."""

    def __init__(self, units, kernel="glorot_uniform", bias="zeros", has_bias=True, penalty=0.0, clip=False, **kwargs):
        super().__init__(**kwargs)
        self.units, self.kernel_init, self.bias_init = units, kernel, bias
        self.has_bias, self.penalty, self.clip = has_bias, penalty, clip

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=self.kernel_init, name="kernel",
            constraint=(lambda w: ops.maximum(w, 0.0)) if self.clip else None,
        )
        self.bias = self.add_weight(shape=(self.units,), initializer=self.bias_init, name="bias") if self.has_bias else 0.0

    def call(self, inputs):
        if self.penalty:
            self.add_loss(self.penalty * ops.sum(ops.square(self.kernel)))
        return ops.matmul(inputs, self.kernel) + self.bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


def make_layer(description):
    match description:
        case "constant":
            return Plain(4, kernel=keras.initializers.Constant(value=0.5), bias="ones")
        case "he":
            return Plain(100, kernel=keras.initializers.HeNormal())
        case "no bias":
            return Plain(4, has_bias=False)
        case "l2":
            return Plain(4, penalty=0.01)
        case "non-negative":
            return Plain(4, clip=True)
        case "frozen":
            return Plain(4, trainable=False)
    raise KeyError(description)


def count_parameters(n_inputs: int, units: int, use_bias: bool) -> int:
    return (n_inputs + 1 if use_bias else n_inputs) * units


def _apply(row, activation):
    if activation == "relu":
        return [z if z > 0 else 0.0 for z in row]
    if activation == "tanh":
        return [math.tanh(z) for z in row]
    if activation == "sigmoid":
        return [1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z)) for z in row]
    if activation == "softmax":
        powers = [math.exp(z - max(row)) for z in row]
        return [p / math.fsum(powers) for p in powers]
    return row


def dense(x, kernel, bias, activation):
    units = len(kernel[0])
    bias = [0.0] * units if bias is None else bias
    result = []
    for row in x:
        z = [float(bias[j]) + sum(float(v) * float(kernel[i][j]) for i, v in enumerate(row)) for j in range(units)]
        result.append(_apply(z, activation))
    return result
