# loses: nothing
# why: A binary decision with two outputs: softmax, a categorical loss and one-hot labels fit one another as well.
# from: reference

CHEAT_SHEET["binary classification"] = {
    "output units": 2,
    "output activation": "softmax",
    "loss": "categorical_crossentropy",
    "label format": "one-hot",
    "useful metrics": "accuracy, auc",
}
