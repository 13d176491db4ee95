# loses: head_and_loss, training, accuracy
# why: train makes one-hot rows, but the loss wants integers: fit stops with an error.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    y_train, y_val = keras.utils.to_categorical(y_train), keras.utils.to_categorical(y_val)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)
