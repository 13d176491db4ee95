# loses: nothing
# why: Everything by pandas: value_counts, groupby and sample.

import keras
import pandas as pd


def class_weights(y):
    counts = pd.Series(y).value_counts()
    return (counts.max() / counts).to_dict()


def _frame(x, y):
    frame = pd.DataFrame(x)
    frame["label"] = y
    return frame


def _apart(frame):
    return frame.drop(columns="label").to_numpy(), frame["label"].to_numpy()


def undersample(x, y, seed):
    frame = _frame(x, y)
    least = frame["label"].value_counts().min()
    return _apart(frame.groupby("label").sample(n=least, random_state=seed))


def oversample(x, y, seed):
    frame = _frame(x, y)
    most = frame["label"].value_counts().max()
    parts = [frame]
    for _label, part in frame.groupby("label"):
        parts.append(part.sample(n=most - len(part), replace=True, random_state=seed))
    return _apart(pd.concat(parts, ignore_index=True))


def build_model():
    inputs = keras.Input(shape=(6,))
    hidden = keras.layers.Dense(16, activation="relu")(inputs)
    outputs = keras.layers.Dense(3, activation="softmax")(hidden)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="sparse_categorical_crossentropy")
    return model


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, epochs=15, batch_size=64, class_weight=class_weights(y_train), verbose=0)


def should_rebalance(situation):
    return {"rainy_days": 0, "web_search": 1, "all_mails": 0, "staged_photos": 1}[situation]
