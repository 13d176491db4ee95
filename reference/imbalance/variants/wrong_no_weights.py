# loses: rare_class
# why: The training ignores the weights.
# from: reference


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, epochs=20, batch_size=64, verbose=0)
