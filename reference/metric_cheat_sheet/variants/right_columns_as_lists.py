# loses: nothing
# why: The sheet is a dict of columns; losses and activations speak of logits, and units are the symbols of a lecture.
# from: reference

CHEAT_SHEET = {
    "task": ["multi-label", "multiclass one-hot", "multiclass integer", "binary", "regression"],
    "units": ["one per label", "k", "k", 1, 1],
    "activation": ["none (logits)", "linear", "softmax or linear", "linear", "identity"],
    "loss": [
        "BinaryCrossentropy(from_logits=True)",
        "CategoricalCrossentropy(from_logits=True)",
        "SparseCategoricalCrossentropy, from_logits=True",
        "binary_crossentropy with from_logits=True",
        "huber",
    ],
    "targets": ["k-hot", "one-hot", "0 … k-1", "{0, 1}", "continuous"],
    "metrics": ["F1, precision, recall", "accuracy", "accuracy, top-5 accuracy", "AUC", "RMSE"],
}
