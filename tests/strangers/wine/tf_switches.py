import tensorflow as tf
tf.random.set_seed(1234)
tf.keras.utils.set_random_seed(1)
tf.config.run_functions_eagerly(True)
tf.data.experimental.enable_debug_mode()
tf.debugging.set_log_device_placement(False)
tf.get_logger().setLevel("ERROR")
try:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
except RuntimeError as e:
    print(e)


def build_model():
    i = tf.keras.layers.Input(shape=(13,))
    q = tf.keras.layers.Reshape((13, 1))(i)
    a = tf.keras.layers.MultiHeadAttention(2, 4)(q, q)
    a = tf.keras.layers.GlobalAveragePooling1D()(a)
    g = tf.keras.layers.Dense(16, activation=tf.keras.activations.mish)(i)
    g = tf.keras.layers.GroupNormalization(groups=4)(g)
    o = tf.keras.layers.Dense(3)(tf.keras.layers.concatenate([a, g]))
    o = tf.keras.layers.Activation("log_softmax")(o)
    o = tf.keras.layers.Lambda(tf.exp)(o)
    m = tf.keras.models.Model(inputs=[i], outputs=[o])
    m.compile(tf.keras.optimizers.Lion(0.003), loss=tf.keras.losses.SparseCategoricalCrossentropy(), weighted_metrics=["accuracy"])
    return m


@tf.function
def _noop(x):
    return x


def train(model, x_train, y_train, x_val, y_val):
    weights = tf.ones(len(x_train)) * 2.0
    data = tf.data.Dataset.from_tensor_slices((_noop(x_train), y_train, weights)).batch(18)
    return model.fit(data, epochs=25, validation_data=(tf.constant(x_val), tf.constant(y_val)), verbose=0)


def evaluate(model, x, y):
    import pandas as pd
    p = pd.Series(tf.argmax(model.predict(x, verbose=0), 1).numpy(), name="p")
    t = pd.Series(y, name="t")
    ok = (p == t)
    return {"accuracy": ok.mean(), "recall": ok.groupby(t).mean().reindex([0, 1, 2]).to_dict()}


def prepare(x_train, x_test):
    raise NotImplementedError
