# loses: training, r2
# why: train returns the History of a copy; the model itself stays as it was.
# from: reference


def train(model, x, y, x_val, y_val):
    other = build_sequential(x.shape[1])
    return other.fit(x, y, validation_data=(x_val, y_val), epochs=2, verbose=0)
