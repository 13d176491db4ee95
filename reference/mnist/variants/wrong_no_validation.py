# loses: training=0.5
# why: Nobody sees when the network begins to learn pictures by heart.
# from: reference


def train(model, x, y):
    return model.fit(x, y, batch_size=64, epochs=20, verbose=0)
