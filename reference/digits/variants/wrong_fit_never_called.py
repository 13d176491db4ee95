# loses: training, accuracy
# why: train evaluates the fresh network and fills a History by hand: nothing is learned.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    history = keras.callbacks.History()
    loss, accuracy = model.evaluate(x_train, y_train, verbose=0)
    val_loss, val_accuracy = model.evaluate(x_val, y_val, verbose=0)
    history.epoch = [0]
    history.history = {
        "loss": [loss],
        "accuracy": [accuracy],
        "val_loss": [val_loss],
        "val_accuracy": [val_accuracy],
    }
    return history
