import keras
import numpy as np
from sklearn.metrics import accuracy_score, recall_score


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=25, batch_size=16, verbose=0)


def evaluate(model, x, y):
    y_pred = np.argmax(model.predict(x, verbose=0), axis=1)
    return {"accuracy": accuracy_score(y_pred, y), "recall": recall_score(y_pred, y, average=None, labels=[0, 1, 2], zero_division=0)}


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
