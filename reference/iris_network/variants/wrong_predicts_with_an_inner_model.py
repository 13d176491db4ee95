# loses: forward, any_network
# why: Keras computes the values: a model whose outputs are those of all layers.
# from: reference


def forward(model, x):
    inner = keras.Model(model.inputs, [layer.output for layer in model.layers])
    return [x, *inner.predict(x, verbose=0)]
