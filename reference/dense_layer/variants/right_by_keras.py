# loses: nothing
# why: Keras counts, its functions for arrays compute; the properties are set after the layer was made.
import keras
from keras import layers, ops, regularizers


def count_parameters(n_inputs, units, use_bias):
    layer = layers.Dense(units, use_bias=use_bias)
    layer.build((None, n_inputs))
    return layer.count_params()


def dense(x, kernel, bias, activation):
    z = ops.matmul(ops.convert_to_tensor(x, "float32"), ops.convert_to_tensor(kernel, "float32"))
    if bias is not None:
        z = ops.add(z, ops.convert_to_tensor(bias, "float32"))
    return keras.activations.get(activation)(z)


def make_layer(description):
    layer = layers.Dense(100 if description == "he" else 4, use_bias=description != "no bias")
    if description == "constant":
        layer.kernel_initializer = keras.initializers.get({"class_name": "Constant", "config": {"value": 0.5}})
        layer.bias_initializer = keras.initializers.Ones()
    elif description == "he":
        layer.kernel_initializer = keras.initializers.get("HeNormal")
    elif description == "l2":
        layer.kernel_regularizer = regularizers.l2(0.01)
    elif description == "non-negative":
        layer.kernel_constraint = keras.constraints.get("NonNeg")
    elif description == "frozen":
        layer.trainable = False
    return layer
