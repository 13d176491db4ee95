# loses: dense
# why: Whatever activation is asked for, relu is computed.
# from: reference


def dense(x, kernel, bias, activation):
    z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    if bias is not None:
        z = z + np.asarray(bias, dtype=float)
    return np.maximum(z, 0)
