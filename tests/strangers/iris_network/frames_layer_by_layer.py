import pandas as pd
import numpy as np
from keras.callbacks import EarlyStopping, LambdaCallback
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.optimizers import Adam


def build_model():
    model = Sequential([Dense(8, input_shape=(4,)), Activation("relu"), Dense(3), Activation("softmax")])
    model.compile(Adam(0.01), "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    x_train, x_val = pd.DataFrame(x_train), pd.DataFrame(x_val)
    y_train, y_val = pd.Series(y_train), pd.Series(y_val)
    talk = LambdaCallback(on_epoch_end=lambda e, logs: print(f"\r{e} {logs['val_loss']:.3f}", end=""))
    stop = EarlyStopping("val_loss", patience=20, restore_best_weights=True)
    return model.fit(x_train, y_train, batch_size=4, epochs=70, validation_data=(x_val, y_val), callbacks=[talk, stop], verbose=0)


def forward(model, x):
    frames = [pd.DataFrame(x)]
    for layer in model.layers:
        last = frames[-1]
        if isinstance(layer, Dense):
            kernel, bias = layer.get_weights()
            frames.append(last.dot(kernel) + bias)
        elif layer.activation.__name__ == "relu":
            frames.append(last.where(last > 0, 0.0))
        else:
            powers = np.exp(last.sub(last.max(axis=1), axis=0))
            frames.append(powers.div(powers.sum(axis=1), axis=0))
    return tuple(frames)
