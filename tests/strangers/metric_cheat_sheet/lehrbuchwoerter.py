import pandas as pd

zeilen = ["Anzahl Ausgabeknoten", "Aktivierungsfkt.", "Fehlerfunktion", "Codierung der Zielwerte", "Gütekriterien"]
spalten = {
    "Regressionsaufgabe": ["1", "Identität", "mittlerer quadratischer Fehler", "stetige Werte", "MAE, R²"],
    "Zweiklassenproblem": ["1", "logistische Funktion", "binäre Kreuzentropie", "0/1", "Korrektklassifikationsrate, AUC"],
    "Mehrklassenproblem (1-aus-n)": ["Anzahl der Klassen", "Softmax", "kategorische Kreuzentropie", "1-aus-n (One-Hot)", "Genauigkeit, Konfusionsmatrix"],
    "Mehrklassenproblem (Klassenindex)": ["Anzahl der Klassen", "Softmax", "sparse_categorical_crossentropy", "Klassenindex", "Genauigkeit"],
    "Verschlagwortung (mehrere Labels)": ["Anzahl der Schlagwörter", "Sigmoid", "binäre Kreuzentropie", "Multi-Hot", "Sensitivität, F1-Maß"],
}
CHEAT_SHEET = pd.DataFrame(spalten, index=zeilen)


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
