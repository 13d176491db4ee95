# loses: training
# why: The validation data are not passed to fit.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=30, batch_size=64, verbose=0)
