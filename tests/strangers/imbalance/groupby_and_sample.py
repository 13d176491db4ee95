import numpy as np
import pandas as pd
import tensorflow as tf

SITUATIONS = pd.Series({"rainy_days": False, "web_search": True, "all_mails": False, "staged_photos": True})


def class_weights(y):
    counts = pd.Series(y).value_counts()
    return (counts.max() / counts).to_dict()


def undersample(x, y, seed):
    df = pd.DataFrame(x)
    df["label"] = np.array(y)
    n = df["label"].value_counts().min()
    sample = df.groupby("label").sample(n=n, random_state=seed)
    return sample.drop(columns="label"), sample["label"]


def oversample(x, y, seed):
    df = pd.DataFrame(x).assign(label=y)
    n = df.label.value_counts().max()
    parts = [df]
    for _, group in df.groupby("label"):
        parts.append(group.sample(n - len(group), replace=True, random_state=seed))
    balanced = pd.concat(parts, ignore_index=True).sample(frac=1, random_state=seed)
    return balanced.iloc[:, :-1].to_numpy(), balanced.label.to_numpy()


def build_model():
    model = tf.keras.Sequential()
    model.add(tf.keras.Input(shape=(6,)))
    model.add(tf.keras.layers.Dense(32, activation="relu"))
    model.add(tf.keras.layers.Dense(32, activation="relu"))
    model.add(tf.keras.layers.Dense(3))
    model.compile(
        optimizer=tf.keras.optimizers.Adam(3e-3),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def train_weighted(model, x_train, y_train):
    per_class = [
        tf.data.Dataset.from_tensor_slices((x_train[y_train == k], y_train[y_train == k])).shuffle(2000, seed=k).repeat()
        for k in np.unique(y_train)
    ]
    balanced = tf.data.Dataset.sample_from_datasets(per_class, weights=[1 / len(per_class)] * len(per_class), seed=1)
    return model.fit(balanced.batch(64), steps_per_epoch=40, epochs=15, verbose=0)


def should_rebalance(situation):
    return SITUATIONS[situation]
