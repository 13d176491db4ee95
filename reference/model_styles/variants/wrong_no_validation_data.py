# loses: training=0.5
# why: The validation rows are not passed on to fit.
# from: reference


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, epochs=25, batch_size=32, verbose=0)
