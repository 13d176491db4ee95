import pandas as pd

# So merke ich es mir:
CHEAT_SHEET = pd.DataFrame(
    {
        "Neuronen in der Ausgabeschicht": ["1", "1", "so viele wie Klassen", "so viele wie Klassen", "so viele wie Schlagwörter"],
        "Aktivierungsfunktion": ["linear (keine)", "Sigmoid-Funktion", "Softmax-Funktion", "Softmax-Funktion", "Sigmoid-Funktion"],
        "Verlustfunktion": [
            "mittlerer quadratischer Fehler (MSE)", "binäre Kreuzentropie", "kategoriale Kreuzentropie",
            "sparse_categorical_crossentropy", "binäre Kreuzentropie",
        ],
        "Format der Labels": ["reelle Zahlen", "0/1", "One-Hot-Vektoren", "ganze Zahlen", "Multi-Hot-Vektoren"],
        "Sinnvolle Metriken": ["MAE, Bestimmtheitsmaß", "Genauigkeit, F1-Score", "Genauigkeit, Konfusionsmatrix", "Genauigkeit", "Precision, Recall"],
    },
    index=["Regression", "Binäre Klassifikation", "Mehrklassen (One-Hot-Labels)", "Mehrklassen (Integer-Labels)", "Multi-Label-Tagging"],
)


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
