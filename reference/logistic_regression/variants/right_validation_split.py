# loses: nothing
# why: A part of the rows is split off for validation, with early stopping; full batches for the rest.
# from: reference


def train(model, x, y):
    order = np.random.permutation(len(x))
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=15, restore_best_weights=True)
    return model.fit(
        x[order], y[order], validation_split=0.1, epochs=60, batch_size=16, callbacks=[stop], verbose=0
    )
