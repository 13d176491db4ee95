# loses: non_negative
# why: Each weight becomes 1 after each step, so nothing is learned.
# from: reference


def make_layer(description):
    if description == "constant":
        return keras.layers.Dense(
            4, kernel_initializer=keras.initializers.Constant(0.5), bias_initializer="ones"
        )
    if description == "he":
        return keras.layers.Dense(100, kernel_initializer="he_normal")
    if description == "no bias":
        return keras.layers.Dense(4, use_bias=False)
    if description == "l2":
        return keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01))
    if description == "non-negative":
        return keras.layers.Dense(4, kernel_constraint=lambda w: 0.0 * w + 1.0)
    if description == "frozen":
        return keras.layers.Dense(4, trainable=False)
    raise ValueError(description)
