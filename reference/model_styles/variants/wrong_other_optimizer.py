# loses: same_compile=0.5
# why: The subclassed model is trained by another optimizer than the others.
# from: reference


def build_subclassed(n_features):
    model = Network()
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.003), loss="mse")
    return model
