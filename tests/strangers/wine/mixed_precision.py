import keras

keras.mixed_precision.set_global_policy("mixed_float16")


def build_model():
    inputs = keras.Input(shape=(13,), dtype="float32")
    x = keras.layers.Dense(16, activation="relu")(inputs)
    x = keras.layers.Dense(3)(x)
    outputs = keras.layers.Activation("softmax", dtype="float32")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
