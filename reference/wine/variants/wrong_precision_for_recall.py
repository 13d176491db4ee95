# loses: evaluate
# why: The share of right ones among the rows that are called so is precision.
# from: reference


def evaluate(model, x, y):
    predicted = np.argmax(model.predict(x, verbose=0), axis=1)
    recall = [np.mean(y[predicted == k] == k) if np.any(predicted == k) else 0.0 for k in range(N_CLASSES)]
    return {"accuracy": np.mean(predicted == y), "recall": recall}
