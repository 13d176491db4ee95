# Distillation: a large network teaches the small one. fit is called on a class that holds both.
import keras
from keras import layers, ops


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def call(self, x, training=False):
        return self.student(x, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        soft = self.teacher(x, training=False)
        own = keras.losses.categorical_crossentropy(y, y_pred)
        taught = keras.losses.kl_divergence(soft, y_pred)
        return ops.mean(0.7 * own + 0.3 * taught)


def build_model(width=48):
    net = keras.Sequential([keras.Input((64,)), layers.Dense(width, "relu"), layers.Dense(10, "softmax")])
    net.compile(keras.optimizers.Adam(0.004), "categorical_crossentropy", metrics=["accuracy"])
    return net


def train(model, x_train, y_train, x_val, y_val):
    teacher = build_model(128)
    teacher.fit(x_train, y_train, epochs=12, verbose=0)
    teacher.trainable = False
    distiller = Distiller(model, teacher)
    distiller.compile(optimizer=keras.optimizers.Adam(0.004), metrics=["accuracy"])
    return distiller.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=15, verbose=0)


def predict_probabilities(model, x):
    return model.predict_on_batch(x)


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
