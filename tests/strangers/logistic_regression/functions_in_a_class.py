import keras


class LogisticRegression:
    def build_model(self, n_features):
        model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
        return model

    def train(self, model, x, y):
        return model.fit(x, y, epochs=40, verbose=0)

    def predict_label(self, model, x, threshold=0.5):
        return (model.predict(x, verbose=0)[:, 0] > threshold).astype(int)

    def decision_boundary(self, model):
        w, b = model.get_weights()
        return float(-b[0] / w[0, 0])
