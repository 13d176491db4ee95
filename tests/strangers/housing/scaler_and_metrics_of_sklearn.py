import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from keras.callbacks import EarlyStopping, ReduceLROnPlateau
from keras.layers import Dense, Dropout, InputLayer
from keras.models import Sequential
from keras.optimizers import Adam
from sklearn.metrics import PredictionErrorDisplay, mean_absolute_error, r2_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler

plt.style.use("ggplot")


def prepare(x_train, x_test, y_train, y_test):
    sc = StandardScaler()
    x_train_scaled = sc.fit_transform(x_train)
    x_test_scaled = sc.transform(x_test)
    mm = MinMaxScaler().fit(np.reshape(y_train, (-1, 1)))
    return x_train_scaled, x_test_scaled, mm.transform(y_train.reshape(-1, 1)), mm.transform(y_test.reshape(-1, 1))


def build_model():
    model = Sequential()
    model.add(InputLayer(shape=(8,)))
    for _ in range(2):
        model.add(Dense(32, activation="elu", kernel_initializer="he_normal"))
        model.add(Dropout(0.05))
    model.add(Dense(1, activation="linear"))
    model.compile(loss="mse", optimizer=Adam(0.01), metrics=["mae", "r2_score"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    callbacks = [EarlyStopping(patience=12, restore_best_weights=True), ReduceLROnPlateau(patience=5, factor=0.3)]
    return model.fit(x_train, y_train.reshape(-1, 1), validation_data=(x_val, y_val.reshape(-1, 1)), epochs=50, batch_size=64,
                     verbose=0, callbacks=callbacks)


def scores(model, x, y):
    y_pred = model.predict(x, verbose=0)
    return {"r2": r2_score(y, y_pred), "mae": mean_absolute_error(y, y_pred)}


def residual_plot(model, x, y):
    display = PredictionErrorDisplay.from_predictions(y_true=y, y_pred=model.predict(x, verbose=0).ravel(), kind="residual_vs_predicted", subsample=None)
    display.ax_.set_title("Residuals")
    return display.figure_
