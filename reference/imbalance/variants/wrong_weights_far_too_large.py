# loses: rare_class
# why: The third power of the weights: nearly everything is called rare.
# from: reference


def train_weighted(model, x_train, y_train):
    weights = {label: weight**3 for label, weight in class_weights(y_train).items()}
    return model.fit(x_train, y_train, class_weight=weights, epochs=20, batch_size=64, verbose=0)
