import keras
import tensorflow as tf

tf.config.run_functions_eagerly(True)
keras.config.disable_traceback_filtering()


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(3, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.Adam(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"],
        weighted_metrics=[], run_eagerly=True, jit_compile=False, auto_scale_loss=False,
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=12, batch_size=30, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
