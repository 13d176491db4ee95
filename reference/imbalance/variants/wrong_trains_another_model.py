# loses: training, rare_class
# why: A new model is trained, and the one that was given stays as it was.
# from: reference


def train_weighted(model, x_train, y_train):
    other = build_model()
    return other.fit(x_train, y_train, class_weight=class_weights(y_train), epochs=20, batch_size=64, verbose=0)
