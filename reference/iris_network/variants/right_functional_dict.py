# loses: nothing
# why: The functional style with layers of the activations' own classes, values in a dict, weights by their names.

from keras import Input, Model
from keras.layers import Activation, Dense
import numpy as np


def build_model():
    flower = Input((4,), name="flower")
    z = Dense(8, name="hidden")(flower)
    z = Activation("relu", name="bend")(z)
    z = Dense(3, name="scores")(z)
    species = Activation("softmax", name="species")(z)
    model = Model(flower, species)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.02
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=60, batch_size=16, validation_data=(x_val, y_val), verbose=0)


def forward(model, x):
    steps = {"input": x}
    current = x
    for layer in model.layers[1:]:
        if hasattr(layer, "kernel"):
            current = np.dot(current, layer.kernel.numpy()) + layer.bias.numpy()
        elif layer.get_config()["activation"] == "relu":
            current = current * (current > 0)
        else:
            current = np.exp(current) / np.exp(current).sum(axis=-1, keepdims=True)
        steps[layer.name] = current
    return steps
