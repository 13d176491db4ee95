# loses: crossentropies=0.3333
# why: keras.losses functions give a loss for each row; the mean is missing.
# from: reference


def categorical_crossentropy(y_true, p):
    import keras

    return keras.losses.categorical_crossentropy(np.asarray(y_true), np.asarray(p))


def sparse_categorical_crossentropy(y_true, p):
    import keras

    return keras.losses.sparse_categorical_crossentropy(np.asarray(y_true), np.asarray(p))
