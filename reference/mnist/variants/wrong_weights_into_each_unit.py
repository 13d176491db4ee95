# loses: weight_images
# why: A picture for each unit, not for each input.
# from: reference


def weight_images(model):
    pictures = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = layer.get_weights()[0].T
            inputs, units = kernel.shape
            side = int(round(units**0.5))
            shape = (side, side) if side * side == units else (units, 1)
            pictures.append(kernel.reshape(inputs, *shape))
    return pictures
