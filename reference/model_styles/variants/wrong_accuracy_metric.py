# loses: same_compile=0.5
# why: Accuracy among the metrics says nothing about numbers.
# from: reference


def compiled(model):
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse", metrics=["accuracy"])
    return model
