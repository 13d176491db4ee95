import numpy as np
import pandas as pd
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense, Input


def prepare(x_train, x_test):
    train, test = pd.DataFrame(x_train), pd.DataFrame(x_test)
    center = train.mean()
    width = train.std().replace(0, 1)
    return (train - center) / width, (test - center) / width


def build_model():
    model = Sequential([Input(shape=(13,)), Dense(10, activation="softplus"), Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["sparse_categorical_accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    y_train = pd.Series(y_train, name="grower")
    return model.fit(pd.DataFrame(x_train), y_train, epochs=60, batch_size=8, validation_data=(x_val, y_val), verbose=0)


def evaluate(model, x, y):
    table = pd.DataFrame({"true": y, "said": np.argmax(model.predict(x, verbose=0), axis=-1)})
    table["hit"] = table.true == table.said
    recall = table.groupby("true").hit.mean().reindex([0, 1, 2])
    return {"accuracy": table.hit.mean(), "recall": recall.tolist(), "rows": len(table)}
