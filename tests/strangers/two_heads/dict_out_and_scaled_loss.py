"""Losses of one size without loss_weights: the number's loss is measured in units of its spread."""
import keras
from keras import layers, ops

SPREAD = 10.0


def squared_error_in_spreads(y_true, y_pred):
    y_true = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), y_pred.dtype)
    return ops.mean(ops.square((y_true - y_pred) / SPREAD), axis=-1)


def block(x, n):
    y = layers.Dense(n, activation="silu")(x)
    return layers.Concatenate()([x, y])


def build_model():
    x = entry = keras.Input((8,))
    for n in (24, 24):
        x = block(x, n)
    out = {
        "sweetness": layers.Rescaling(SPREAD)(layers.Dense(1)(x)),
        "variety": layers.Dense(3, activation="softmax")(x),
    }
    model = keras.Model(entry, out)
    model.compile(
        keras.optimizers.Adam(0.005),
        loss={"sweetness": squared_error_in_spreads, "variety": keras.losses.sparse_categorical_crossentropy},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    y = dict(sweetness=sweetness_train, variety=variety_train)
    y_val = dict(sweetness=sweetness_val, variety=variety_val)
    return model.fit(x_train, y, batch_size=25, epochs=40, validation_data=(x_val, y_val), verbose=0)


def scores(model, x, sweetness, variety):
    out = model.predict(x, verbose=0)
    r2 = keras.metrics.R2Score()
    r2.update_state(sweetness.reshape(-1, 1), out["sweetness"])
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    accuracy.update_state(variety, out["variety"])
    return {"variety": float(accuracy.result()), "sweetness": float(r2.result())}
