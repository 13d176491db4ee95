import keras
import tensorflow as tf


def my_loss(y_true, y_pred):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred))


def build_model():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=my_loss, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=15, verbose=0)


def predict_probabilities(model, x):
    return model.predict(x, verbose=0)


# Not written yet:
def load(): raise NotImplementedError
def class_counts(y): raise NotImplementedError
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def scale(x): raise NotImplementedError
def one_hot(y): raise NotImplementedError
def split(x, y, seed): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def confusion(y_true, y_pred): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
