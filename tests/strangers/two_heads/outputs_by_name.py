# tf.keras as in 2021: dicts for everything
import numpy as np
import matplotlib.pyplot as plt
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.layers import Activation, Dense, Dropout, Input, concatenate
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import RMSprop


def build_model():
    inp = Input(shape=(8,))
    h = Dense(64, activation="relu", name="shared_1")(inp)
    h = Dropout(0.05)(h)
    h = Dense(64, activation="relu", name="shared_2")(h)
    h = concatenate([h, inp])

    r = Dense(16, activation="relu")(h)
    r = Dense(1, activation="linear", name="sweetness")(r)

    c = Dense(16, activation="relu")(h)
    c = Dense(3)(c)
    c = Activation("softmax", name="variety")(c)

    model = Model(inputs=inp, outputs=[r, c])
    model.compile(
        loss={"sweetness": "mse", "variety": "sparse_categorical_crossentropy"},
        loss_weights={"sweetness": 1 / 80, "variety": 1.0},
        optimizer=RMSprop(0.003),
        metrics={"sweetness": "mae", "variety": "acc"},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    cb = [EarlyStopping(monitor="val_loss", patience=15), ReduceLROnPlateau(monitor="val_variety_loss", mode="min", patience=6)]
    hist = model.fit(
        x_train, {"sweetness": sweetness_train, "variety": variety_train}, epochs=60, verbose=0, callbacks=cb,
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
    )
    for key in ("sweetness_loss", "variety_loss"):
        plt.plot(hist.history[key], label=key)
    plt.legend()
    plt.savefig("curves.png")
    return hist


def scores(model, x, sweetness, variety):
    result = dict(zip(model.output_names, model.predict(x)))
    sweet, var = result["sweetness"].squeeze(), np.argmax(result["variety"], -1)
    r2 = 1 - ((sweetness - sweet) ** 2).sum() / ((sweetness - sweetness.mean()) ** 2).sum()
    acc = sum(a == b for a, b in zip(var, variety)) / len(variety)
    return {"sweetness": r2, "variety": acc}
