# loses: evaluate
# why: A grower that does not occur in y stops the function with ZeroDivisionError.
# from: reference


def evaluate(model, x, y):
    predicted = np.argmax(model.predict(x, verbose=0), axis=1)
    recall = []
    for k in range(N_CLASSES):
        rows = [int(p) for p, t in zip(predicted, y) if t == k]
        recall.append(rows.count(k) / len(rows))
    return {"accuracy": float(np.mean(predicted == y)), "recall": recall}
