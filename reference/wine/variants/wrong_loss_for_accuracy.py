# loses: evaluate
# why: The first thing that model.evaluate returns is the loss.
# from: reference


def evaluate(model, x, y):
    right = np.argmax(model.predict(x, verbose=0), axis=1) == y
    recall = [np.mean(right[y == k]) if np.any(y == k) else 0.0 for k in range(N_CLASSES)]
    return {"accuracy": model.evaluate(x, y, verbose=0)[0], "recall": recall}
