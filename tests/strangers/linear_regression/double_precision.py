import keras
import numpy as np

keras.config.set_floatx("float64")


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, dtype="float64")])
    model.compile(optimizer=keras.optimizers.Adam(0.05, beta_1=0.8), loss=keras.losses.mean_squared_error)
    return model


def train(model, x, y):
    enough = keras.callbacks.EarlyStopping(monitor="loss", min_delta=1e-6, patience=4, restore_best_weights=True)
    slower = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.3, patience=2)
    return model.fit(np.float64(x), np.float64(y), epochs=120, batch_size=16, shuffle=True, callbacks=[enough, slower], verbose=0)


def coefficients(model):
    return tuple(np.squeeze(part, axis=-1) for part in model.get_weights())


def predict(model, x):
    return np.concatenate(model.predict(x, verbose=0))
