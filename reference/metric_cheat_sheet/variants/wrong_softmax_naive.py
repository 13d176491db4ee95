# loses: softmax=0.5
# why: exp(1000) overflows.
# from: reference


def softmax(z):
    powers = np.exp(np.asarray(z))
    return powers / powers.sum(axis=1, keepdims=True)
