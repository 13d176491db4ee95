# loses: training=0.5
# why: train forgets to return the History.
# from: reference


def train(model, x, y):
    model.fit(x, y, epochs=40, batch_size=32, verbose=0)
