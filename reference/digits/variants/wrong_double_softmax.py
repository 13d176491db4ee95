# loses: head_and_loss
# why: A Softmax layer comes after a Dense layer that has softmax already.
# from: reference


def build_model():
    model = make_network("softmax")
    model.add(keras.layers.Softmax())
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
