# loses: nothing
# why: The smallest net that does it: softmax regression without a hidden layer, 42 parameters.
import keras
import numpy as np


def prepare(x_train, x_test):
    mean, std = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    std[std == 0] = 1
    return np.float32((x_train - mean) / std), np.float32((x_test - mean) / std)


def build_model():
    model = keras.Sequential()
    model.add(keras.Input((13,)))
    model.add(keras.layers.Dense(3))
    model.add(keras.layers.Activation("softmax"))
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)
    print("val_accuracy:", history.history["val_accuracy"][-1])
    return history


def evaluate(model, x, y):
    hit = np.argmax(model.predict(x, verbose=0), axis=1) == y
    recall = tuple(hit[y == k].mean() if k in y else float("nan") for k in (0, 1, 2))
    return dict(recall=recall, accuracy=hit.mean())
