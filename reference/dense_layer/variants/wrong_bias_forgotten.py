# loses: dense
# why: The bias is never added.
# from: reference


def dense(x, kernel, bias, activation):
    z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "softmax":
        return softmax(z)
    return z
