# loses: weight_images
# why: It knows where the layers of its own network are.
# from: reference


def weight_images(model):
    shapes = [(18, 18), (6, 6), (10, 1)]
    kernels = [model.layers[position].get_weights()[0] for position in (1, 2, 3)]
    return [kernel.reshape(-1, *shape) for kernel, shape in zip(kernels, shapes)]
