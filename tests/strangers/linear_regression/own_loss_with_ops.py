import keras
from keras import ops


def mean_of_squares(y_true, y_pred):
    error = ops.reshape(y_true, (-1, 1)) - y_pred
    return ops.mean(ops.square(error), axis=-1)


def build_model(n_features):
    model = keras.models.Sequential(layers=[keras.layers.InputLayer(shape=(n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.RMSprop(0.02), loss=mean_of_squares, metrics=["mae", keras.metrics.RootMeanSquaredError()])
    return model


def train(model, x, y):
    slower = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.95)
    return model.fit(x, y, epochs=60, callbacks=[slower], verbose=0)


def coefficients(model):
    kernel, bias = [w.numpy() for w in model.trainable_weights]
    return [k.item() for k in kernel], bias[0]


def predict(model, x):
    return [float(row[0]) for row in model.predict(x, verbose=0)]
