import numpy as np
import pandas as pd
from keras import layers, models
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler


def class_weights(y):
    vc = pd.Series(y).value_counts()
    return {k: vc.max() / v for k, v in vc.items()}


def undersample(x, y, seed):
    return RandomUnderSampler(random_state=seed).fit_resample(x, y)


def oversample(x, y, seed):
    return RandomOverSampler(random_state=seed).fit_resample(x, y)


def build_model():
    model = models.Sequential([layers.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, class_weight=class_weights(y_train), epochs=20)


def should_rebalance(situation):
    return situation in ["web_search", "staged_photos"]
