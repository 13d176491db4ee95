# loses: weight_images=0.5
# why: Every second layer is a Dense layer of the course's network, not of any network.
# from: reference

import math


def weight_images(model):
    pictures = []
    for layer in model.layers[::2]:
        kernel = layer.get_weights()[0]
        side = math.isqrt(kernel.shape[1])
        shape = (side, side) if side * side == kernel.shape[1] else (kernel.shape[1], 1)
        pictures.append(kernel.reshape(-1, *shape))
    return pictures
