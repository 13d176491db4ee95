# loses: head_and_loss, training, accuracy
# why: The sparse loss wants integers, but train hands the one-hot rows on: fit stops with an error.
# from: reference


def build_model():
    model = make_network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
