# loses: training
# why: validation_freq is larger than the number of epochs, so fit never validates.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        validation_freq=50,
        epochs=30,
        batch_size=64,
        verbose=0,
    )
