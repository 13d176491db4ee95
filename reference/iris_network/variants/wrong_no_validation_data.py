# loses: training=0.5
# why: fit does not get the validation data.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=60, batch_size=16, verbose=0)
