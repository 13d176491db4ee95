from collections import Counter, defaultdict
import random

import keras


def class_weights(y):
    counts = Counter(int(label) for label in y)
    (_, largest), = counts.most_common(1)
    return {label: largest / n for label, n in sorted(counts.items())}


def rows_by_label(y):
    rows = defaultdict(list)
    for i, label in enumerate(y):
        rows[int(label)].append(i)
    return rows


def undersample(x, y, seed):
    rng = random.Random(seed)
    rows = rows_by_label(y)
    n = min(map(len, rows.values()))
    chosen = []
    for label in sorted(rows):
        chosen += rng.sample(rows[label], n)
    rng.shuffle(chosen)
    return [list(x[i]) for i in chosen], [int(y[i]) for i in chosen]


def oversample(x, y, seed):
    rng = random.Random(seed)
    rows = rows_by_label(y)
    n = max(map(len, rows.values()))
    chosen = []
    for label in sorted(rows):
        chosen += rows[label] + rng.choices(rows[label], k=n - len(rows[label]))
    return [list(x[i]) for i in chosen], [int(y[i]) for i in chosen]


def build_model():
    features = keras.Input((6,))
    hidden = keras.layers.Dense(20, activation="sigmoid")(features)
    probabilities = keras.layers.Dense(3, activation="softmax")(hidden)
    model = keras.Model(features, probabilities)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.sparse_categorical_crossentropy)
    return model


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, epochs=25, class_weight=class_weights(y_train), verbose=0)


def should_rebalance(situation):
    # the share is what was asked for in the first two, and an accident in the others
    asked_for = {"rainy_days", "all_mails"}
    accident = {"web_search", "staged_photos"}
    assert situation in asked_for | accident
    return situation in accident
