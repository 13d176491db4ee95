# loses: training, accuracy
# why: train builds a network of its own; the model that it was given stays untrained.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    model = build_model()
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)
