# loses: dense=0.5
# why: softmax takes exp() of the sums as they are, which overflows for huge ones.
# from: reference


def softmax(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)
