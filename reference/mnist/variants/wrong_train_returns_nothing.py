# loses: training=0.5
# why: The History is lost.
# from: reference


def train(model, x, y):
    model.fit(x, y, batch_size=64, epochs=20, validation_split=0.2, verbose=0)
