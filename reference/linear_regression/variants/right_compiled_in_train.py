# loses: nothing
# why: train compiles again with a learning rate of its own and fits twice; the second History is returned.
# from: reference


def train(model, x, y):
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    model.fit(x, y, epochs=20, batch_size=32, verbose=0)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
    return model.fit(x, y, epochs=20, batch_size=32, verbose=0)


def coefficients(model):
    kernel, bias = model.layers[-1].get_weights()
    return {"w": kernel.ravel(), "b": bias[0]}
