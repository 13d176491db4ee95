import keras


def prepare(x_train, x_test):
    x_train = keras.utils.normalize(x_train, axis=1)
    x_test = keras.utils.normalize(x_test, axis=1)
    return x_train, x_test


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Not written yet:
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
