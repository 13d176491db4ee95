# Mixup from a generator of one's own, and the report of scikit-learn for the recalls.
import keras
import numpy as np
from sklearn.metrics import classification_report


class Mixed(keras.utils.PyDataset):
    def __init__(self, x, y, size=15, **more):
        super().__init__(**more)
        self.x, self.y, self.size, self.random = x, keras.utils.to_categorical(y, 3), size, np.random.default_rng(4)

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        here = slice(i * self.size, (i + 1) * self.size)
        others = self.random.permutation(len(self.x))[: self.size]
        part = self.random.beta(0.2, 0.2, (self.size, 1)).astype("float32")
        return part * self.x[here] + (1 - part) * self.x[others], part * self.y[here] + (1 - part) * self.y[others]


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(24, "gelu"), keras.layers.Dense(3, "softmax")])
    model.compile("nadam", keras.losses.CategoricalCrossentropy(), metrics=["categorical_accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    val = x_val, keras.utils.to_categorical(y_val, 3)
    return model.fit(Mixed(x_train, y_train), validation_data=val, epochs=90, verbose=0)


def evaluate(model, x, y):
    said = model.predict(x, verbose=0).argmax(1)
    report = classification_report(y, said, labels=[0, 1, 2], output_dict=True, zero_division=0.0)
    return {"accuracy": float((said == y).mean()), "recall": [report[str(k)]["recall"] for k in range(3)]}


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
