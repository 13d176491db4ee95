import keras


def build_model():
    rows = keras.Input((13,))
    hidden = keras.layers.Dense(16, activation="relu")(rows)
    model = keras.Model(rows, keras.layers.Dense(3, activation="softmax", name="grower")(hidden))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_val, validation_data=(x_val, y_val), epochs=2, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
