import keras
import numpy as np

keras.mixed_precision.set_global_policy("mixed_bfloat16")

def count_parameters(n_inputs, units, use_bias):
    return keras.layers.Dense(units, use_bias=use_bias).count_params() if False else n_inputs * units + units * bool(use_bias)

def dense(x, kernel, bias, activation):
    z = np.asarray(x, dtype=np.float64) @ np.asarray(kernel) + (0 if bias is None else np.asarray(bias))
    from scipy.special import expit, softmax
    return {"linear": lambda v: v, "relu": lambda v: np.maximum(v, 0), "sigmoid": expit, "tanh": np.tanh, "softmax": lambda v: softmax(v, axis=1)}[activation](z)

def make_layer(description):
    kw = {
        "constant": dict(units=4, kernel_initializer=keras.initializers.Constant(0.5), bias_initializer="ones"),
        "he": dict(units=100, kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_in", "truncated_normal")),
        "no bias": dict(units=4, use_bias=False),
        "l2": dict(units=4, kernel_regularizer=keras.regularizers.L1L2(l2=0.01)),
        "non-negative": dict(units=4, kernel_constraint=keras.constraints.NonNeg()),
        "frozen": dict(units=4, trainable=False),
    }[description]
    return keras.layers.Dense(**kw)
