"""The words of the cheat sheet: what students call rows, columns and what stands in them, in English and German.

Words are compared by their letters: case, umlauts, spaces, hyphens, underscores and the humps of CamelCase do not
count, so `mean_squared_error`, `MeanSquaredError()` and "mean squared error" are one spelling.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

Spellings = Mapping[str, tuple[str, ...]]

ROWS = ("regression", "binary", "one_hot", "integers", "tagging")
COLUMNS = ("units", "activation", "loss", "labels", "metrics")

# Letters.

_LETTERS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "ß": "ss",
    "σ": " sigmoid ",
    "−": "-",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def normalise_text(text: str) -> str:
    """Normalise a text: lower case, no umlauts, CamelCase split into words."""
    composed = unicodedata.normalize("NFC", text)
    for letter, other in _LETTERS.items():
        composed = composed.replace(letter, other)
    return _HUMP.sub(" ", unicodedata.normalize("NFKC", composed)).lower()


def normalise_name(text: str) -> str:
    """Normalise a name for comparison: its letters and digits only."""
    return "".join(re.findall(r"[a-z0-9]+", normalise_text(text)))


# Names of rows and columns: the first mark that a name contains decides.

_ROW_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "tagging",
        ("multilabel", "tagging", "tags", "mehrfachlabel", "mehrerelabel", "schlagw", "multihot", "mehrfachz"),
    ),
    ("one_hot", ("onehot", "1hot")),
    ("binary", ("binar", "binaer", "twoclass", "2class", "zweiklass", "2klass", "yesno", "janein", "logisti")),
    ("integers", ("integer", "ganzzahl", "ganzezahl", "ganzenzahl", "sparse", "classindex", "klassenindex")),
    ("one_hot", ("categorical", "kategori")),
    ("regression", ("regress",)),
)
_MULTI_CLASS = re.compile(r"multi-?\s*_?class|mehr\w*[\s_-]*klass|mehrklass|several classes")

_COLUMN_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("activation", ("activ", "aktiv")),
    ("loss", ("loss", "verlust", "kosten", "cost", "fehlerfunktion", "zielfunktion", "objective")),
    ("metrics", ("metri", "kennzahl", "guete", "masszahl", "score", "bewertung", "evaluation")),
    ("labels", ("label", "target", "zielwert", "zielgroesse", "format", "etikett", "ytrue")),
    ("units", ("unit", "neuron", "output", "ausgang", "ausgaeng", "ausgabe", "einheit", "knoten", "node")),
)


def find_row(name: str) -> str | None:
    """Return the row that a name means, or None."""
    words = normalise_name(name)
    several = bool(_MULTI_CLASS.search(normalise_text(name)))
    for row, marks in _ROW_MARKS:
        if any(mark in words for mark in marks) and not (several and row == "binary"):
            return row
    if several and {"int", "ints"} & set(re.findall("[a-z]+", normalise_text(name))):
        return "integers"
    return None


def find_column(name: str) -> str | None:
    """Return the column that a name means, or None."""
    words = normalise_name(name)
    if words == "y":
        return "labels"
    return next((column for column, marks in _COLUMN_MARKS if any(mark in words for mark in marks)), None)


# What stands in the cells. The first spelling is the one that a message shows.

ACTIVATIONS: Spellings = MappingProxyType(
    {
        "linear": (
            "linear", "none", "no activation", "no", "identity", "logits", "without activation", "nothing",
            "keine", "kein", "keine aktivierung", "ohne", "ohne aktivierung", "Identität", "nichts", "lineare",
            "lineare aktivierung",
        ),
        "sigmoid": ("sigmoid", "logistic", "logistic function", "logistisch", "logistische Funktion", "expit",
                    "sigmoidfunktion", "sigmoide"),
        "softmax": ("softmax", "softmaxfunktion"),
        "relu": ("relu", "relu6", "leaky relu", "prelu", "rectified linear unit", "rectifier"),
        "tanh": ("tanh", "hyperbolic tangent", "tangens hyperbolicus"),
        "elu": ("elu", "selu", "gelu", "silu", "swish", "mish"),
        "softplus": ("softplus", "exponential", "exp"),
        "hard_sigmoid": ("hard sigmoid", "hardsigmoid"),
        "log_softmax": ("log softmax", "logsoftmax"),
        "argmax": ("argmax", "hardmax", "step", "heaviside", "threshold", "sign", "schwelle"),
    }
)  # fmt: skip

LOSSES: Spellings = MappingProxyType(
    {
        "mse": ("mse", "mean squared error", "mittlerer quadratischer Fehler", "mittlere quadratische Abweichung",
                "squared error", "quadratischer Fehler", "l2", "l2 loss", "least squares", "kleinste quadrate"),
        "mae": ("mae", "mean absolute error", "mittlerer absoluter Fehler", "mittlere absolute Abweichung", "l1",
                "absolute error", "absoluter Fehler", "l1 loss"),
        "huber": ("huber", "huber loss", "smooth l1"),
        "log_cosh": ("log_cosh", "logcosh"),
        "rmse": ("rmse", "root mean squared error"),
        "msle": ("msle", "mean squared logarithmic error"),
        "mape": ("mape", "mean absolute percentage error"),
        "quantile": ("quantile loss", "pinball", "pinball loss", "quantile"),
        "binary_crossentropy": ("binary_crossentropy", "binary cross entropy", "bce", "binary ce",
                                "binäre Kreuzentropie", "binary log loss", "sigmoid cross entropy"),
        "binary_focal": ("binary_focal_crossentropy", "binary focal cross entropy", "binary focal loss"),
        "categorical_crossentropy": ("categorical_crossentropy", "categorical cross entropy", "cce",
                                     "kategoriale Kreuzentropie", "kategorische Kreuzentropie", "categorical ce"),
        "categorical_focal": ("categorical_focal_crossentropy", "categorical focal cross entropy",
                              "categorical focal loss"),
        "kl": ("kl_divergence", "kld", "kullback leibler divergence", "kl divergenz"),
        "sparse_categorical_crossentropy": ("sparse_categorical_crossentropy", "sparse categorical cross entropy",
                                            "scce", "sparse cross entropy", "sparse crossentropy", "sparse cce",
                                            "sparse kategoriale Kreuzentropie",
                                            "sparse kategorische Kreuzentropie"),
        "crossentropy": ("crossentropy", "cross entropy", "Kreuzentropie", "log loss", "nll",
                         "negative log likelihood", "ce"),
        "hinge": ("hinge", "squared hinge", "categorical hinge", "hinge loss"),
        "poisson": ("poisson", "poisson loss"),
        "cosine": ("cosine_similarity", "cosine"),
        "accuracy": ("accuracy", "acc", "Genauigkeit", "error rate", "r2", "auc", "f1"),
    }
)  # fmt: skip

METRICS: Spellings = MappingProxyType(
    {
        "mae": LOSSES["mae"],
        "mse": LOSSES["mse"],
        "rmse": ("rmse", "root mean squared error", "root mean square error"),
        "r2": ("r2", "r2 score", "r squared", "coefficient of determination", "Bestimmtheitsmaß",
               "r quadrat", "r 2"),
        "mape": ("mape", "mean absolute percentage error", "msle", "mean squared logarithmic error"),
        "medae": ("median absolute error", "max error", "explained variance"),
        "accuracy": ("accuracy", "acc", "Genauigkeit", "Trefferquote gesamt", "error rate", "Fehlerrate", "error",
                     "Fehlerquote", "balanced accuracy", "Korrektklassifikationsrate"),
        "binary_accuracy": ("binary_accuracy", "binary acc"),
        "categorical_accuracy": ("categorical_accuracy", "categorical acc", "top k categorical accuracy"),
        "sparse_categorical_accuracy": ("sparse_categorical_accuracy", "sparse categorical acc", "sparse accuracy",
                                        "sparse top k categorical accuracy"),
        "top_k": ("top k accuracy", "top k", "top 5 accuracy", "top 3 accuracy", "top 5", "top 3"),
        "precision": ("precision", "Präzision", "positive predictive value", "ppv", "average precision", "pr auc"),
        "recall": ("recall", "sensitivity", "Sensitivität", "true positive rate", "tpr", "hit rate",
                   "Trefferquote",
                   "recall per class", "per class recall"),
        "specificity": ("specificity", "Spezifität", "true negative rate", "tnr"),
        "false_positive_rate": ("false positive rate", "fpr", "falsch positiv rate", "fall out"),
        "false_negative_rate": ("false negative rate", "fnr", "falsch negativ rate", "miss rate"),
        "f1": ("f1", "f1 score", "f score", "f measure", "f1 maß", "fbeta", "f beta", "macro f1", "micro f1"),
        "auc": ("auc", "roc auc", "roc", "roc curve", "area under the curve", "roc kurve"),
        "confusion": ("confusion matrix", "Konfusionsmatrix", "Verwechslungsmatrix", "Wahrheitsmatrix"),
        "mcc": ("matthews correlation coefficient", "mcc", "cohen kappa", "cohens kappa", "kappa", "brier score",
                "brier"),
        "crossentropy": LOSSES["crossentropy"],
        "binary_crossentropy": LOSSES["binary_crossentropy"],
        "categorical_crossentropy": LOSSES["categorical_crossentropy"],
        "sparse_categorical_crossentropy": LOSSES["sparse_categorical_crossentropy"],
        "hamming": ("hamming loss", "hamming", "jaccard", "jaccard score", "iou", "subset accuracy", "exact match",
                    "exact match ratio", "mean average precision"),
    }
)  # fmt: skip

LABELS: Spellings = MappingProxyType(
    {
        "number": ("number", "numbers", "float", "floats", "float32", "float64", "real", "reals", "real valued",
                   "continuous", "Zahl", "Zahlen", "reell", "reelle", "Kommazahl", "Kommazahlen", "numeric",
                   "numerisch", "Messwert", "Messwerte", "value", "values", "Wert", "Werte", "scalar", "Skalar",
                   "quantity", "decimal", "stetig", "kontinuierlich", "Gleitkommazahl", "Gleitkommazahlen",
                   "Dezimalzahl", "Dezimalzahlen", "numerical"),
        "zero_one": ("0/1", "binary", "binär", "bool", "boolean", "bools", "true false", "yes no", "ja nein",
                     "zero one", "null eins", "bit", "bits"),
        "integer": ("integer", "integers", "int", "ints", "int32", "int64", "class index", "class indices",
                    "index",
                    "indices", "class number", "class numbers", "class id", "class ids", "label encoded",
                    "Ganzzahl", "Ganzzahlen", "ganzzahlig", "ganze Zahl", "ganze Zahlen", "Klassennummer",
                    "Klassennummern", "Klassenindex", "sparse", "Nummer der Klasse", "number of the class",
                    "index of the class", "class labels as integers", "ganzzahlige"),
        "one_hot": ("one-hot", "onehot", "1 hot", "to categorical", "dummy", "dummies", "dummy variables",
                    "one of k", "1 of k", "1 aus n", "eins aus n", "1 aus k"),
        "multi_hot": ("multi-hot", "multihot", "k hot", "n hot", "many hot", "multi label binarizer", "indicator",
                      "Indikator", "indicator matrix", "Indikatormatrix", "multi one hot", "multilabel binarizer",
                      "several ones", "mehrere Einsen"),
        "text": ("string", "strings", "text", "texts", "names", "Namen", "str", "words", "class names",
                 "Klassennamen"),
        "per_tag": ("vector", "vectors", "Vektor", "Vektoren", "matrix", "per tag", "tag", "tags", "per label",
                    "je Tag", "pro Tag", "je Label", "pro Label", "each label", "every label", "column", "columns",
                    "Spalte", "Spalten", "per class", "je Klasse", "pro Klasse", "Schlagwort", "jedes Label",
                    "jeden Tag", "Binärvektor", "Zeile", "row", "rows"),
        "single": ("single 1", "exactly one 1", "single one", "genau eine 1", "einzige 1", "genau einer 1",
                   "einzigen 1"),
    }
)  # fmt: skip

UNITS: Spellings = MappingProxyType(
    {
        "classes": ("number of classes", "class", "classes", "Klasse", "Klassen", "category", "categories",
                    "Kategorie", "Kategorien", "Klassenzahl", "Klassenanzahl", "n classes", "num classes",
                    "k classes", "c classes"),
        "labels": ("number of labels", "label", "labels", "n labels", "num labels"),
        "tags": ("number of tags", "tag", "tags", "Schlagwort", "Schlagworte", "Schlagwörter", "n tags",
                 "num tags",
                 "Themen", "topics"),
        "targets": ("number of targets", "target", "targets", "Zielgröße", "Zielgrößen", "Zielwert", "Zielwerte",
                    "value", "number to predict", "n targets", "num targets", "Zahl die vorhergesagt wird",
                    "Wert"),
        "symbol": ("n", "k", "c", "m"),
        "inputs": ("number of features", "feature", "features", "Merkmal", "Merkmale", "inputs", "Eingänge",
                   "rows",
                   "samples", "n features", "Zeilen", "Beispiele"),
        "1": ("1", "one", "eins", "ein", "eine", "einer", "einen", "single", "einziges", "einzige", "einziger"),
        "2": ("2", "two", "zwei"),
    }
)  # fmt: skip

WORDS: Mapping[str, Spellings] = MappingProxyType(
    {"units": UNITS, "activation": ACTIVATIONS, "loss": LOSSES, "labels": LABELS, "metrics": METRICS}
)


def _table(spellings: Spellings) -> dict[str, str]:
    return {normalise_name(spelling): word for word, all_ in spellings.items() for spelling in all_}


BY_LETTERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {column: _table(spellings) for column, spellings in WORDS.items()}
)


def list_words(column: str) -> tuple[str, ...]:
    """List the words that are understood in a column, one for each meaning, for a message."""
    hidden = _HIDDEN | ({"accuracy", "crossentropy"} if column == "loss" else set())
    return tuple(spellings[0] for word, spellings in WORDS[column].items() if word not in hidden)


_HIDDEN = frozenset({"per_tag", "single", "symbol", "inputs", "text", "argmax", "hinge", "poisson", "cosine"})
