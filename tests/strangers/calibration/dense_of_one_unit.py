import numpy as np
import keras
import tensorflow as tf
import matplotlib.pyplot as plt


def reliability(y_true, p, bins):
    y_true = tf.cast(y_true, tf.float64)
    p = tf.cast(p, tf.float64)
    edges = tf.constant(np.linspace(0, 1, bins + 1)[1:-1])
    which = tf.searchsorted(edges, p, side="left") if bins > 1 else tf.zeros(tf.shape(p), tf.int32)
    ones = tf.ones_like(p)
    n, sp, sy = (tf.math.unsorted_segment_sum(v, which, bins) for v in (ones, p, y_true))
    some = n > 0
    return tf.boolean_mask(sp / n, some), tf.boolean_mask(sy / n, some)


def expected_calibration_error(y_true, p, bins):
    y_true, p = np.asarray(y_true, float), np.asarray(p, float)
    b = np.digitize(p, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    gaps = [(b == i).sum() * abs((p - y_true)[b == i].mean()) for i in set(b)]
    return np.float32(sum(gaps) / p.size)


def calibrate(p_fit, y_fit, p_new):
    keras.utils.set_random_seed(1)

    def features(p):
        p = np.clip(np.asarray(p, "float32").reshape(-1, 1), 1e-3, 1 - 1e-3)
        return np.log(p) - np.log1p(-p)

    scaler = keras.Sequential([
        keras.Input((1,)),
        keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones", kernel_constraint="non_neg"),
    ])
    scaler.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    scaler.fit(features(p_fit), np.asarray(y_fit), epochs=30, batch_size=64, verbose=0)
    return scaler.predict(features(p_new), verbose=0)


def reliability_plot(y_true, p, bins):
    x, y = reliability(y_true, p, bins)
    plt.figure(figsize=(5, 5))
    plt.scatter(x, y, marker="D", zorder=3)
    plt.plot(np.linspace(0, 1), np.linspace(0, 1), "--")
    plt.xlabel("confidence")
    plt.ylabel("accuracy")
    plt.grid()
    return plt.gcf()
