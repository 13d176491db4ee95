# loses: dense
# why: The bias is added to what the activation gives.
# from: reference


def dense(x, kernel, bias, activation):
    z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    outputs = {
        "linear": lambda: z,
        "relu": lambda: np.maximum(z, 0),
        "sigmoid": lambda: sigmoid(z),
        "tanh": lambda: np.tanh(z),
        "softmax": lambda: softmax(z),
    }[activation]()
    return outputs if bias is None else outputs + np.asarray(bias, dtype=float)
