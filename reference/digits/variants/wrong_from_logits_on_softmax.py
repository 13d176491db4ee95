# loses: head_and_loss
# why: from_logits=True makes the loss apply softmax to outputs that went through softmax already.
# from: reference


def build_model():
    model = make_network("softmax")
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model
