# loses: accuracy=0.5
# why: Two epochs are too few even for a head.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=32, verbose=0)
