# loses: nothing
# why: The sums are written as loops over plain Python lists.
import math

import keras


def count_parameters(n_inputs, units, use_bias):
    count = 0
    for _ in range(units):
        count += n_inputs
        if use_bias:
            count += 1
    return count


def activate(row, activation):
    if activation == "relu":
        return [max(0.0, z) for z in row]
    if activation == "tanh":
        return [math.tanh(z) for z in row]
    if activation == "sigmoid":
        return [1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z)) for z in row]
    if activation == "softmax":
        powers = [math.exp(z - max(row)) for z in row]
        return [power / sum(powers) for power in powers]
    return row


def dense(x, kernel, bias, activation):
    rows = []
    for values in x:
        row = []
        for unit in range(len(kernel[0])):
            total = 0.0 if bias is None else float(bias[unit])
            for value, weights in zip(values, kernel):
                total += float(value) * float(weights[unit])
            row.append(total)
        rows.append(activate(row, activation))
    return rows


def make_layer(description):
    match description:
        case "constant":
            return keras.layers.Dense(4, kernel_initializer=lambda s, dtype=None: keras.ops.full(s, 0.5, dtype),
                                      bias_initializer=lambda s, dtype=None: keras.ops.ones(s, dtype))
        case "he":
            return keras.layers.Dense(100, kernel_initializer=keras.initializers.VarianceScaling(2.0))
        case "no bias":
            return keras.layers.Dense(4, use_bias=False)
        case "l2":
            return keras.layers.Dense(4, kernel_regularizer=lambda w: 0.01 * keras.ops.sum(w**2))
        case "non-negative":
            return keras.layers.Dense(4, kernel_constraint=lambda w: keras.ops.maximum(w, 0.0))
        case "frozen":
            layer = keras.layers.Dense(4)
            layer.trainable = False
            return layer
