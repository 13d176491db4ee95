# loses: training=0.5
# why: The history is not returned.
# from: reference


def train_weighted(model, x_train, y_train):
    model.fit(x_train, y_train, class_weight=class_weights(y_train), epochs=20, batch_size=64, verbose=0)
