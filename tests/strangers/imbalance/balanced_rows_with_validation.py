"""Split first, then oversample the training part only."""
import numpy as np
import tensorflow as tf
from keras import Sequential
from keras.callbacks import EarlyStopping
from keras.layers import Activation, BatchNormalization, Dense
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer


def class_weights(y):
    values, n = tf.unique_with_counts(tf.sort(tf.constant(y)))[::2]
    return {int(v): float(max(n) / k) for v, k in zip(values, n)}


def pick(y, size, seed, keep_all):
    rng = np.random.default_rng([seed, len(y)])
    indices = []
    for c in np.unique(y):
        own = [i for i in range(len(y)) if y[i] == c]
        if keep_all:
            own = own + [own[j] for j in rng.integers(0, len(own), size - len(own))]
        else:
            own = rng.permutation(own)[:size].tolist()
        indices.extend(own)
    return rng.permutation(indices).astype(int)


def undersample(x, y, seed):
    y = np.array(y)
    i = pick(y, np.unique(y, return_counts=True)[1].min(), seed, keep_all=False)
    return tf.gather(x, i), tf.gather(y, i)


def oversample(x, y, seed):
    y = np.array(y)
    i = pick(y, np.unique(y, return_counts=True)[1].max(), seed, keep_all=True)
    return tf.gather(x, i), tf.gather(y, i)


def build_model():
    model = Sequential(name="three_classes")
    model.add(Dense(30, input_dim=6))
    model.add(BatchNormalization())
    model.add(Activation("relu"))
    model.add(Dense(3, activation="softmax"))
    model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(), optimizer="rmsprop", metrics=["acc"])
    return model


def train_weighted(model, x_train, y_train):
    x_tr, x_va, y_tr, y_va = train_test_split(x_train, y_train, test_size=0.2, stratify=y_train, random_state=0)
    x_tr, y_tr = oversample(x_tr, y_tr, 0)
    print("classes after oversampling:", np.bincount(y_tr))
    stop = EarlyStopping(monitor="val_loss", patience=30)
    return model.fit(x_tr, y_tr, batch_size=128, epochs=20, validation_data=(x_va, y_va), callbacks=[stop], verbose=2)


def should_rebalance(situation):
    answers = """rainy_days: no
    web_search: yes
    all_mails: no
    staged_photos: yes"""
    for line in answers.splitlines():
        name, answer = line.split(":")
        if name.strip() == situation:
            return answer.strip() == "yes"
