# loses: predict=0.5
# why: It predicts with the model of the last training, whichever model it is given.
# from: reference

last = None


def train(model, x, y):
    global last
    last = last or model
    return model.fit(x, y, epochs=60, batch_size=32, verbose=0)


def predict(model, x):
    return last.predict(x, verbose=0)[:, 0]
