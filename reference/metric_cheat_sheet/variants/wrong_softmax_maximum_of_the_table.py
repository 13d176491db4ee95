# loses: softmax=0.5
# why: The maximum of the whole table leaves other rows with 0 / 0.
# from: reference


def softmax(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=1, keepdims=True)
