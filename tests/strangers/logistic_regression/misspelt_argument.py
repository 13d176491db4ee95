from tensorflow.keras.layers import Activation, Dense
from tensorflow.keras.models import Sequential


def build_model(n_features):
    model = Sequential()
    model.add(Dense(imput_dim=n_features, units=1))
    model.add(Activation("sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["binary_accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=5, verbose=0)


# Not written yet:
def predict_label(model, x, threshold=0.5): raise NotImplementedError
def decision_boundary(model): raise NotImplementedError
