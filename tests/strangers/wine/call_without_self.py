import keras
from keras import layers


class Wines(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(16, activation="relu")
        self.b = layers.Dense(3, activation="softmax")

    def call(x):
        return self.b(self.a(x))


def build_model():
    model = Wines()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
