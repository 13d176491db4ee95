# loses: nothing
# why: Subclassed with tf.sigmoid in call, labels made float in train, bool labels as a column.
import keras
import tensorflow as tf


class LogisticRegression(keras.Model):
    def __init__(self, n_features):
        super().__init__()
        self.linear = keras.layers.Dense(1)

    def call(self, x):
        return tf.sigmoid(self.linear(x))


def build_model(n_features):
    model = LogisticRegression(n_features)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="bce", metrics=["accuracy"])
    return model


def train(model, x, y):
    y = y.astype("float32").reshape(-1, 1)
    history = model.fit(x, y, epochs=40, batch_size=32, verbose=0)
    return history


def predict_label(model, x, threshold=0.5):
    return model.predict(x, verbose=0) > threshold


def decision_boundary(model):
    return float(-model.linear.bias[0] / model.linear.kernel[0, 0])
