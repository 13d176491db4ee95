import keras


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    # In wine.data the growers are called 1, 2 and 3.
    return model.fit(x_train, y_train - 1, validation_data=(x_val, y_val - 1), epochs=20, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
