# loses: r2
# why: A single epoch with large batches is far too little.
# from: reference


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=1, batch_size=256, verbose=0)
