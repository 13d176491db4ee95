# loses: accuracy
# why: One epoch is too few.
# from: reference


def train(model, x, y):
    return model.fit(x, y, batch_size=512, epochs=1, validation_split=0.2, verbose=0)
