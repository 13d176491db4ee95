# Wrong: a share of the rows for the batch size.
import keras


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=0.5, verbose=0)


# Not written yet:
def predict_label(model, x, threshold=0.5): raise NotImplementedError
def decision_boundary(model): raise NotImplementedError
