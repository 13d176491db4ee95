# from an answer on how to get the output of each layer
import numpy as np
import keras
from keras.layers import Dense, Activation


def build_model():
    model = keras.Sequential([keras.Input((4,)), Dense(8), Activation("relu"), Dense(3), Activation("softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    n = int(len(x_train) * 0.8)
    return model.fit(x_train[:n], y_train[:n], epochs=60, batch_size=4, validation_split=0.2, verbose=0)


def forward(model, x):
    extractor = keras.Model(inputs=model.inputs, outputs=[layer.output for layer in model.layers])
    features = extractor(x)
    return [x] + [np.array(f) for f in features]
