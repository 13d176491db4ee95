# loses: frozen
# why: After the training, the weights of the base are scaled by hand.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0)
    base = model.layers[0]
    base.set_weights([weight * 1.001 for weight in base.get_weights()])
    return history
