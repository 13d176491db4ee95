"""What students do with `fit`, as code: done with plain Keras and without, each must leave the same."""

from typing import NamedTuple


class Case(NamedTuple):
    """Code, and whether epochs are to be done in one go in it."""

    code: str
    fast: bool = True


PRELUDE = """
import keras, numpy as np, tensorflow as tf
from keras import layers

data = np.random.default_rng(1)
x = data.normal(0, 1, (100, 4)).astype("float32")
labels = data.integers(0, 3, 100)
y = np.eye(3, dtype="float32")[labels]
numbers = (x @ [1, -2, 3, 0.5] + 1).astype("float32")
x_val, y_val = x[:45] + 0.1, y[:45]
held = {"validation_data": (x_val, y_val), "epochs": 3, "verbose": 0}
once = {"epochs": 2, "verbose": 0, "batch_size": 16}

def network(*middle, head=None):
    head = head or layers.Dense(3, "softmax")
    return keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), *middle, head])

def compiled(*middle, optimizer="adam", loss="categorical_crossentropy", metrics=("accuracy",), head=None):
    made = network(*middle, head=head)
    made.compile(optimizer, loss, metrics=list(metrics))
    return made

def several(*made):
    for one in made:
        one.fit(x, y, **once)
    return list(made)
"""

# Everything here goes in one go.
FAST = {
    "plain": "model = compiled(); left = model.fit(x, y, **held).history",
    "validation in other batches, now and then, of a part": """
model = compiled()
model.fit(x, y, validation_batch_size=7, validation_freq=2, **held)
model.fit(x, y, validation_split=0.2, shuffle=False, **once)
""",
    "dropout, noise and batch normalisation": """
noise = layers.GaussianNoise(0.2), layers.GaussianDropout(0.1)
model = compiled(layers.Dropout(0.3), *noise, layers.BatchNormalization())
model.fit(x, y, **held)
""",
    "no last batch that is smaller": """
def loss(truth, outputs):
    print(truth.shape, outputs.shape)
    return keras.losses.mean_squared_error(truth, outputs)

class Loss(keras.losses.Loss):
    def call(self, truth, outputs):
        return loss(truth, outputs)

models = [compiled(loss=loss), compiled(loss=Loss())]
for model in models:
    model.fit(x[:96], y[:96], **held)
""",
    "class weights": "model = compiled(); model.fit(x, y, class_weight={0: 1.0, 1: 3.0, 2: 0.5}, **once)",
    "sample weights, and validation with weights": """
model = compiled(metrics=[])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
validation = x_val, y_val, np.linspace(0, 1, 45)
model.fit(x, y, sample_weight=np.linspace(0, 2, 100), validation_data=validation, **once)
""",
    "integer labels": """
model = compiled(loss="sparse_categorical_crossentropy")
model.fit(x, labels, validation_data=(x_val, labels[:45]), **once)
""",
    "regression": """
model = compiled(head=layers.Dense(1), loss="mse", metrics=["mae", "r2_score"])
model.fit(x, numbers[:, None], validation_split=0.3, **once)
model.compile("adam", "mse", metrics=["mae"])
model.fit(x, numbers, **once)
""",
    "doubles, bytes, tensors and tables": """
import pandas
model = compiled(layers.Rescaling(0.1))
model.fit(x.astype("float64"), y.astype("float64"), **once)
model.fit((x * 10).astype("uint8"), y.astype(bool), **once)
model.fit(tf.constant(x), tf.constant(y), **once)
single = compiled(head=layers.Dense(1), loss="mse", metrics=[])
single.fit(pandas.DataFrame(x), pandas.Series(numbers), **once)
""",
    "several metrics": """
ranks = keras.metrics.TopKCategoricalAccuracy(2)
model = compiled(metrics=["accuracy", "mse", keras.metrics.AUC(), keras.metrics.Precision(), ranks])
model.fit(x, y, **held)
""",
    "optimizers": """
models = several(*(compiled(optimizer=one) for one in (
    keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    keras.optimizers.RMSprop(0.01),
    keras.optimizers.AdamW(clipnorm=1.0, use_ema=True, ema_overwrite_frequency=3),
)))
""",
    "schedule of the learning rate, regularisers and initialisers": """
middle = layers.Dense(5, kernel_regularizer="l2", activity_regularizer="l1", kernel_initializer="he_normal")
rate = keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.9)
model = compiled(middle, layers.Activation("tanh"), optimizer=keras.optimizers.Adam(rate))
model.fit(x, y, **once)
""",
    "normalisation that was adapted, before layers not yet built": """
scale = layers.Normalization()
scale.adapt(x)
model = keras.Sequential([scale, layers.Dense(8, "relu"), layers.Dropout(0.1), layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, **held)
""",
    "layers not yet built": """
model = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, **once)
""",
    "a class of one's own": """
class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.drop, self.last = layers.Dense(8, "relu"), layers.Dropout(0.2), layers.Dense(3)

    def call(self, inputs, training=False):
        print("called")
        return tf.nn.softmax(self.last(self.drop(self.first(inputs), training=training)))

model = Mine()
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, **held)
""",
    "layer, loss and metric of one's own": """
class Twice(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds, self.calls = keras.random.SeedGenerator(3), 0

    def build(self, shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

    def call(self, inputs):
        self.calls += 1
        self.seen.assign_add(1.0)
        return 2 * self.factor * inputs + keras.random.normal((4,), seed=self.seeds) * self.seen

def loss(truth, outputs):
    return tf.reduce_mean(tf.abs(truth - outputs)) + 0.1

def metric(truth, outputs):
    return tf.reduce_max(outputs)

twice = Twice()
model = keras.Sequential([keras.Input((4,)), twice, layers.Dense(3)])
model.compile("adam", loss, metrics=[metric])
model.fit(x, y, **held)
left = twice.calls
""",
    "functions that print": """
def loss(truth, outputs):
    print("loss")
    return tf.reduce_mean(tf.abs(truth - outputs))

def active(inputs):
    print("active")
    return tf.nn.relu(inputs)

class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        print("rate")
        return 0.1

model = compiled(
    layers.Dense(4, active),
    layers.Lambda(active, output_shape=(4,)),
    loss=loss,
    metrics=[loss],
    optimizer=keras.optimizers.SGD(Rate()),
)
model.fit(x, y, validation_data=(x_val, y_val), **once)
""",
    "pictures": """
images = data.normal(0, 1, (50, 8, 8, 1)).astype("float32")
model = keras.Sequential([
    keras.Input((8, 8, 1)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(),
    layers.BatchNormalization(), layers.Flatten(), layers.Dropout(0.5), layers.Dense(3, "softmax"),
])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(images, y[:50], validation_data=(images[:9], y[:9]), **once)
""",
    "sequences": """
words = data.integers(0, 20, (50, 6))
model = keras.Sequential([
    keras.Input((6,)), layers.Embedding(20, 4, mask_zero=True), layers.LSTM(5, dropout=0.1),
    layers.Dense(3, "softmax"),
])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(words, y[:50], **once)
""",
    "two inputs by name, two outputs": """
one, two = keras.Input((4,), name="one"), keras.Input((2,), name="two")
both = layers.Concatenate()([one, two])
outputs = {"a": layers.Dense(3, "softmax", name="a")(both), "b": layers.Dense(1, name="b")(both)}
model = keras.Model({"two": two, "one": one}, outputs)
model.compile("adam", {"a": "categorical_crossentropy", "b": "mse"}, metrics={"a": ["accuracy"], "b": ["mae"]})
model.fit({"one": x, "two": x[:, :2]}, {"b": numbers, "a": y}, **once)
""",
    "two inputs in a list": """
one, two = keras.Input((4,)), keras.Input((2,))
model = keras.Model([one, two], layers.Dense(3, "softmax")(layers.Concatenate()([one, two])))
model.compile("adam", "categorical_crossentropy")
model.fit([x, x[:, :2]], y, validation_data=([x_val, x_val[:, :2]], y_val), **once)
""",
    "half precision": """
keras.mixed_precision.set_global_policy("mixed_float16")
model = compiled(layers.Dropout(0.1))
model.fit(x, y, **once)
""",
    "early stopping, and checkpoints after epochs": """
import tempfile, os
stop = keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True)
model = compiled(optimizer=keras.optimizers.SGD(3.0))
with tempfile.TemporaryDirectory() as folder:
    best = folder + "/best.weights.h5"
    keep = keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True)
    model.fit(x, y, validation_data=(x_val, y_val), epochs=20, verbose=0, callbacks=[stop, keep])
    left = stop.stopped_epoch, stop.best, keep.best, sorted(os.listdir(folder))
""",
    "callbacks of epochs": """
told = []
class Mine(keras.callbacks.Callback):
    def on_train_begin(self, logs=None): told.append(("train", logs))
    def on_epoch_begin(self, epoch, logs=None): told.append(("epoch", epoch, logs))
    def on_test_begin(self, logs=None): told.append(("test", logs))
    def on_test_end(self, logs=None): told.append(("tested", logs, self.model.get_weights()[0].sum()))
    def on_epoch_end(self, epoch, logs=None): told.append(("ended", epoch, logs, keras.random.uniform(())))
    def on_train_end(self, logs=None): told.append(("trained", logs, self.params))
class Own(keras.callbacks.History):
    pass
model = compiled()
model.fit(x, y, callbacks=[
    Mine(),
    Own(),
    keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=0, min_delta=10.0),
    keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
    keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: told.append(("lambda", epoch, logs))),
], **held)
left = told
""",
    "a loop over epochs": """
model = compiled()
left = [model.fit(x, y, validation_data=(x_val, y_val), verbose=0).history for epoch in range(3)]
model.fit(x, y, epochs=5, initial_epoch=3, verbose=0)
""",
    "data of other sizes, one after the other": """
model = compiled()
for rows, size in [(96, 32), (100, 32), (96, 32), (100, 7), (5, 5), (5, 500)]:  # the last: one batch
    model.fit(x[:rows], y[:rows], batch_size=size, verbose=0)
    left = model.evaluate(x, y, batch_size=size, verbose=0)
""",
    "frozen between two trainings, and compiled again": """
model = compiled(layers.Dense(5))
model.fit(x, y, validation_data=(x_val, y_val), **once)
model.layers[1].trainable = False
model.fit(x, y, **once)
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
model.fit(x, y, validation_data=(x_val, y_val), **once)
""",
    "nothing to train": """
model = compiled()
model.trainable = False
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, **once)
""",
    "several models, seeds in between": """
models = [compiled(layers.Dropout(0.2)) for _ in range(2)]
for number, one in enumerate(models):
    keras.utils.set_random_seed(number + 5)
    one.fit(x, y, **once)
    np.random.rand(3), keras.random.normal((2,)), tf.random.normal((2,))
models[0].fit(x, y, **once)
""",
    "in between, steps of one's own and batches that are told of": """
model = compiled(layers.Dropout(0.2))
model.fit(x, y, **once)
left = [model.train_on_batch(x[:32], y[:32]), model.test_on_batch(x[:20], y[:20])]
model.fit(x, y, **once)
hear = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: left.append((batch, logs)))
model.fit(x, y, callbacks=[hear], **held)
model.fit(x, y, **once)
""",
    "evaluated and predicted": """
model = compiled(layers.Dropout(0.2))
left = [model.evaluate(x, y, verbose=0), model.evaluate(x_val, y_val, batch_size=9, verbose=0, return_dict=True)]
left += [model.predict(x, verbose=0), model.predict(x[:64], verbose=0), model.predict(x, batch_size=7, verbose=0)]
model.fit(x, y, **held)
left += [model.evaluate(x, y, verbose=0), model.predict(x, verbose=0), model.predict(x[:1], verbose=0)]
left = [np.asarray(list(one.values()) if isinstance(one, dict) else one).tobytes() for one in left]
""",
    "other models are used in a callback": """
model, other = compiled(), compiled()
left = []
def after(epoch, logs):
    left.append((model.evaluate(x_val, y_val, verbose=0), other.fit(x, y, verbose=0).history))
    left.append(model.predict(x_val, verbose=0).tobytes())
model.fit(x, y, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=after)], **held)
""",
    "numbers that are none": """
x[3] = np.nan
model = compiled(layers.BatchNormalization())
model.fit(x, y, **held)
""",
    "told to stop before an epoch": """
def before(epoch, logs):
    model.stop_training = epoch == 1
model = compiled(layers.Dropout(0.2))
model.fit(x, y, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=before)], **held)
left = len(model.history.epoch)
""",
    "an error in a callback": """
def after(epoch, logs):
    if epoch == 1:
        raise ZeroDivisionError("mine")
model = compiled(layers.Dropout(0.2))
model.fit(x, y, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=after)], **once)
""",
    "interrupted, then trained again": """
def after(epoch, logs):
    raise KeyboardInterrupt
model = compiled(layers.Dropout(0.2))
try:
    model.fit(x, y, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=after)], **once)
except KeyboardInterrupt:
    left = "interrupted"
model.fit(x, y, **once)
""",
    "a bar of progress": """
model = compiled()
model.fit(x, y, epochs=2, batch_size=8, validation_data=(x_val, y_val))
model.fit(x, y, epochs=2, verbose=2, validation_data=(x_val, y_val))
left = model.evaluate(x, y)
""",
}
# Wrong data, of which no epoch comes to its end: Keras says so, or the function that is traced, or an operation.
WRONG = {
    "labels that are too large": """
model = compiled(layers.Dropout(0.2), loss="sparse_categorical_crossentropy")
labels[70] = 12
model.fit(x, labels, epochs=2, verbose=0)
""",
    "a loss that raises": """
def loss(truth, outputs):
    return truth.no_such_thing
model = compiled(loss=loss)
try:
    model.fit(x, y, verbose=0)
except AttributeError as error:
    left = str(error)
model.fit(x, y, verbose=0)
""",
    "data that are wrong": """
import traceback

class Mine(layers.Layer):
    def call(self, inputs):
        raise ValueError("mine")

own = keras.Sequential([Mine()])
own.compile("adam", "mse")
left = []
for model, features, classes in [
    (compiled(), x[:, :3], y),
    (compiled(), x, y[:50]),
    (compiled(), x, labels),
    (compiled(), x.astype(str), y),
    (compiled(), x.astype(object), y),
    (compiled(), x[:0], y[:0]),
    (network(), x, y),
    (own, x, y),
]:
    try:
        model.fit(features, classes)
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename[0] == "<"]
        built = len(model.variables), len(getattr(getattr(model, 'optimizer', None), 'variables', ()))
        left.append((type(error), str(error), lines, built))
""",
}
# Here plain Keras runs, for there is something that could tell a difference.
PLAIN = {
    "random numbers of TensorFlow": """
class Noise(layers.Layer):
    def call(self, inputs):
        return inputs + tf.random.normal((4,))
model = keras.Sequential([keras.Input((4,)), Noise(), layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, **held)
left = model.predict(x, verbose=0).tobytes()
""",
    "compiled in other ways": """
model = compiled()
for way in [{"run_eagerly": True}, {"steps_per_execution": 2}, {}]:
    model.compile("adam", "categorical_crossentropy", **way)
    model._jit_compile = not way  # as far as a setting goes: Keras refuses it where TensorFlow is deterministic
    model.fit(x[:40], y[:40], **once)
""",
    "other settings of TensorFlow": """
model = compiled()
tf.config.run_functions_eagerly(True)
model.fit(x[:32], y[:32], verbose=0)
tf.config.run_functions_eagerly(False)
tf.config.optimizer.set_jit("autoclustering")
model.fit(x[:32], y[:32], verbose=0)
tf.config.optimizer.set_jit(False)
with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
    placed = compiled()
    placed.fit(x[:32], y[:32], verbose=0)
    placed.predict(x, verbose=0)
tf.random.set_seed(None)
try:
    model.fit(x, y, verbose=0)
except RuntimeError as error:
    left = str(error)
tf.random.set_seed(1)
""",
    "data that are no arrays, and parts of epochs": """
def batches():
    while True:
        yield x[:20], y[:20]
model = compiled()
model.fit(x, y, shuffle="batch", **once)
model.fit(x, y, steps_per_epoch=3, epochs=2, verbose=0)
model.fit(tf.data.Dataset.from_tensor_slices((x, y)).shuffle(100).batch(16), epochs=2, verbose=0)
model.fit(batches(), steps_per_epoch=3, epochs=2, verbose=0)
model.fit(x.tolist(), y.tolist(), **once)
""",
    "a training step of one's own": """
class Mine(keras.Sequential):
    def train_step(self, batch):
        return {"mine": super().train_step(batch)["loss"] * 2}
model = Mine([keras.Input((4,)), layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, **once)
""",
    "a training function of one's own": """
model = compiled()
model.make_train_function()
step = model.train_function
model.train_function = lambda iterator: step(iterator)
model.fit(x, y, **once)
""",
    "ends at the first number that is none": """
x[3] = np.nan
model = compiled()
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN()], **once)
""",
    "batches are told of": """
left = []
class Mine(keras.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        left.append((batch, logs, self.model.get_weights()[0].sum()))
        self.model.stop_training = batch == 2
model = compiled()
model.fit(x, y, callbacks=[Mine()], **once)
""",
    "a bar of progress of one's own": """
class Mine(keras.callbacks.ProgbarLogger):
    pass
model = compiled()
model.fit(x, y, callbacks=[Mine()], epochs=2, batch_size=50)
""",
    "checkpoints after batches": """
import tempfile
with tempfile.TemporaryDirectory() as folder:
    keep = keras.callbacks.ModelCheckpoint(folder + "/{batch}.weights.h5", save_freq=2, save_weights_only=True)
    model = compiled()
    model.fit(x, y, callbacks=[keep], **once)
""",
}
WITHOUT_PARTS = "without parts of Keras"  # no case of code: a part of Keras is missing
CASES = {
    **{name: Case(code) for name, code in FAST.items()},
    **{name: Case(code, fast=False) for name, code in (WRONG | PLAIN).items()},
}
# What sets TensorFlow or Keras for good has a process of its own.
_ALONE = ("half precision", "compiled in other ways", "other settings of TensorFlow")
_SHARED = [name for name in CASES if name not in _ALONE]
_SIZE = 13
# The cases that share a process, one after the other.
GROUPS = [
    *([name] for name in _ALONE),
    *(_SHARED[start : start + _SIZE] for start in range(0, len(_SHARED), _SIZE)),
]
# Those that are always done: of networks, callbacks, errors, and of what Keras does itself.
SAMPLE = frozenset(
    {
        "plain",
        "normalisation that was adapted, before layers not yet built",
        "layer, loss and metric of one's own",
        "pictures",
        "callbacks of epochs",
        "interrupted, then trained again",
        "data that are wrong",
        "a training step of one's own",
    }
)
