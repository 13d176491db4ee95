import keras
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.metrics import classification_report
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test):
    steps = make_pipeline(ColumnTransformer([("scale", StandardScaler(), slice(0, x_train.shape[1]))]))
    return steps.fit_transform(x_train), steps.transform(x_test)


def build_model():
    x = keras.Input((13,))
    y = keras.layers.Dense(12, activation="mish")(x)
    y = keras.layers.Dense(3)(y)
    model = keras.Model(x, keras.layers.Softmax()(y))
    model.compile(optimizer=keras.optimizers.Adamax(0.02), loss=keras.losses.KLDivergence(), metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    one_hot = np.eye(3, dtype="float32")
    return model.fit(x_train, one_hot[y_train], validation_data=(x_val, one_hot[y_val]), epochs=40, batch_size=16, verbose=0)


def evaluate(model, x, y):
    said = model.predict(x, verbose=0).argmax(-1)
    report = classification_report(y, said, labels=[0, 1, 2], output_dict=True, zero_division=0)
    return {"accuracy": float(np.mean(said == y)), "recall": {k: report[str(k)]["recall"] for k in range(3)}}
