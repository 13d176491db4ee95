CHEAT_SHEET = [
    {"task": "Regression", "units": "Dense(1)", "activation": "activation=None", "loss": "keras.losses.MeanSquaredError()", "y": "floats (such as 3.7)", "metrics": "tf.keras.metrics.MeanAbsoluteError()"},
    {"task": "BinaryClassification", "units": "Dense(1)", "activation": "activation='sigmoid'", "loss": "keras.losses.BinaryCrossentropy()", "y": "0 / 1", "metrics": "keras.metrics.AUC()"},
    {"task": "MultiClass (one-hot)", "units": "Dense(n_classes)", "activation": "activation='softmax'", "loss": "keras.losses.CategoricalCrossentropy()", "y": "to_categorical(y)", "metrics": "keras.metrics.CategoricalAccuracy()"},
    {"task": "MultiClass (integers)", "units": "Dense(n_classes)", "activation": "activation='softmax'", "loss": "keras.losses.SparseCategoricalCrossentropy()", "y": "integers 0..K-1", "metrics": "keras.metrics.SparseCategoricalAccuracy()"},
    {"task": "MultiLabel (tags)", "units": "Dense(n_tags)", "activation": "activation='sigmoid'", "loss": "keras.losses.BinaryCrossentropy()", "y": "multi-hot", "metrics": "keras.metrics.Precision(), keras.metrics.Recall()"},
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
