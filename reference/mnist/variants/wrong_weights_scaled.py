# loses: weight_images
# why: Scaled to 0..1, as imshow does it anyway.
# from: reference


def weight_images(model):
    pictures = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = layer.get_weights()[0]
            inputs, units = kernel.shape
            side = int(round(units**0.5))
            shape = (side, side) if side * side == units else (units, 1)
            pictures.append((kernel.reshape(inputs, *shape) - kernel.min()) / np.ptp(kernel))
    return pictures
