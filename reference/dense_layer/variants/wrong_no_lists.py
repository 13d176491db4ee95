# loses: dense=0.5
# why: Lists are taken for arrays.
# from: reference


def dense(x, kernel, bias, activation):
    z = x @ kernel
    if bias is not None:
        z = z + bias
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return np.tanh(z)
    if activation == "softmax":
        return softmax(z)
    return z
