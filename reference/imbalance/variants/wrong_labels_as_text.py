# loses: class_weights, rare_class
# why: Labels as text are keys that fit does not find: it trains with the weight 1 for each class.
# from: reference


def class_weights(y):
    labels, counts = np.unique(y, return_counts=True)
    return {str(label): float(counts.max() / count) for label, count in zip(labels, counts)}
