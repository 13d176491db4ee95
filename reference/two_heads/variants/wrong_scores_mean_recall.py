# loses: scores
# why: The mean of the recalls counts each class the same, and accuracy each apple.
# from: reference


def scores(model, x, sweetness, variety):
    predicted_sweetness, probabilities = model.predict(x, verbose=0)
    errors = sweetness - predicted_sweetness[:, 0]
    r2 = 1 - np.sum(errors**2) / np.sum((sweetness - np.mean(sweetness)) ** 2)
    answers = np.argmax(probabilities, axis=1)
    recalls = [np.mean(answers[variety == one] == one) for one in np.unique(variety)]
    return {"sweetness": float(r2), "variety": float(np.mean(recalls))}
