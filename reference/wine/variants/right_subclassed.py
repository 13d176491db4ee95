# loses: nothing
# why: Subclassed, keras.layers.Normalization as the scaler (tensors come back), recalls as a dict.
import keras
import numpy as np


def prepare(x_train, x_test):
    normalise = keras.layers.Normalization()
    normalise.adapt(np.asarray(x_train))
    return normalise(x_train), normalise(x_test)


class WineNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="elu")
        self.head = keras.layers.Dense(3)
        self.to_probabilities = keras.layers.Softmax()

    def call(self, x):
        return self.to_probabilities(self.head(self.hidden(x)))


def build_model():
    model = WineNet()
    model.compile(
        optimizer=keras.optimizers.RMSprop(0.005),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=16, verbose=0)


def evaluate(model, x, y):
    loss, accuracy = model.evaluate(x, y, verbose=0)
    predicted = np.argmax(model(x), axis=1)
    recall = {}
    for k in range(3):
        of_class = predicted[y == k]
        recall[k] = float((of_class == k).mean()) if len(of_class) else 0.0
    return {"loss": loss, "accuracy": accuracy, "recall": recall}
