# Falsch: fit bekommt 1 - y; das Modell lernt das Gegenteil.
import keras


def build_model(n_features):
    modell = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    modell.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return modell


def train(modell, x, y):
    return modell.fit(x, 1 - y, epochs=40, batch_size=32, verbose=0)


# Noch nicht geschrieben:
def predict_label(model, x, threshold=0.5): raise NotImplementedError
def decision_boundary(model): raise NotImplementedError
