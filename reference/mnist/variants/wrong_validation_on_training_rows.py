# loses: training=0.5
# why: The rows to validate with are those of the training.
# from: reference


def train(model, x, y):
    return model.fit(x, y, batch_size=64, epochs=20, validation_data=(x, y), verbose=0)
