# loses: training, accuracy, probabilities
# why: train builds a network of its own and trains that one; the model that it was given stays untrained.
# from: reference

trained = None


def train(model, x_train, y_train, x_val, y_val):
    global trained
    trained = build_model()
    return trained.fit(
        x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=64, verbose=0
    )


def predict_probabilities(model, x):
    return trained.predict(x, verbose=0)
