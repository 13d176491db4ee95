"""The spellings of what stands in the cells of a cheat sheet, in English and German: one table, which is long.

The first spelling of a word is the one that a message shows. Endings, and halves of compounds such as
"Sigmoidfunktion", are taken away before words are compared (see `vocabulary`), so each has one form here.
"""

from collections.abc import Mapping
from types import MappingProxyType

Spellings = Mapping[str, tuple[str, ...]]

ACTIVATIONS: Spellings = MappingProxyType(
    {
        "linear": (
            "linear", "none", "no activation", "no", "identity", "logits", "without activation", "nothing",
            "keine", "keine aktivierung", "ohne", "ohne aktivierung", "Identität", "nichts",
            "lineare aktivierung", "identity function", "Identitätsfunktion", "identisch", "not needed",
            "not necessary", "nicht nötig", "nicht erforderlich", "not applicable", "entfällt", "unbounded",
            "unbegrenzt", "unbeschränkt", "default", "real",
        ),
        "sigmoid": (
            "sigmoid", "logistic", "logistic function", "logistisch", "logistische Funktion", "expit",
            "sigmoidfunktion", "sigma", "logistic sigmoid", "logistische Sigmoidfunktion", "sigmoidal", "Fermi",
            "logistic curve", "logistische Kurve",
        ),
        "softmax": (
            "softmax", "softmaxfunktion", "softargmax", "normalised exponential", "normalized exponential",
            "normalisierte Exponential",
        ),
        "relu": ("relu", "relu6", "leaky relu", "prelu", "rectified linear unit", "rectifier"),
        "tanh": ("tanh", "hyperbolic tangent", "tangens hyperbolicus"),
        "elu": ("elu", "selu", "gelu", "silu", "swish", "mish"),
        "softplus": ("softplus", "exponential", "exp"),
        "hard_sigmoid": ("hard sigmoid",),
        "log_softmax": ("log softmax",),
        "argmax": ("argmax", "hardmax", "step", "heaviside", "threshold", "sign", "schwelle"),
    }
)  # fmt: skip

LOSSES: Spellings = MappingProxyType(
    {
        "mse": (
            "mse", "mean squared error", "mittlerer quadratischer Fehler", "mittlere quadratische Abweichung",
            "squared error", "quadratischer Fehler", "l2", "l2 loss", "least squares", "kleinste quadrate",
            "mean square error", "mean squared deviation", "mean squared loss", "mean squared err", "quadratic",
            "quadratic loss", "quadratic error", "quadratic cost", "squared loss", "squared error loss",
            "squared deviation", "sum of squared errors", "sum of squares", "sse", "residual sum of squares",
            "rss", "l2 norm", "l2 error", "euclidean loss", "mittlerer quadrierter Fehler",
            "mittleres Fehlerquadrat", "mittlere Fehlerquadratsumme", "Fehlerquadrat", "Fehlerquadratsumme",
            "Summe der Fehlerquadrate", "Summe der quadrierten Fehler", "quadrierter Fehler",
            "quadratischer Verlust", "quadratische Abweichung", "quadratische Fehlerfunktion",
            "quadratische Kosten", "quadratische Kostenfunktion", "mittlere quadrierte Abweichung",
            "durchschnittlicher quadratischer Fehler", "Methode der kleinsten Quadrate", "mean squares",
        ),
        "mae": (
            "mae", "mean absolute error", "mittlerer absoluter Fehler", "mittlere absolute Abweichung", "l1",
            "absolute error", "absoluter Fehler", "l1 loss", "mean absolute deviation", "mean absolute loss",
            "absolute loss", "absolute deviation", "mean abs error", "l1 norm", "l1 error",
            "mittlerer betragsmäßiger Fehler", "mittlerer Betrag des Fehlers", "mittlerer Betragsfehler",
            "mittlere Betragsabweichung", "Betragsfehler", "absoluter Verlust", "absolute Abweichung",
            "durchschnittlicher absoluter Fehler",
        ),
        "huber": ("huber", "huber loss", "smooth l1", "pseudo huber", "smooth l1 loss", "smooth mae"),
        "log_cosh": ("log_cosh",),
        "rmse": (
            "rmse", "root mean squared error", "root mean square error", "root mse", "root of mse", "rmsd",
            "Wurzel des mittleren quadratischen Fehlers", "Wurzel aus dem mittleren quadratischen Fehler",
            "Wurzel aus mse", "Wurzel des mse",
        ),
        "msle": ("msle", "mean squared logarithmic error"),
        "mape": (
            "mape", "mean absolute percentage error", "mittlerer absoluter prozentualer Fehler",
            "mittlerer prozentualer Fehler",
        ),
        "quantile": ("quantile loss", "pinball", "pinball loss", "quantile"),
        "binary_crossentropy": (
            "binary_crossentropy", "bce", "binary ce", "binäre Kreuzentropie", "binary log loss",
            "sigmoid cross entropy", "binary", "logistic loss", "logistischer Verlust",
            "logistic regression loss", "bernoulli loss", "bernoulli cross entropy", "binary crossentropy loss",
            "bce loss", "zweiklassen Kreuzentropie", "binomial cross entropy",
        ),
        "binary_focal": ("binary_focal_crossentropy", "binary focal loss"),
        "categorical_crossentropy": (
            "categorical_crossentropy", "cce", "kategoriale Kreuzentropie", "kategorische Kreuzentropie",
            "categorical ce", "categorical", "kategorielle Kreuzentropie", "kategorial", "kategorisch",
            "categorial crossentropy", "categoric crossentropy", "multi class cross entropy",
            "multiclass log loss", "multinomial cross entropy", "multinomiale Kreuzentropie",
            "Mehrklassen Kreuzentropie", "softmax cross entropy", "softmax loss",
            "dense categorical crossentropy",
        ),
        "categorical_focal": ("categorical_focal_crossentropy", "categorical focal loss"),
        "kl": (
            "kl_divergence", "kld", "kullback leibler divergence", "kl divergenz", "kullback leibler",
            "kullback leibler divergenz", "kl",
        ),
        "sparse_categorical_crossentropy": (
            "sparse_categorical_crossentropy", "scce", "sparse cross entropy", "sparse cce",
            "sparse kategoriale Kreuzentropie", "sparse kategorische Kreuzentropie", "sparse",
            "sparse categorical", "sparse categorical ce", "sparse ce", "sparse kategorielle Kreuzentropie",
            "categorical crossentropy sparse", "categorical crossentropy for integers",
            "sparse categorial crossentropy", "spärliche kategoriale Kreuzentropie",
            "spärliche kategorische Kreuzentropie", "dünnbesetzte kategoriale Kreuzentropie",
            "dünnbesetzte kategorische Kreuzentropie", "sparse softmax cross entropy", "integer cross entropy",
            "sparse Kreuzentropie",
        ),
        "log_loss": ("log loss", "logarithmic loss", "logarithmischer Verlust"),
        "crossentropy": (
            "crossentropy", "Kreuzentropie", "nll", "negative log likelihood", "ce",
            "negative Log-Likelihood-Funktion", "neg log likelihood", "xent", "Entropie", "entropy", "deviance",
            "focal", "focal loss",
        ),
        "hinge": ("hinge", "squared hinge", "categorical hinge", "hinge loss"),
        "poisson": ("poisson", "poisson loss"),
        "cosine": ("cosine_similarity", "cosine"),
        "accuracy": (
            "accuracy", "acc", "Genauigkeit", "error rate", "r2", "auc", "f1", "Treffergenauigkeit",
            "Trefferquote", "Trefferrate", "Korrektklassifikationsrate", "Fehlerrate", "precision", "recall",
            "Präzision", "Sensitivität", "Bestimmtheitsmaß", "mcc", "roc auc", "hit rate",
            "misclassification rate",
        ),
    }
)  # fmt: skip

METRICS: Spellings = MappingProxyType(
    {
        "mae": LOSSES["mae"],
        "mse": LOSSES["mse"],
        "rmse": (
            "rmse", "root mean squared error", "root mean square error",
            "Wurzel des mittleren quadratischen Fehlers", "Wurzel aus dem mittleren quadratischen Fehler",
            "Wurzel aus mse", "Wurzel des mse", "root mse", "root of mse", "rmsd",
        ),
        "r2": (
            "r2", "r2 score", "r squared", "coefficient of determination", "Bestimmtheitsmaß", "r quadrat",
            "determination coefficient", "Determinationskoeffizient", "Bestimmtheitskoeffizient", "adjusted r2",
            "korrigiertes r2", "r square", "erklärte Varianz", "Anteil erklärter Varianz",
        ),
        "mape": (
            "mape", "mean absolute percentage error", "msle", "mean squared logarithmic error",
            "mittlerer absoluter prozentualer Fehler", "mittlerer prozentualer Fehler", "smape",
            "relative error", "relativer Fehler",
        ),
        "medae": (
            "median absolute error", "max error", "explained variance", "explained variance score",
            "maximum error", "maximaler Fehler", "maximaler absoluter Fehler", "Medianfehler",
            "Median der absoluten Fehler", "medae",
        ),
        "accuracy": (
            "accuracy", "acc", "Genauigkeit", "Trefferquote gesamt", "error rate", "Fehlerrate", "error",
            "Fehlerquote", "balanced accuracy", "Korrektklassifikationsrate", "classification accuracy",
            "Treffergenauigkeit", "Trefferrate", "Klassifikationsgenauigkeit", "Klassifizierungsgenauigkeit",
            "Klassifikationsgüte", "Klassifikationsrate", "Korrektklassifizierungsrate", "Erkennungsrate",
            "Anteil richtiger", "Anteil richtiger Vorhersagen", "Anteil richtig klassifizierter",
            "Anteil korrekter Vorhersagen", "Anteil der Richtigen", "Richtigkeit", "Korrektheit",
            "Vertrauenswahrscheinlichkeit", "misclassification rate", "classification error",
            "Fehlklassifikationsrate", "Fehlklassifizierungsrate", "Falschklassifikationsrate", "zero one loss",
            "ausgewogene Genauigkeit", "balancierte Genauigkeit", "overall accuracy", "Gesamtgenauigkeit",
            "accuracy score", "correct classification rate",
        ),
        "binary_accuracy": ("binary_accuracy", "binary acc", "binäre Genauigkeit"),
        "categorical_accuracy": (
            "categorical_accuracy", "categorical acc", "top k categorical accuracy", "kategorische Genauigkeit",
            "kategoriale Genauigkeit",
        ),
        "sparse_categorical_accuracy": (
            "sparse_categorical_accuracy", "sparse categorical acc", "sparse accuracy",
            "sparse top k categorical accuracy", "sparse kategoriale Genauigkeit",
            "sparse kategorische Genauigkeit", "sparse Genauigkeit",
        ),
        "top_k": (
            "top k accuracy", "top k", "top 5 accuracy", "top 3 accuracy", "top 5", "top 3", "top 5 error",
            "top k Genauigkeit", "top 5 Genauigkeit", "top 3 Genauigkeit", "top 2 accuracy", "top 2",
        ),
        "precision": (
            "precision", "Präzision", "positive predictive value", "ppv", "average precision", "pr auc",
            "positiver Vorhersagewert", "positiver prädiktiver Wert", "Relevanz", "Wirksamkeit",
            "precision recall curve", "precision recall Kurve", "pr Kurve", "pr curve", "auc pr", "auprc",
        ),
        "recall": (
            "recall", "sensitivity", "Sensitivität", "true positive rate", "tpr", "hit rate", "Trefferquote",
            "recall per class", "per class recall", "Richtig positiv Rate", "Sensibilität", "Empfindlichkeit",
            "Vollständigkeit", "Ausbeute",
        ),
        "specificity": (
            "specificity", "Spezifität", "true negative rate", "tnr", "Richtig negativ Rate", "Selektivität",
            "selectivity", "negative predictive value", "npv", "negativer Vorhersagewert",
        ),
        "false_positive_rate": (
            "false positive rate", "fpr", "falsch positiv rate", "fall out", "false alarm rate",
            "Fehlalarmrate", "Ausfallrate",
        ),
        "false_negative_rate": ("false negative rate", "fnr", "falsch negativ rate", "miss rate"),
        "f1": (
            "f1", "f1 score", "f score", "f measure", "f1 maß", "fbeta", "macro f1", "micro f1", "f1 Wert",
            "f Wert", "f Maß", "f1 measure", "weighted f1", "macro averaged f1", "micro averaged f1",
            "harmonic mean", "harmonisches Mittel",
        ),
        "auc": (
            "auc", "roc auc", "roc", "roc curve", "area under the curve", "roc kurve", "auroc", "auc roc",
            "Fläche unter der Kurve", "Fläche unter der roc Kurve", "area under curve",
            "area under the roc curve", "receiver operating characteristic",
        ),
        "confusion": (
            "confusion matrix", "Konfusionsmatrix", "Konfusionsmatrizen", "Verwechslungsmatrix",
            "Wahrheitsmatrix", "confusion table", "contingency table", "Konfusionstabelle", "Fehlermatrix",
            "Klassifikationsmatrix", "Kontingenztafel", "Vierfeldertafel", "Verwechslungstabelle",
            "classification report", "Klassifikationsbericht",
        ),
        "mcc": (
            "matthews correlation coefficient", "mcc", "cohen kappa", "kappa", "brier score", "brier",
            "Matthews Korrelationskoeffizient", "Matthews Korrelation", "Matthews correlation",
            "phi coefficient",
        ),
        "crossentropy": (*LOSSES["crossentropy"], *LOSSES["log_loss"]),
        "binary_crossentropy": (
            "binary_crossentropy", "bce", "binary ce", "binäre Kreuzentropie", "binary log loss",
            "sigmoid cross entropy", "logistic loss", "logistischer Verlust", "logistic regression loss",
            "bernoulli loss", "bernoulli cross entropy", "binary crossentropy loss", "bce loss",
            "zweiklassen Kreuzentropie", "binomial cross entropy",
        ),
        "categorical_crossentropy": (
            "categorical_crossentropy", "cce", "kategoriale Kreuzentropie", "kategorische Kreuzentropie",
            "categorical ce", "kategorielle Kreuzentropie", "categorial crossentropy", "categoric crossentropy",
            "multi class cross entropy", "multiclass log loss", "multinomial cross entropy",
            "multinomiale Kreuzentropie", "Mehrklassen Kreuzentropie", "softmax cross entropy", "softmax loss",
            "dense categorical crossentropy",
        ),
        "sparse_categorical_crossentropy": (
            "sparse_categorical_crossentropy", "scce", "sparse cross entropy", "sparse cce",
            "sparse kategoriale Kreuzentropie", "sparse kategorische Kreuzentropie", "sparse categorical ce",
            "sparse ce", "sparse kategorielle Kreuzentropie", "categorical crossentropy sparse",
            "categorical crossentropy for integers", "sparse categorial crossentropy",
            "spärliche kategoriale Kreuzentropie", "spärliche kategorische Kreuzentropie",
            "dünnbesetzte kategoriale Kreuzentropie", "dünnbesetzte kategorische Kreuzentropie",
            "sparse softmax cross entropy", "integer cross entropy", "sparse Kreuzentropie",
        ),
        "hamming": (
            "hamming loss", "hamming", "jaccard", "jaccard score", "iou", "subset accuracy", "exact match",
            "exact match ratio", "mean average precision", "Hamming Verlust", "Hamming Distanz",
            "Hamming distance", "Hamming score", "Jaccard Index", "Jaccard Koeffizient",
            "intersection over union", "exakte Übereinstimmung", "Subset Genauigkeit", "mean ap", "map",
            "label ranking average precision", "lrap", "ranking loss", "coverage error", "coverage",
        ),
    }
)  # fmt: skip

LABELS: Spellings = MappingProxyType(
    {
        "number": (
            "number", "float", "float32", "float64", "real", "real valued", "continuous", "Zahl", "reell",
            "Kommazahl", "Gleitkomma", "Fließkomma", "numeric", "numerisch", "Messwert", "value", "Wert",
            "scalar", "Skalar", "quantity", "decimal", "stetig", "kontinuierlich", "Gleitkommazahl",
            "Dezimalzahl", "numerical", "Fließkommazahl", "double", "metrisch", "quantitativ", "beliebige Zahl",
            "rohe Zahl", "raw", "raw values", "continuous values", "real numbers", "Messgröße", "Zielgröße",
            "Zielwert", "unbounded", "stetige Werte",
        ),
        "zero_one": (
            "0/1", "binary", "binär", "bool", "boolean", "true false", "yes no", "ja nein", "zero one",
            "null eins", "bit", "bits", "dichotom", "boolesch", "boolescher Wert", "Wahrheitswert",
            "wahr falsch", "binary value", "binary label", "binärer Wert", "single bit", "one bit",
        ),
        "integer": (
            "integer", "int", "ints", "int32", "int64", "class index", "class indices", "index", "indices",
            "class number", "class numbers", "class id", "class ids", "label encoded", "Ganzzahl", "ganzzahlig",
            "Klassennummer", "Klassenindex", "sparse", "Nummer der Klasse", "number of the class",
            "index of the class", "class labels as integers", "natürliche Zahl", "Klassenindizes", "Indizes",
            "Klassen ID", "Klassen IDs", "id", "ids", "Nummer", "label encoding", "label encoder", "ordinal",
            "ordinal encoded", "ordinal encoder", "codes", "class code", "Klassencode", "whole numbers",
            "whole number", "integer encoded", "integer label", "sparse labels", "Ganzzahlcode",
        ),
        "one_hot": (
            "one-hot", "1 hot", "to categorical", "dummy", "dummies", "dummy variables", "one of k", "1 of k",
            "1 aus n", "eins aus n", "1 aus k", "Einheitsvektor", "unit vector", "one of n", "one out of k",
            "one of c", "1 aus c", "eins aus k", "binary class matrix", "standard basis vector",
        ),
        "multi_hot": (
            "multi-hot", "k hot", "n hot", "many hot", "multi label binarizer", "indicator", "Indikator",
            "indicator matrix", "Indikatormatrix", "multi one hot", "several ones", "mehrere Einsen",
            "Binärvektor", "Bitvektor", "bit vector", "Bitmaske", "binary mask", "binary indicator matrix",
            "multi label vector", "mehrfach hot", "n aus k", "k aus n", "multi label binarized", "several 1",
            "mehrere 1",
        ),
        "text": ("string", "text", "names", "str", "words", "class names", "Klassennamen"),
        "per_tag": (
            "vector", "Vektor", "matrix", "per tag", "tag", "tags", "per label", "je Tag", "pro Tag",
            "je Label", "pro Label", "each label", "every label", "column", "Spalte", "per class", "je Klasse",
            "pro Klasse", "Schlagwort", "jedes Label", "jeden Tag", "Zeile", "row", "rows",
        ),
        "single": (
            "single 1", "exactly one 1", "single one", "genau eine 1", "einzige 1", "genau einer 1", "einer 1",
            "one 1", "exactly one one", "genau eine Eins", "genau einer Eins", "einer Eins", "a single 1",
            "eine Eins",
        ),
    }
)  # fmt: skip

UNITS: Spellings = MappingProxyType(
    {
        "classes": (
            "number of classes", "class", "Klasse", "category", "categories", "Kategorie", "Klassenzahl",
            "Klassenanzahl", "n classes", "num classes", "k classes", "c classes", "nb classes", "nbr classes",
            "no of classes", "nr classes", "n klassen", "k klassen", "Ausprägung", "Kategorienzahl",
            "distinct classes", "unique y", "labels unique",
        ),
        "labels": (
            "number of labels", "label", "n labels", "num labels", "Etikett", "nb labels", "no of labels",
            "Labelanzahl", "Labelzahl", "y shape 1", "y train shape 1",
        ),
        "tags": (
            "number of tags", "tag", "tags", "Schlagwort", "Schlagwörter", "n tags", "num tags", "Themen",
            "topics", "keyword", "Stichwort", "Stichwörter", "nb tags", "no of tags", "Tagzahl",
        ),
        "targets": (
            "number of targets", "target", "Zielgröße", "Zielwert", "value", "number to predict", "n targets",
            "num targets", "Zahl die vorhergesagt wird", "Wert", "Zielvariable", "Zahl vorhersagen",
            "Vorhersagewert", "nb targets", "no of targets", "prediction", "Vorhersage",
        ),
        "symbol": ("n", "k", "c", "m", "l", "t", "q"),
        "inputs": (
            "number of features", "feature", "Merkmal", "inputs", "Eingänge", "rows", "samples", "n features",
            "Zeilen", "Beispiele",
        ),
        "1": ("1", "one", "eins", "ein", "eine", "einer", "single", "einziges", "einzelnes"),
        "2": ("2", "two", "zwei"),
    }
)  # fmt: skip

WORDS: Mapping[str, Spellings] = MappingProxyType(
    {"units": UNITS, "activation": ACTIVATIONS, "loss": LOSSES, "labels": LABELS, "metrics": METRICS}
)
