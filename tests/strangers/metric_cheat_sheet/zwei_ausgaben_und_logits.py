CHEAT_SHEET = {
    "Regression": {"Ausgänge": "einer pro Zielgröße", "Aktivierung": "keine", "Kostenfunktion": "MAE oder MSE", "Zielwerte": "Gleitkommazahlen", "Gütemaße": "R²"},
    "Binär": {"Ausgänge": 2, "Aktivierung": "Softmax", "Kostenfunktion": "sparse_categorical_crossentropy", "Zielwerte": "ganze Zahlen (0 und 1)", "Gütemaße": "Genauigkeit"},
    "Mehrklassen, One-Hot": {"Ausgänge": "Anzahl der Klassen", "Aktivierung": "linear", "Kostenfunktion": "CategoricalCrossentropy(from_logits=True)", "Zielwerte": "One-Hot", "Gütemaße": "Genauigkeit"},
    "Mehrklassen, Integer": {"Ausgänge": "Anzahl der Klassen", "Aktivierung": "linear", "Kostenfunktion": "SparseCategoricalCrossentropy(from_logits=True)", "Zielwerte": "Klassenindex", "Gütemaße": "Genauigkeit"},
    "Multi-Label": {"Ausgänge": "Anzahl der Labels", "Aktivierung": "keine (Logits)", "Kostenfunktion": "BinaryCrossentropy(from_logits=True)", "Zielwerte": "0/1 je Label", "Gütemaße": "F1, Präzision, Recall"},
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
