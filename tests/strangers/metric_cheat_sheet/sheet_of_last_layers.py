header = ["Problem", "Last layer units", "Last-layer activation", "Loss function", "Targets", "Metrics"]
CHEAT_SHEET = [
    header,
    ["Regression to arbitrary values", "1", "None", "mse / mae / Huber()", "float", "MAE, R²"],
    ["Binary classification", "1", "sigmoid", "BinaryCrossentropy()", "0 or 1", "accuracy, ROC AUC"],
    ["Multiclass, single-label (one-hot)", "n_classes", "softmax", "CategoricalCrossentropy()", "one-hot vectors", "categorical accuracy"],
    ["Multiclass, single-label (integers)", "n_classes", "softmax", "SparseCategoricalCrossentropy()", "int class ids", "sparse categorical accuracy"],
    ["Multi-label (tagging)", "n_tags", "sigmoid", "BinaryCrossentropy()", "multi-hot vectors", "precision, recall, F1"],
]


# Not written yet:
def sensitivity(tp, fp, tn, fn): raise NotImplementedError
def specificity(tp, fp, tn, fn): raise NotImplementedError
def precision(tp, fp, tn, fn): raise NotImplementedError
def false_positive_rate(tp, fp, tn, fn): raise NotImplementedError
def false_negative_rate(tp, fp, tn, fn): raise NotImplementedError
def accuracy(tp, fp, tn, fn): raise NotImplementedError
def error_rate(tp, fp, tn, fn): raise NotImplementedError
def f1(tp, fp, tn, fn): raise NotImplementedError
def confusion_counts(y_true, y_pred): raise NotImplementedError
def threshold_without_false_positives(y_true, p): raise NotImplementedError
def mean_absolute_error(y_true, y_pred): raise NotImplementedError
def mean_squared_error(y_true, y_pred): raise NotImplementedError
def r2(y_true, y_pred): raise NotImplementedError
def softmax(z): raise NotImplementedError
def binary_crossentropy(y_true, p): raise NotImplementedError
def categorical_crossentropy(y_true, p): raise NotImplementedError
def sparse_categorical_crossentropy(y_true, p): raise NotImplementedError
