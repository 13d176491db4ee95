import keras
import pandas as pd
from keras import layers

COLS = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]


def prepare(x_train, x_test, y_train, y_test):
    train_df, test_df = pd.DataFrame(x_train, columns=COLS), pd.DataFrame(x_test, columns=COLS)
    stats = train_df.describe().T
    spread = train_df.std(ddof=0).replace(0, 1)
    norm = lambda df: (df - stats["mean"]) / spread
    return norm(train_df), norm(test_df), pd.Series(y_train, name="value"), pd.Series(y_test, name="value")


def build_model():
    inp = keras.Input((8,), name="district")
    x = inp
    for i, units in enumerate((24, 24, 12)):
        x = layers.Dense(units, name=f"fc{i}")(x)
        x = layers.BatchNormalization(name=f"bn{i}")(x)
        x = layers.Activation("swish", name=f"act{i}")(x)
        x = layers.Dropout(0.1, name=f"drop{i}")(x)
    out = layers.Dense(1, name="value")(x)
    model = keras.Model(inp, out, name="california")
    model.compile(optimizer=keras.optimizers.AdamW(0.01, weight_decay=1e-4), loss={"value": "huber"}, metrics={"value": ["mae"]})
    return model


def train(model, x_train, y_train, x_val, y_val):
    best = keras.callbacks.ModelCheckpoint("best.weights.h5", save_best_only=True, save_weights_only=True)
    hist = model.fit(pd.DataFrame(x_train), pd.Series(y_train), validation_data=(pd.DataFrame(x_val), pd.Series(y_val)),
                     epochs=40, batch_size=32, callbacks=[best], verbose=2)
    model.load_weights("best.weights.h5")
    return hist


def scores(model, x, y):
    df = pd.DataFrame({"y": y, "p": model.predict(x).flatten()})
    df["e2"] = (df.y - df.p) ** 2
    total = ((df.y - df.y.mean()) ** 2).sum()
    return pd.Series({"r2": 1 - df.e2.sum() / total, "mae": (df.y - df.p).abs().mean()}).to_dict()


def residual_plot(model, x, y):
    df = pd.DataFrame({"prediction": model.predict(x)[:, 0], "y": y})
    df["residual"] = df["y"] - df["prediction"]
    ax = df.plot.scatter("prediction", "residual", s=4, alpha=0.4)
    ax.hlines(0, df.prediction.min(), df.prediction.max(), colors="k", linestyles="--")
    return ax.get_figure()
