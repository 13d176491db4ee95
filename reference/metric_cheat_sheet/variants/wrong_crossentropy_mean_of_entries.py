# loses: crossentropies=0.6667
# why: The mean goes over all n·k entries.
# from: reference


def categorical_crossentropy(y_true, p):
    return -np.mean(np.asarray(y_true) * np.log(clipped(p)))
