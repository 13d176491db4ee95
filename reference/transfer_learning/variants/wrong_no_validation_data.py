# loses: training=0.5
# why: fit gets no validation data.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=40, batch_size=32, verbose=0)
