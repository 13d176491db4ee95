# loses: training=0.5
# why: train forgets to return the History.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)
