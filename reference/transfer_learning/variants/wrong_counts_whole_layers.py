# loses: count_parameters=0.5
# why: A layer counts as learning with all of its numbers, also a nested model of which a part is frozen.
# from: reference


def count_parameters(model):
    learn = sum(layer.count_params() for layer in model.layers if layer.trainable)
    frozen = sum(layer.count_params() for layer in model.layers if not layer.trainable)
    return learn, frozen
