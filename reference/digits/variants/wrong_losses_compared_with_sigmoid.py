# loses: experiments
# why: The output activation is sigmoid, while softmax is asked for.
# from: reference


def compare_losses(x_train, y_train, x_val, y_val):
    result = {}
    for loss in ["mse", "categorical_crossentropy"]:
        model = make_network("sigmoid")
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), **EXPERIMENT)
        result[loss] = history.history["val_accuracy"]
    return result
