import numpy as np, keras

def build_model():
    x = keras.Input((4,))
    h = keras.layers.Dense(8)(x)
    h = keras.layers.Activation("relu")(h)
    h = keras.layers.Dense(3)(h)
    m = keras.Model(x, keras.layers.Activation("softmax")(h))
    m.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["acc"])
    m.optimizer.learning_rate = 0.02
    return m

def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, batch_size=8, epochs=50, validation_data=(x_val, y_val), verbose=0)

def forward(model, x):
    """yields layer by layer"""
    x = np.asarray(x)
    yield x
    for i, layer in enumerate(l for l in model.layers if not isinstance(l, keras.layers.InputLayer)):
        if i % 2 == 0:
            W, b = layer.weights
            x = x @ W.numpy() + b.numpy()
        elif layer.get_config()["activation"] == "relu":
            x = np.clip(x, 0, None)
        else:
            x = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
        yield x
