# loses: nothing
# why: Functional, StandardScaler, one-hot labels made inside train, and the metrics of scikit-learn.
import keras
from keras import layers
from sklearn.metrics import accuracy_score, recall_score
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test):
    scaler = StandardScaler()
    scaler.fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test)


def build_model():
    inputs = keras.Input(shape=(13,))
    x = layers.Dense(24, activation="tanh")(inputs)
    outputs = layers.Dense(3, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    y_train = keras.utils.to_categorical(y_train, 3)
    y_val = keras.utils.to_categorical(y_val, 3)
    return model.fit(x_train, y_train, epochs=40, batch_size=16, validation_data=(x_val, y_val), verbose=0)


def evaluate(model, x, y):
    predicted = model.predict(x, verbose=0).argmax(axis=-1)
    recall = recall_score(y, predicted, labels=[0, 1, 2], average=None, zero_division=0)
    return {"accuracy": accuracy_score(y, predicted), "recall": recall}
