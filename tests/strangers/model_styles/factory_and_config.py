import keras
import numpy as np
from sklearn.metrics import r2_score, mean_absolute_error
from functools import partial

dense = partial(keras.layers.Dense, units=48, kernel_initializer="he_normal")

def _finish(m):
    opt = keras.optimizers.get({"class_name": "Adam", "config": {"learning_rate": 0.005}})
    m.compile(optimizer=opt, loss=keras.losses.Huber(), metrics=["mae"])
    return m

def build_sequential(n_features):
    m = keras.Sequential(name="s")
    m.add(keras.Input((n_features,)))
    for _ in range(2):
        m.add(dense())
        m.add(keras.layers.Activation("gelu"))
    m.add(keras.layers.Dense(1))
    return _finish(m)

def build_functional(n_features):
    t = i = keras.Input((n_features,))
    for k in range(2):
        t = keras.layers.Activation("gelu", name=f"a{k}")(dense(name=f"d{k}")(t))
    return _finish(keras.Model(i, keras.layers.Dense(1)(t)))

@keras.saving.register_keras_serializable(package="styles")
class Net(keras.Model):
    def __init__(self, n_features, **kw):
        super().__init__(**kw)
        self.n_features = n_features
        self.blocks = [(dense(), keras.layers.Activation("gelu")) for _ in range(2)]
        self.out = keras.layers.Dense(1)
        self(keras.ops.zeros((1, n_features)))
    def call(self, x, training=False):
        for d, a in self.blocks:
            x = a(d(x))
        return self.out(x)
    def get_config(self):
        return {**super().get_config(), "n_features": self.n_features}

def build_subclassed(n_features):
    return _finish(Net(n_features))

def train(model, x, y, x_val, y_val):
    sched = keras.callbacks.LearningRateScheduler(lambda e, lr: lr * 0.95)
    return model.fit(x, y, epochs=40, batch_size=25, validation_data=(x_val, y_val), callbacks=[sched], verbose=0)

def scores(model, x, y):
    p = model.predict(x, verbose=0).squeeze()
    return {"r2": round(r2_score(y, p), 3), "mae": round(mean_absolute_error(y, p), 3)}

STYLE_FACTS = dict(
    one_after_another="sequential", easiest_overview=["sequential"],
    branches=("functional", "subclassed"), threaded_by_hand=frozenset({"functional", "subclassed"}),
    own_layers={"sequential", "functional", "subclassed"}, conditions_and_loops="subclassed",
    class_of_its_own="subclassed", shapes_known_at_once="sequential, functional", compile_and_fit="all",
)
