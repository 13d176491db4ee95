from dataclasses import dataclass, field
from typing import Any
import os, random
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import keras
from keras import ops
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler
from sklearn.feature_selection import VarianceThreshold

SEED = 42
random.seed(SEED); np.random.seed(SEED); keras.utils.set_random_seed(SEED)


@dataclass
class Config:
    units: tuple[int, ...] = (12,)
    lr: float = 5e-3
    epochs: int = 60
    l2: float = 1e-4
    extra: dict[str, Any] = field(default_factory=dict)


CFG = Config()


def prepare(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pipe: Pipeline = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())
    return pipe.fit_transform(x_train), pipe.transform(x_test)


@keras.saving.register_keras_serializable()
class SoftmaxOutput(keras.layers.Layer):
    def call(self, x):
        e = ops.exp(x - ops.max(x, axis=-1, keepdims=True))
        return e / ops.sum(e, axis=-1, keepdims=True)


def my_accuracy(y_true, y_pred):
    return ops.mean(ops.cast(ops.equal(ops.cast(ops.reshape(y_true, (-1,)), "int64"), ops.cast(ops.argmax(y_pred, -1), "int64")), "float32"))


def build_model() -> keras.Model:
    net = keras.models.Sequential(name="wine_net")
    net.add(keras.layers.InputLayer(shape=(13,)))
    for u in CFG.units:
        net.add(keras.layers.Dense(u, kernel_regularizer=keras.regularizers.l2(CFG.l2)))
        net.add(keras.layers.LeakyReLU(negative_slope=0.1))
    net.add(keras.layers.Dense(3))
    net.add(SoftmaxOutput())
    net.compile(keras.optimizers.AdamW(CFG.lr, clipnorm=1.0), "sparse_categorical_crossentropy", metrics=[my_accuracy], jit_compile=False, steps_per_execution=2)
    return net


def train(model, x_train, y_train, x_val, y_val):
    es = keras.callbacks.EarlyStopping(monitor="val_my_accuracy", mode="max", patience=15, restore_best_weights=True)
    rl = keras.callbacks.ReduceLROnPlateau(patience=5, factor=0.5, verbose=1)
    ck = keras.callbacks.ModelCheckpoint("best.weights.h5", save_best_only=True, save_weights_only=True)
    lam = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: print(f"{e:3d}", {k: round(float(v), 3) for k, v in logs.items()}))
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=CFG.epochs, batch_size=10, callbacks=[es, rl, ck, lam], verbose=2)


def evaluate(model, x, y):
    p = np.argmax(model.predict(x, verbose=0), axis=1)
    cm = keras.ops.convert_to_numpy(keras.ops.zeros((3, 3)))
    cm = np.array(cm)
    for t, q in zip(y, p):
        cm[t, q] += 1
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = np.diag(cm) / cm.sum(axis=1)
    return dict(accuracy=np.trace(cm) / cm.sum(), recall=dict(enumerate(recall)))
