# loses: dense
# why: A Dense layer of Keras computes what was to be computed with NumPy.
# from: reference


def dense(x, kernel, bias, activation):
    kernel = np.asarray(kernel)
    layer = keras.layers.Dense(kernel.shape[1], activation=activation, use_bias=bias is not None)
    layer.build((None, kernel.shape[0]))
    layer.set_weights([kernel] if bias is None else [kernel, np.asarray(bias)])
    return layer(np.asarray(x, dtype="float32"))
