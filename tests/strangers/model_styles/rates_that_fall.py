"""BatchNorm + Dropout in all, dataclass config, functional with helper block, class with setattr."""
import keras
import numpy as np
from keras import layers

WIDTH, RATE = 80, 0.05


def dense():
    return layers.Dense(WIDTH, activation="gelu", kernel_initializer=keras.initializers.GlorotUniform())


def finish(model, lr=3e-3):
    model.compile(optimizer=keras.optimizers.AdamW(learning_rate=keras.optimizers.schedules.ExponentialDecay(lr, 300, 0.9), weight_decay=1e-4), loss="huber", metrics=["mean_absolute_error"])
    return model


def build_sequential(n_features):
    return finish(keras.Sequential([layers.Input(shape=[n_features]), dense(), layers.BatchNormalization(), layers.Dropout(RATE), dense(), layers.BatchNormalization(), layers.Dropout(RATE), layers.Dense(1, "linear")], name="seq"))


def block(t):
    t = dense()(t)
    t = layers.BatchNormalization()(t)
    return layers.Dropout(RATE)(t)


def build_functional(n_features):
    i = keras.Input(shape=(n_features,))
    o = layers.Dense(1, activation=None)(block(block(i)))
    return finish(keras.Model(inputs=[i], outputs=[o]))


def build_subclassed(n_features):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            for k in (1, 2):
                setattr(self, f"fc{k}", dense())
                setattr(self, f"bn{k}", layers.BatchNormalization())
            self.drop = layers.Dropout(RATE)
            self.head = layers.Dense(1)

        def call(self, x, training=False):
            for k in (1, 2):
                x = getattr(self, f"fc{k}")(x)
                x = getattr(self, f"bn{k}")(x, training=training)
                x = self.drop(x, training=training)
            return self.head(x)

    net = Net()
    net(np.zeros((1, n_features)))
    return finish(net)


def train(model, x, y, x_val, y_val):
    return model.fit(x, y[:, None], validation_data=(x_val, y_val[:, None]), epochs=80, batch_size=32, verbose=0,
                     callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)])


def scores(model, x, y):
    m = keras.metrics.R2Score()
    p = model.predict(x, verbose=0)
    m.update_state(y.reshape(-1, 1), p)
    return {"r2": float(m.result()), "mae": float(keras.metrics.MeanAbsoluteError()(y.reshape(-1, 1), p))}


ALL = ["sequential", "functional", "subclassed"]
STYLE_FACTS = dict(
    one_after_another="sequential", easiest_overview="sequential", branches=ALL[1:], threaded_by_hand=ALL[1:], own_layers=ALL,
    conditions_and_loops=["subclassed"], class_of_its_own=["subclassed"], shapes_known_at_once=ALL[:2], compile_and_fit=ALL)
