# loses: weight_images=0.3333
# why: Each picture is mirrored along its diagonal.
# from: reference


def weight_images(model):
    pictures = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = layer.get_weights()[0]
            inputs, units = kernel.shape
            side = int(round(units**0.5))
            shape = (side, side) if side * side == units else (units, 1)
            pictures.append(kernel.reshape(inputs, *shape).swapaxes(1, 2) if side * side == units else kernel.reshape(inputs, *shape))
    return pictures
