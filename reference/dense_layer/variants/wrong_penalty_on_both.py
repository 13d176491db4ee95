# loses: l2
# why: The bias, which begins as zero, gets the penalty as well.
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
        return keras.layers.Dense(4, kernel_regularizer="l2", bias_regularizer="l2")
    if description == "non-negative":
        return keras.layers.Dense(4, kernel_constraint=keras.constraints.NonNeg())
    if description == "frozen":
        return keras.layers.Dense(4, trainable=False)
    raise ValueError(description)
