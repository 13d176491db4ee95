# loses: accuracy
# why: Two epochs are too few.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=16, verbose=0)
