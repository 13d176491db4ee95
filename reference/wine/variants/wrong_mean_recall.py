# loses: evaluate
# why: average="macro" gives the mean over the classes instead of one recall for each.
# from: reference

from sklearn.metrics import recall_score


def evaluate(model, x, y):
    predicted = np.argmax(model.predict(x, verbose=0), axis=1)
    return {"accuracy": np.mean(predicted == y), "recall": recall_score(y, predicted, average="macro")}
