# loses: class_weights, rare_class
# why: The more frequent a class, the more it counts, and the training uses these weights.
# from: reference


def class_weights(y):
    labels, counts = np.unique(y, return_counts=True)
    return {int(label): float(count / counts.min()) for label, count in zip(labels, counts)}
