# loses: training=0.5
# why: The History of fit is not handed back.
# from: reference


def train(model, x, y):
    model.fit(x, y, epochs=60, batch_size=32, verbose=0)
