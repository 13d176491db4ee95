# loses: experiments
# why: One network for both losses: the second training goes on with what the first one has learned.
# from: reference


def compare_losses(x_train, y_train, x_val, y_val):
    model = make_network()
    result = {}
    for loss in ["categorical_crossentropy", "mse"]:
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), **EXPERIMENT)
        result[loss] = history.history["val_accuracy"]
    return result
