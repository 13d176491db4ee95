# loses: softmax
# why: Each number on its own is squeezed by the sigmoid.
# from: reference


def softmax(z):
    return 1 / (1 + np.exp(-np.clip(np.asarray(z, dtype=float), -500, 500)))
