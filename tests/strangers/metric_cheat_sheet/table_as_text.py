CHEAT_SHEET = """
| problem type                   | output nodes | output activation | loss function                   | targets    | metrics            |
|--------------------------------|--------------|-------------------|---------------------------------|------------|--------------------|
| regression                     | 1            | linear            | mse, mae or huber               | continuous | mae, rmse, r2      |
| binary classification          | 1            | sigmoid           | binary_crossentropy             | 0/1        | accuracy, f1       |
| multi-class, one-hot labels    | K            | softmax           | categorical_crossentropy        | one-hot    | accuracy, macro f1 |
| multi-class, integer labels    | K            | softmax           | sparse_categorical_crossentropy | integers   | top-k accuracy     |
| multi-label tagging            | one per tag  | sigmoid           | binary_crossentropy             | multi-hot  | precision, recall  |
"""


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
