import keras
import numpy as np
from keras import layers, ops
from sklearn.preprocessing import RobustScaler, StandardScaler, PowerTransformer
from sklearn.compose import ColumnTransformer

def prepare(x_train, x_test, y_train, y_test):
    ct = ColumnTransformer([("num", StandardScaler(), list(range(np.shape(x_train)[1])))])
    a, b = ct.fit_transform(x_train), ct.transform(x_test)
    m, s = y_train.mean(), y_train.std()
    return a, b, (y_train - m) / s, (y_test - m) / s

def build_model():
    x = keras.Input((8,))
    wide = layers.Lambda(lambda t: ops.concatenate([t, ops.square(t)], -1), output_shape=(16,))(x)
    deep = x
    for u in (64, 32):
        deep = layers.Dense(u, kernel_initializer="he_normal")(deep)
        deep = layers.BatchNormalization()(deep)
        deep = layers.Activation("relu")(deep)
        deep = layers.SpatialDropout1D(0.05)(layers.Reshape((1, u))(deep))
        deep = layers.Reshape((u,))(deep)
    both = layers.Concatenate()([wide, deep])
    y = layers.Dense(1)(both)
    model = keras.Model(x, y)
    model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.PiecewiseConstantDecay([500, 1000], [0.01, 0.003, 0.001])), loss=keras.losses.MeanSquaredError(), metrics=["mae", "r2_score"])
    return model

def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=50, batch_size=64, validation_data=[x_val, y_val], verbose=0)

def scores(model, x, y):
    ev = model.evaluate(x, y, verbose=0, return_dict=True)
    return {"r2": ev["r2_score"], "mae": ev["mae"]}

def residual_plot(model, x, y):
    import matplotlib.pyplot as plt
    y_hat = model.predict(x, verbose=0).ravel()
    f, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.scatter(y_hat, y - y_hat, s=4, c=np.abs(y - y_hat), cmap="viridis", alpha=0.5)
    left.axhline(0, ls="--")
    left.set_xlabel("Prediction"); left.set_ylabel("Residual")
    right.hist(y - y_hat, bins=40); right.set_xlabel("Residual")
    return f
