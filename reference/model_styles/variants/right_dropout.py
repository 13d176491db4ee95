# loses: nothing
# why: The same Dropout in all three; the scores are computed with scikit-learn and the model called directly.
# from: reference
from sklearn.metrics import mean_absolute_error, r2_score

WIDTH = 64


def build_sequential(n_features):
    return compiled(
        keras.Sequential(
            [
                keras.Input(shape=(n_features,)),
                keras.layers.Dense(WIDTH, activation="relu"),
                keras.layers.Dropout(0.1),
                keras.layers.Dense(WIDTH, activation="relu"),
                keras.layers.Dense(1),
            ]
        )
    )


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(WIDTH, activation="relu")(inputs)
    hidden = keras.layers.Dropout(0.1)(hidden)
    hidden = keras.layers.Dense(WIDTH, activation="relu")(hidden)
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(hidden)))


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(WIDTH, activation="relu")
        self.drop = keras.layers.Dropout(0.1)
        self.second = keras.layers.Dense(WIDTH, activation="relu")
        self.last = keras.layers.Dense(1)

    def call(self, inputs, training=False):
        hidden = self.drop(self.first(inputs), training=training)
        return self.last(self.second(hidden))


def scores(model, x, y):
    predicted = np.asarray(model(x, training=False)).ravel()
    return dict(r2=r2_score(y, predicted), mae=mean_absolute_error(y, predicted))
