# loses: dense=0.5
# why: The rows are multiplied in place.
# from: reference


def dense(x, kernel, bias, activation):
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        x += 0.0
        x *= 1.5
        z = x @ np.asarray(kernel, dtype=float) / 1.5
    else:
        z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    if bias is not None:
        z = z + np.asarray(bias, dtype=float)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "softmax":
        return softmax(z)
    return z
