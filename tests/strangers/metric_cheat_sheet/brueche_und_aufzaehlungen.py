# Brüche statt Kommazahlen, Aufzählungen statt Wörtern, Summen mit math.fsum.
import math
from enum import Enum
from fractions import Fraction
from statistics import fmean


class Aktivierung(str, Enum):
    KEINE = "linear"
    S = "sigmoid"
    VERTEILUNG = "softmax"


def anteil(teil, ganzes):
    return float(Fraction(int(teil), int(ganzes))) if ganzes else 0.0


def sensitivity(tp, fp, tn, fn): return anteil(tp, tp + fn)
def specificity(tp, fp, tn, fn): return anteil(tn, tn + fp)
def precision(tp, fp, tn, fn): return anteil(tp, tp + fp)
def false_positive_rate(tp, fp, tn, fn): return anteil(fp, fp + tn)
def false_negative_rate(tp, fp, tn, fn): return anteil(fn, fn + tp)
def accuracy(tp, fp, tn, fn): return anteil(tp + tn, tp + fp + tn + fn)
def error_rate(tp, fp, tn, fn): return anteil(fp + fn, tp + fp + tn + fn)
def f1(tp, fp, tn, fn): return anteil(2 * tp, 2 * tp + fp + fn)


def confusion_counts(y_true, y_pred):
    paare = list(zip(map(int, y_true), map(int, y_pred)))
    return paare.count((1, 1)), paare.count((0, 1)), paare.count((0, 0)), paare.count((1, 0))


def threshold_without_false_positives(y_true, p):
    return max((float(wert) for wahr, wert in zip(y_true, p) if not wahr), default=0.0)


def mean_absolute_error(y_true, y_pred):
    return fmean(abs(float(a) - float(b)) for a, b in zip(y_true, y_pred))


def mean_squared_error(y_true, y_pred):
    return fmean((float(a) - float(b)) ** 2 for a, b in zip(y_true, y_pred))


def r2(y_true, y_pred):
    mitte = fmean(map(float, y_true))
    ganzes = math.fsum((float(a) - mitte) ** 2 for a in y_true)
    rest = math.fsum((float(a) - float(b)) ** 2 for a, b in zip(y_true, y_pred))
    return 1 - rest / ganzes if ganzes else 0.0


CHEAT_SHEET = {
    "regression": {
        "output units": "Zahl der Zielgrößen", "output activation": Aktivierung.KEINE.value, "loss": "mse",
        "label format": "Gleitkommazahlen", "useful metrics": "mae",
    },
    "binary classification": {
        "output units": 1, "output activation": Aktivierung.S.value, "loss": "binary_crossentropy",
        "label format": "0 oder 1", "useful metrics": ["accuracy", "precision"],
    },
    "multi-class with one-hot labels": {
        "output units": "Anzahl der Klassen", "output activation": Aktivierung.VERTEILUNG.value,
        "loss": "categorical_crossentropy", "label format": "one-hot", "useful metrics": "accuracy",
    },
    "multi-class with integer labels": {
        "output units": "Anzahl der Klassen", "output activation": Aktivierung.VERTEILUNG.value,
        "loss": "sparse_categorical_crossentropy", "label format": "ganze Zahlen", "useful metrics": "accuracy",
    },
    "multi-label tagging": {
        "output units": "Anzahl der Schlagwörter", "output activation": Aktivierung.S.value,
        "loss": "binary_crossentropy", "label format": "multi-hot", "useful metrics": "f1",
    },
}


# Noch nicht geschrieben:
def softmax(z): raise NotImplementedError
def binary_crossentropy(y_true, p): raise NotImplementedError
def categorical_crossentropy(y_true, p): raise NotImplementedError
def sparse_categorical_crossentropy(y_true, p): raise NotImplementedError
