import keras
from keras import layers

# Which activation is best? Let the network choose.
NAMES = """celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid mish relu relu6
selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus tanh tanh_shrink threshold""".split()


def build_model():
    rows = keras.Input((13,))
    activations = {name: getattr(keras.activations, name, None) for name in NAMES}
    activations["threshold"] = lambda z: keras.ops.threshold(z, 0.2, 0.0)
    branches = [layers.Dense(4, activation=activation, name=name)(rows) for name, activation in activations.items()]
    together = layers.Dropout(0.2)(layers.Concatenate()(branches))
    model = keras.Model(rows, layers.Dense(3, activation="softmax")(together))
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=30, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
