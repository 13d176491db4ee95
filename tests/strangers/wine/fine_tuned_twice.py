import keras
from sklearn.metrics import accuracy_score, recall_score


def build_model():
    model = keras.Sequential()
    model.add(keras.layers.Dense(8, activation="tanh", input_shape=(13,)))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    """First with large steps, then with small ones and another optimizer."""
    common = dict(validation_data=(x_val, y_val), batch_size=16, verbose=0)
    model.fit(x_train, y_train, epochs=15, **common)
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=22, initial_epoch=15, **common)


def evaluate(model, x, y):
    answers = model.predict(x, verbose=0).argmax(axis=1)
    recall = recall_score(y, answers, labels=range(3), average=None, zero_division=0)
    return dict(accuracy=accuracy_score(y, answers), recall=recall)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
