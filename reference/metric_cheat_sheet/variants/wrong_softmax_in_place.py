# loses: softmax=0.5
# why: The argument is written to.
# from: reference


def softmax(z):
    z = np.asarray(z)
    if z.dtype.kind == "i":
        z = z.astype(float)
    z -= z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
