def _row(units, activation, loss, labels, metrics):
    return {"Ausgabeneuronen": units, "Aktivierung": activation, "Schadensfunktion": loss, "Labelformat": labels, "Metriken": metrics}


CHEAT_SHEET = {
    "Regression": _row("1", "keine", "MSE", "Zahlen", "MAE"),
    "binäre Klassifikation": _row("1", "Sigmoid", "binäre Kreuzentropie", "0/1", "Trefferquote"),
    "Mehrklassen mit One-Hot": _row("Anzahl der Klassen", "Softmax", "kategorische Kreuzentropie", "One-Hot", "Genauigkeit"),
    "Mehrklassen mit ganzen Zahlen": _row("Anzahl der Klassen", "Softmax", "SparseCategoricalCrossentropy", "ganze Zahlen", "Genauigkeit"),
    "Multi-Label": _row("eins pro Tag", "Sigmoid", "binary_crossentropy", "Multi-Hot", "F1"),
}


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
