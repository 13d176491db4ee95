# loses: nothing
# why: A linear head with from_logits=True, SGD, and recalls from a confusion matrix with nan for what is absent.
import keras
import numpy as np
from keras.layers import Dense, Input
from keras.losses import SparseCategoricalCrossentropy
from keras.models import Sequential


def prepare(x_train, x_test):
    m, s = x_train.mean(0), x_train.std(0, ddof=1) + 1e-8
    return (x_train - m) / s, (x_test - m) / s


def build_model():
    model = Sequential([Input((13,)), Dense(8, activation="relu"), Dense(3)])
    model.compile(keras.optimizers.SGD(0.1), SparseCategoricalCrossentropy(from_logits=True), metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, 8, 50, validation_data=(x_val, y_val), verbose=0)


def evaluate(model, x, y):
    logits = model.predict(x, verbose=0)
    table = np.zeros((3, 3))
    for true, said in zip(y, logits.argmax(1)):
        table[true, said] += 1
    with np.errstate(invalid="ignore"):
        recall = table.diagonal() / table.sum(axis=1)
    return {"accuracy": table.trace() / table.sum(), "recall": recall.round(3)}
