# loses: evaluate
# why: Percentages instead of shares.
# from: reference


def evaluate(model, x, y):
    right = np.argmax(model.predict(x, verbose=0), axis=1) == y
    recall = [100 * np.mean(right[y == k]) if np.any(y == k) else 0.0 for k in range(N_CLASSES)]
    return {"accuracy": 100 * np.mean(right), "recall": recall}
