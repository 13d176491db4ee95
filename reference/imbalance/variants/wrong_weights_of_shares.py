# loses: class_weights, rare_class
# why: Shares of the classes: the rare class counts least.
# from: reference


def class_weights(y):
    labels, counts = np.unique(y, return_counts=True)
    return {int(label): float(count / len(y)) for label, count in zip(labels, counts)}
