# loses: evaluate
# why: Two things in a tuple instead of a dict that says which is which.
# from: reference


def evaluate(model, x, y):
    right = np.argmax(model.predict(x, verbose=0), axis=1) == y
    return np.mean(right), [np.mean(right[y == k]) if np.any(y == k) else 0.0 for k in range(N_CLASSES)]
