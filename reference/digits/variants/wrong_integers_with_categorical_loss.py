# loses: head_and_loss, training, accuracy
# why: train turns the one-hot rows into integers, but the loss wants them one-hot: fit stops with an error.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    y_train = np.argmax(y_train, axis=1)
    y_val = np.argmax(y_val, axis=1)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=64, verbose=0)
