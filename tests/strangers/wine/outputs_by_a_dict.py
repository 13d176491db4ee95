import keras, numpy as np
from keras.layers import Dense, Input, Dropout
from keras.models import Model
from keras.callbacks import *

def build_model():
    inputs = Input(shape=(13,), name="wine")
    x = Dense(32, activation="relu", name="fc1")(inputs)
    x = Dropout(.5)(x)
    probs = Dense(3, activation="softmax", name="grower")(x)
    model = Model(inputs={"wine": inputs}, outputs={"grower": probs})
    model.compile(optimizer="adam", loss={"grower": "sparse_categorical_crossentropy"}, metrics={"grower": ["accuracy"]})
    return model

def train(model, x_train, y_train, x_val, y_val):
    return model.fit({"wine": x_train}, {"grower": y_train}, validation_data=({"wine": x_val}, {"grower": y_val}), epochs=80, batch_size=8, verbose=0)

def evaluate(model, x, y):
    p = model.predict({"wine": x}, verbose=0)["grower"].argmax(axis=1)
    return {"accuracy": np.mean(p == y), "recall": [np.mean(p[y == i] == i) if i in y else np.nan for i in range(3)]}


def prepare(x_train, x_test):
    raise NotImplementedError
