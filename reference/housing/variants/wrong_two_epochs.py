# loses: r2
# why: Two epochs are too few to be better than a straight line.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=64, verbose=0)
