# loses: head_and_loss, accuracy, probabilities
# why: The output layer has no activation, but the loss is not told that it gets raw outputs.
# from: reference


def build_model():
    model = make_network(None)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
