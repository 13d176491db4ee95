import logging
import os
import random
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["PYTHONHASHSEED"] = "0"
sys.path.append("..")

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras

warnings.filterwarnings("ignore")
logging.basicConfig(level=logging.INFO)
tf.get_logger().setLevel("ERROR")
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
np.set_printoptions(precision=3, suppress=True)
pd.set_option("display.max_columns", None)
np.random.seed(0), random.seed(0), tf.random.set_seed(0)
print("GPUs:", gpus := tf.config.list_physical_devices("GPU"))
for gpu in gpus:
    tf.config.experimental.set_memory_growth(gpu, True)
tf.config.threading.get_intra_op_parallelism_threads()


def build_model():
    keras.backend.clear_session()
    with tf.device("/CPU:0"):
        model = keras.Sequential([keras.layers.Dense(16, activation="relu", input_shape=(13,)), keras.layers.Dense(3, activation="softmax")])
        model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    with tf.device("/GPU:0"):
        return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
