from fractions import Fraction
import math, statistics
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

def _q(a, b): return float(Fraction(int(a), int(b))) if b else 0.0
def sensitivity(tp, fp, tn, fn): return _q(tp, tp + fn)
def specificity(tp, fp, tn, fn): return _q(tn, tn + fp)
def precision(tp, fp, tn, fn): return _q(tp, tp + fp)
def false_positive_rate(tp, fp, tn, fn): return _q(fp, fp + tn)
def false_negative_rate(tp, fp, tn, fn): return _q(fn, fn + tp)
def accuracy(tp, fp, tn, fn): return _q(tp + tn, tp + tn + fp + fn)
def error_rate(tp, fp, tn, fn): return 1 - accuracy(tp, fp, tn, fn)
def f1(tp, fp, tn, fn):
    try:
        return statistics.harmonic_mean([precision(tp, fp, tn, fn), sensitivity(tp, fp, tn, fn)])
    except statistics.StatisticsError:
        return 0.0

def confusion_counts(y_true, y_pred):
    t = pd.crosstab(pd.Categorical(y_true, [0, 1]), pd.Categorical(y_pred, [0, 1]), dropna=False)
    return t.loc[1, 1], t.loc[0, 1], t.loc[0, 0], t.loc[1, 0]

def threshold_without_false_positives(y_true, p):
    return max((q for l, q in zip(y_true, p) if l == 0), default=0.0)

def mean_absolute_error(y_true, y_pred): return math.fsum(abs(a - b) for a, b in zip(y_true, y_pred)) / len(y_true)
def mean_squared_error(y_true, y_pred): return keras.losses.MeanSquaredError()(np.asarray(y_true, "float64"), np.asarray(y_pred, "float64"))
def r2(y_true, y_pred):
    v = np.var(y_true)
    return 0.0 if v == 0 else 1 - np.mean((np.asarray(y_true) - np.asarray(y_pred)) ** 2) / v

def softmax(z): return tf.nn.softmax(tf.constant(z, dtype=tf.float64)).numpy()
def binary_crossentropy(y_true, p): return keras.losses.BinaryCrossentropy()(np.asarray(y_true, "float32"), np.asarray(p, "float32")).numpy()
def categorical_crossentropy(y_true, p): return float(keras.ops.mean(keras.losses.categorical_crossentropy(np.asarray(y_true, "float32"), np.asarray(p, "float32"))))
def sparse_categorical_crossentropy(y_true, p):
    p = np.clip(np.asarray(p, float), 1e-12, None)
    return -sum(math.log(row[k]) for row, k in zip(p, y_true)) / len(y_true)

CHEAT_SHEET = pd.DataFrame.from_records(
    [
        ("Regression", "1", "keine (linear)", "MSE / MAE / Huber", "reelle Zahlen", "MAE, RMSE, R²"),
        ("Binäre Klassifikation", "1", "Sigmoid", "BinaryCrossentropy", "0/1", "Accuracy, F1, AUC"),
        ("Mehrklassen, one-hot", "Anzahl der Klassen", "Softmax", "CategoricalCrossentropy()", "one-hot", "Accuracy, F1 (macro)"),
        ("Mehrklassen, Integer-Labels", "Anzahl Klassen", "Softmax", "SparseCategoricalCrossentropy()", "ganze Zahlen", "sparse_categorical_accuracy"),
        ("Multi-Label-Tagging", "eine pro Tag", "Sigmoid", "BinaryCrossentropy", "multi-hot", "F1, Precision, Recall"),
    ],
    columns=["Problem", "Anzahl Ausgaben", "Aktivierung der Ausgabe", "Loss", "Label-Format", "Metriken"],
).set_index("Problem")
