# loses: experiments
# why: The values of two different losses are compared, in place of the accuracies.
# from: reference


def compare_losses(x_train, y_train, x_val, y_val):
    result = {}
    for loss in ["mse", "categorical_crossentropy"]:
        model = make_network()
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), **EXPERIMENT)
        result[loss] = history.history["val_loss"]
    return result
