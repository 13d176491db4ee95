import keras
from keras.utils import plot_model


def build_model(n_features):
    x = keras.Input((n_features,))
    model = keras.Model(x, keras.layers.Dense(1, "sigmoid")(x))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.05))
    plot_model(model, to_file="model.png", show_shapes=True, show_layer_names=True)
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0) > threshold).astype("uint8").reshape(-1)


def decision_boundary(model):
    (w,), (b,) = model.get_weights()
    return float(-b / w[0])
