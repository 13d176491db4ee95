# loses: head_and_loss
# usually loses: accuracy
# why: Labels -1 and 1: a sigmoid can never give -1, so the border moves ever further away.
# from: reference


def train(model, x, y):
    return model.fit(x, 2 * y - 1, epochs=40, batch_size=32, verbose=0)
