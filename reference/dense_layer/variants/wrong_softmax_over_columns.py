# loses: dense
# why: softmax sums over the rows of the batch.
# from: reference


def softmax(z):
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)
