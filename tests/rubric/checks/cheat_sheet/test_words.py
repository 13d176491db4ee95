"""Words of textbooks, courses and libraries, English and German: each is understood as what it means."""

from collections.abc import Mapping

import pytest

from grader.rubric.checks.cheat_sheet.answers import ANSWERS, find_cell_problem
from grader.rubric.checks.cheat_sheet.cell_parser import read_cell_text
from grader.rubric.checks.cheat_sheet.table_parser import TableCell, read_grid
from grader.rubric.checks.cheat_sheet.vocabulary import COLUMNS, ROWS, find_column, find_row

HEADS: Mapping[str, str] = {
    "units": (
        "Ausgangsneuronen; Anzahl der Ausgabeneuronen; Output-Knoten; Ausgabeeinheiten; "
        "number of output nodes; Anzahl Einheiten; Neuronen (Ausgabeschicht); Zahl der Ausgänge; "
        "output dimension; n_out"
    ),
    "activation": (
        "Aktivierungsfunktion (Ausgabe); Ausgabeaktivierung; output nonlinearity; Transferfunktion; "
        "Übertragungsfunktion; letzte Aktivierung; Ausgabefunktion; final activation; Aktivierungsfkt."
    ),
    "loss": (
        "Schadensfunktion; Schaden; Verlust; Kostenfunktion; Fehlerfunktion; Zielfunktion; "
        "objective function; criterion; cost function; error function; Loss-Funktion; Straffunktion; "
        "zu minimieren; Kriterium; loss fn; Optimierungsziel; VERLUSTFUNKTION; Lossfunktion; "
        "training objective"
    ),
    "labels": (
        "Labelformat; Zielwerte; Kodierung der Labels; Label-Kodierung; label encoding; Etiketten; "
        "Sollwerte; target encoding; Zielvariable; Form der Labels; ground truth; Beschriftung; y_train; "
        "Codierung; Zielgröße"
    ),
    "metrics": (
        "Gütemaß; Gütemasse; Metrik; Kennzahl; Bewertungsmaß; Evaluationsmetriken; Bewertungskriterium; "
        "evaluation; performance measure; sinnvolle Metriken; Leistungsmaße; Fehlermaß; Qualitätsmass; "
        "score"
    ),
}
NAMES: Mapping[str, str] = {
    "regression": "Regression; lineare Regression; regression (numbers); Regressionsproblem; Regression (Zahl)",
    "binary": (
        "binäre Klassifikation; Binaere Klassifizierung; zweiklassige Klassifikation; "
        "dichotome Klassifikation; Zwei-Klassen-Problem; two-class; binary; Ja/Nein-Entscheidung; "
        "logistische Regression; 2 Klassen; Logit-Modell; binomial; BINÄRKLASSIFIKATION"
    ),
    "one_hot": (
        "Mehrklassen mit One-Hot; multinomial (one-hot); Multi-class, one hot encoded; "
        "mehrere Klassen (Dummy); Mehrklassenklassifikation, kategorisch; multiclass 1-of-k; "
        "Multiklassen (One-Hot-Vektoren); multi-class with vectors; Mehrfachklassifikation One-Hot"
    ),
    "integers": (
        "Mehrklassen mit ganzen Zahlen; multi-class (sparse); mehrere Klassen mit Klassennummern; "
        "multinomial, integer labels; Multiklassen-Klassifikation (int); K classes, class ids; "
        "multiclass with numeric labels; Mehrklassenproblem, Labels als Index; "
        "Mehrklassen (ganzzahlige Labels)"
    ),
    "tagging": (
        "Multi-Label; Tagging; Mehrfach-Etikettierung; Verschlagwortung; multi_label_classification; "
        "Schlagwörter; Tag-Vorhersage; mehrere Labels zugleich; nicht exklusive Klassen; Stichwörter"
    ),
}
CELLS: Mapping[tuple[str, str], str] = {
    ("units", "classes"): (
        "nb_classes; num_classes; NUM_CLASSES; n_classes; Klassenzahl; Anzahl Klassen; "
        "Anzahl der Kategorien; no. of classes; # Klassen; ein Neuron pro Klasse; ein Ausgang je Klasse; "
        "1 pro Klasse; so viele wie Klassen; mehrere (eins pro Klasse); Klassenanzahl; "
        "gleich der Anzahl der Klassen; number of different classes; as many as there are classes; "
        "k = Anzahl der Klassen; Anz. Klassen; K Klassen; len(classes); "
        "jeweils ein Knoten für jede Klasse; number of classes¹; Anzahl der möglichen Klassen"
    ),
    ("units", "1"): (
        "1; ein Neuron; one node; ein einziges; 1 Ausgabeneuron; eins; single unit; 1 Knoten; genau 1; 1*; "
        "$1$; 1 Neuron [2]; one; ein Ausgang; 1¹"
    ),
    ("units", "symbol"): "K; C; n; k (Anzahl der Klassen); $K$",
    ("units", "tags"): (
        "Anzahl der Tags; ein Neuron pro Tag; n_tags; Anzahl Schlagwörter; one per tag; nb_tags; "
        "Zahl der Stichwörter; so viele wie Tags"
    ),
    (
        "units",
        "labels",
    ): "Anzahl Labels; eins pro Label; number of labels; one unit for each label; Anzahl der Etiketten",
    ("activation", "linear"): (
        "linear; keine; None; none (linear); identity; Identität; keine Aktivierungsfunktion; ohne; —; –; "
        "-; lineare Aktivierung; no activation; Identitätsfunktion; linear (keine); entfällt; "
        "Lineare Funktion; nicht nötig; n/a"
    ),
    ("activation", "sigmoid"): (
        "Sigmoid; Sigmoide; Sigmoidfunktion; logistische Funktion; logistic; σ; $\\sigma(z)$; "
        "\\mathrm{sigmoid}; sigmoid function; logistische Sigmoidfunktion; 1/(1+exp(-z)); 1 / (1 + e^-z); "
        "SIGMOID; Sigmoid-Aktivierung; sigmoidal; Sigmoidaktivierung; sigmoid*; tf.nn.sigmoid; "
        "Fermi-Funktion"
    ),
    ("activation", "softmax"): (
        "Softmax; SoftMax; Softmax-Funktion; Softmaxaktivierung; softmax function; $\\text{softmax}$; "
        "soft-max; keras.activations.softmax; normalisierte Exponentialfunktion; 'softmax'"
    ),
    ("loss", "mse"): (
        "MSE; mse-Loss; Mean-Squared-Error; mittlerer quadratischer Fehler; "
        "mittlere quadratische Abweichung; Mittlere Quadratische Fehler; "
        "den mittleren quadratischen Fehler; quadratischer Verlust; squared error; L2; L2-Verlust; "
        "quadratic cost; Summe der Fehlerquadrate; kleinste Quadrate; mittlerer quadrierter Fehler; "
        "MSELoss; sum of squared errors; mean square error; MSE¹; mse*; $MSE$; "
        "quadratische Kostenfunktion; tf.keras.losses.MSE; mittleres Fehlerquadrat; squared loss; "
        "MEAN_SQUARED_ERROR; mean_squared_error (mse); loss='mse'"
    ),
    ("loss", "mae"): (
        "MAE; mittlerer absoluter Fehler; L1-Loss; L1; mean absolute deviation; absoluter Fehler; "
        "mittlere absolute Abweichung; Betragsfehler; MeanAbsoluteError()"
    ),
    ("loss", "huber"): "Huber; Huber-Verlust; Huberverlust; huber loss; Huber()",
    ("loss", "binary_crossentropy"): (
        "binäre Kreuzentropie; Binaere Kreuzentropie; binary cross-entropy; BCE; bce loss; "
        "BinaryCrossentropy; binary crossentropy loss; Binäre Kreuzentropiefunktion; "
        "binary cross entropy (log loss); logistic loss; binäre Kreuz-Entropie; "
        "binary_crossentropy (je Tag); BCELoss; binärer Kreuzentropieverlust"
    ),
    ("loss", "categorical_crossentropy"): (
        "kategorische Kreuzentropie; kategorielle Kreuzentropie; CCE; kategoriale Kreuzentropie; "
        "categorical cross-entropy; categorial crossentropy; CategoricalCrossentropy(); "
        "multi-class cross entropy; softmax cross entropy; multinomiale Kreuzentropie; "
        "kategorischer Kreuzentropieverlust"
    ),
    ("loss", "sparse_categorical_crossentropy"): (
        "SparseCategoricalCrossentropy; sparse categorical cross-entropy; SCCE; "
        "sparse kategorische Kreuzentropie; sparse_categorical; categorical crossentropy (sparse); "
        "sparse CE; spärliche kategorische Kreuzentropie; dünn besetzte kategoriale Kreuzentropie; "
        "sparse_categorical_crossentropy()"
    ),
    ("loss", "log_loss"): "log loss; Log-Loss; logloss; logarithmischer Verlust",
    ("loss", "crossentropy"): (
        "Kreuzentropie; cross-entropy; negative log likelihood; NLLLoss; negative Log-Likelihood; "
        "Kreuzentropieverlust; nn.CrossEntropyLoss"
    ),
    ("labels", "number"): (
        "Zahlen; float; Fließkommazahlen; Fliesskommazahl; reelle Zahl; reelle Zahlen; ℝ; y ∈ ℝ; "
        "kontinuierliche Werte; real numbers; numerisch; Dezimalzahlen; continuous; float32; "
        "Gleitkommawerte; metrisch; stetige Zahlenwerte; $\\mathbb{R}$; numeric value"
    ),
    ("labels", "zero_one"): (
        "0/1; 0 oder 1; {0,1}; $\\{0, 1\\}$; 0 bzw. 1; 0-1; 1 = ja, 0 = nein; binär; True/False; "
        "wahr/falsch; boolesch; dichotom; 0 und 1; ein Bit; 0 (nein) / 1 (ja); y ∈ {0, 1}; ja oder nein"
    ),
    ("labels", "integer"): (
        "ganze Zahlen; ganze Zahl; Ganzzahlen; Integer; Klassenindex; Klassenindizes; class ids; "
        "0, 1, ..., k-1; 0 bis K-1; $0, \\ldots, K-1$; Klassennummern; natürliche Zahlen; label encoding; "
        "int; int-Labels; Index der Klasse; Nummer der Klasse; ganzzahlig kodiert; Integer-Kodierung; "
        "sparse"
    ),
    ("labels", "one_hot"): (
        "One-Hot; one hot; One-Hot-Kodierung; onehot-Vektor; One-Hot-Encoding; 1-aus-n-Kodierung; 1-aus-k; "
        "Dummy-Variablen; one-hot encoded vectors; Einheitsvektoren; Vektor aus 0 und 1 mit genau einer 1; "
        "Binärvektor mit genau einer 1; one-of-K; [0, 1, 0]; to_categorical(y); OneHotEncoder; Onehotvektor"
    ),
    ("labels", "multi_hot"): (
        "Multi-Hot; Multi-Hot-Vektor; multi-hot encoding; k-hot; Binärvektor; 0/1 pro Tag; "
        "0 oder 1 je Label; binary vector; binärer Vektor; "
        "Vektor aus Nullen und Einsen (0/1) für jeden Tag; MultiLabelBinarizer; [1, 0, 1]; mehrere Einsen; "
        "Multihotvektor; binary indicator matrix"
    ),
    ("metrics", "mae"): "MAE; mittlerer absoluter Fehler; mean absolute error; mittlere absolute Abweichung",
    (
        "metrics",
        "rmse",
    ): "RMSE; Wurzel des mittleren quadratischen Fehlers; root mean square error; Wurzel aus MSE",
    ("metrics", "r2"): (
        "R²; R2; r^2; $R^2$; R-squared; Bestimmtheitsmaß; Bestimmtheitsmass; Determinationskoeffizient; "
        "coefficient of determination; R2-Score; R²-Wert; R-Quadrat; R2Score; Bestimmtheitsmaß R²"
    ),
    ("metrics", "accuracy"): (
        "Genauigkeit; Treffergenauigkeit; Korrektklassifikationsrate; accuracy; acc; Fehlerrate; "
        "Klassifikationsgenauigkeit; Anteil richtiger Vorhersagen; Korrektklassifizierungsrate; "
        "Accuracy-Score; misclassification rate; Gesamtgenauigkeit; balanced accuracy; Trefferrate; "
        "Richtigkeit"
    ),
    ("metrics", "recall"): (
        "Recall; Sensitivität; Trefferquote; Richtig-Positiv-Rate; TPR; Sensitivitaet; hit rate; "
        "true positive rate"
    ),
    ("metrics", "precision"): "Präzision; Precision; positiver Vorhersagewert; PPV; Praezision",
    ("metrics", "specificity"): "Spezifität; specificity; Richtig-Negativ-Rate",
    (
        "metrics",
        "f1",
    ): "F1; F1-Score; F1-Maß; F-Maß; F1-Mass; f1_score; macro F1; Macro-averaged F1; F1-Wert; F-Score",
    ("metrics", "auc"): "AUC; ROC-AUC; AUROC; Fläche unter der ROC-Kurve; area under the ROC curve; ROC-Kurve",
    ("metrics", "confusion"): (
        "Konfusionsmatrix; confusion matrix; Verwechslungsmatrix; Wahrheitsmatrix; Vierfeldertafel; "
        "Konfusionsmatrizen"
    ),
    ("metrics", "hamming"): "Hamming-Loss; Hamming-Verlust; Jaccard-Index; subset accuracy; exact match ratio",
    ("metrics", "top_k"): "Top-5-Genauigkeit; top-k accuracy; top 3",
}


@pytest.mark.parametrize("column", HEADS)
def test_columns_have_many_names(column: str) -> None:
    assert {name: find_column(name) for name in HEADS[column].split("; ") if find_column(name) != column} == {}


@pytest.mark.parametrize("row", NAMES)
def test_rows_have_many_names(row: str) -> None:
    assert {name: find_row(name) for name in NAMES[row].split("; ") if find_row(name) != row} == {}


@pytest.mark.parametrize("column", COLUMNS)
def test_cells_may_hold_the_words_of_any_textbook(column: str) -> None:
    readings = {
        (word, text): read_cell_text(column, text)
        for (of, word), written in CELLS.items()
        if of == column
        for text in written.split("; ")
    }
    wrong = {key: r for key, r in readings.items() if r.words != (key[0],) or not r.understood}
    assert wrong == {}


# By row and column: what stays wrong, or is not understood.
WRONG: Mapping[tuple[str, str], str] = {
    (
        "regression",
        "activation",
    ): "Sigmoid; Softmax; ReLU; tanh; nicht linear; keine Ahnung ob Softmax; kein Softmax",
    ("regression", "loss"): "Kreuzentropie; binary; log loss; Genauigkeit; nicht MSE; Trefferquote; logistic loss",
    ("regression", "units"): "Anzahl Klassen; K; 2; Anzahl der Merkmale; mehrere; 1 pro Klasse; nb_features",
    ("regression", "metrics"): "Genauigkeit; Treffergenauigkeit; F1-Maß; Trefferquote; Hamming-Verlust; log loss",
    ("regression", "labels"): "One-Hot; 0/1; Binärvektor; Klassennamen; Text",
    ("binary", "units"): "Anzahl Klassen; 0; K; 3; nb_classes",
    ("binary", "activation"): "Softmax; linear; keine; tanh; Identitätsfunktion",
    ("binary", "loss"): (
        "MSE; Kreuzentropie; negative log likelihood; categorical; sparse; Hinge-Verlust; "
        "mittlerer quadratischer Fehler; categorical crossentropy (sparse)"
    ),
    ("binary", "labels"): "One-Hot; -1/+1; Text; ja und nein als Text; Vektoren; kontinuierlich",
    ("binary", "metrics"): "MSE; R²; Bestimmtheitsmass; mittlerer absoluter Fehler; Top-5-Genauigkeit",
    ("one_hot", "units"): (
        "1; 2; Anzahl Klassen - 1; nb_classes + 1; Anzahl der Merkmale; n_features; Klassen/2; doppelt so viele"
    ),
    ("one_hot", "activation"): "Sigmoid; linear; logistische Funktion; ReLU; Softplus",
    ("one_hot", "loss"): (
        "sparse; sparse_categorical; categorical crossentropy (sparse); log loss; Kreuzentropie; binary; MSE"
    ),
    (
        "one_hot",
        "labels",
    ): "ganze Zahlen; 0/1; Multi-Hot; Binärvektor; nicht One-Hot; Klassennamen; mehrere Einsen",
    ("one_hot", "metrics"): "MAE; R²; sparse Genauigkeit; binäre Genauigkeit",
    ("integers", "loss"): "categorical; softmax cross entropy; log loss; Kreuzentropie; CCE; not sparse",
    ("integers", "labels"): "One-Hot; 0/1; Dummy-Variablen; reelle Zahlen; to_categorical",
    ("integers", "activation"): "Sigmoid; keine; linear; nicht Softmax",
    ("tagging", "units"): "1; Anzahl der Tags + 1; number of features; ein Neuron",
    ("tagging", "activation"): "Softmax; linear; ohne; tanh",
    ("tagging", "loss"): "categorical; sparse; Kreuzentropie; MSE; softmax loss",
    ("tagging", "labels"): "One-Hot; ganze Zahlen; Einheitsvektor; 1-aus-k; Binärvektor mit genau einer 1",
    ("tagging", "metrics"): "MAE; kategorische Genauigkeit; Top-5-Genauigkeit; R²",
}


@pytest.mark.parametrize("place", WRONG, ids=" ".join)
def test_wrong_words_stay_wrong(place: tuple[str, str]) -> None:
    row, column = place
    readings = {text: read_cell_text(column, text) for text in WRONG[place].split("; ")}
    passed = [
        text
        for text, r in readings.items()
        if r.understood and find_cell_problem(row, column, {column: r}) is None
    ]
    assert passed == []


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("binary", "loss", "log loss"), ("binary", "loss", "log loss (binary_crossentropy)"),
        ("tagging", "loss", "Log-Loss"), ("regression", "loss", "Fehlerquadratsumme"),
        ("binary", "metrics", "Trefferquote und Genauigkeit"), ("tagging", "labels", "Binärvektor"),
        ("one_hot", "units", "nb_classes"), ("integers", "metrics", "Korrektklassifikationsrate"),
    ],
)  # fmt: skip
def test_what_a_fair_teacher_accepts_passes(row: str, column: str, text: str) -> None:
    assert find_cell_problem(row, column, {column: read_cell_text(column, text)}) is None
    assert ANSWERS[row, column].right


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("one_hot", "activation", "softmax is wrong"), ("one_hot", "activation", "softmax wäre ganz falsch"),
        ("tagging", "activation", "anything else than sigmoid"),
        ("regression", "activation", "avoid linear"), ("one_hot", "activation", "softmax: forbidden"),
        ("one_hot", "activation", "everyone hates softmax"), ("regression", "loss", "vermeide MSE"),
        ("regression", "activation", "non-linear"), ("tagging", "labels", "avoid multi-hot"),
        ("tagging", "activation", "alles andere als Sigmoid"),
        ("tagging", "activation", "anything but sigmoid"), ("regression", "loss", "I think the opposite of mse"),
        ("regression", "loss", "das Gegenteil von MSE"), ("tagging", "metrics", "all but f1"),
        ("binary", "activation", "sigmoid" + " " * 2000 + ", softmax, relu"),
        ("binary", "activation", "sigmoid" + ", sigmoid" * 200 + ", softmax"),
        ("binary", "labels", "0 to 9"), ("binary", "labels", "integers 1 and 2"),
        ("binary", "labels", "int: 0, 1, 2"), ("binary", "labels", "ganze Zahlen 0..9"),
        ("binary", "labels", "0/1/2"), ("binary", "labels", "0 = no, 1 = yes, 2 = unknown"),
        ("binary", "labels", "integers, e.g. 2, 0, 1"), ("integers", "labels", "integers: 1/2/3"),
        ("integers", "labels", "1, 2 or 3"), ("integers", "labels", "labels -1 or 1"),
        ("integers", "labels", "int, starting at 1"), ("tagging", "labels", "0/1 per row"),
        ("integers", "labels", "integers from 1 to 10"),
        ("integers", "labels", "ganze Zahlen, 1 bis k"), ("integers", "labels", "int, beginnend bei 1"),
        ("regression", "labels", "number of classes"), ("tagging", "labels", "integers or multi-hot"),
        ("tagging", "labels", "Multi-Hot oder ganze Zahlen"),
    ],
)  # fmt: skip
def test_the_contrary_and_other_numbers_do_not_pass(row: str, column: str, text: str) -> None:
    reading = read_cell_text(column, text)
    assert not reading.understood or find_cell_problem(row, column, {column: reading}) is not None


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("one_hot", "activation", "softmax (sigmoid is wrong)"), ("binary", "activation", "sigmoid" + " " * 2000),
        ("tagging", "labels", "integer vector, multi-hot or k-hot"), ("tagging", "labels", "integers, multi-hot"),
        ("tagging", "labels", "multi-hot, or integers 0 or 1 for each tag"),
        ("one_hot", "activation", "softmax as for all others"),
        ("regression", "units", "1 (or 2 for two targets)"),
        ("binary", "activation", "sigmoid (softmax with 2 outputs)"),
        ("binary", "loss", "binary_crossentropy: sure answers that turn out wrong cost most"),
        ("binary", "metrics", "error rate: share of wrong answers"), ("binary", "metrics", "falsch-positiv-Rate"),
        ("binary", "metrics", "accuracy" + ", accuracy" * 60),
        ("binary", "labels", "integers 0 and 1"), ("binary", "labels", "integers, 0 to 1"),
        ("binary", "labels", "1 = yes, 0 = no"), ("binary", "labels", "1 oder 0"), ("binary", "labels", "int64"),
        ("integers", "labels", "integers from 0 to 9"), ("integers", "labels", "0, 1, 2, ..., k-1"),
        ("integers", "labels", "int, one number (1-D)"), ("integers", "labels", "integers 0 to n_classes - 1"),
        ("integers", "labels", "number of the class"), ("integers", "labels", "0 bis 9, 1 Zahl je Zeile"),
        ("integers", "labels", "non-negative integers"), ("regression", "activation", "nothing, linear"),
        ("integers", "labels", "ganze Zahlen ab 0"), ("integers", "labels", "1 integer per row"),
        ("regression", "labels", "number of rooms"), ("regression", "labels", "numbers from 1 to 10"),
        ("regression", "labels", "float: 0.5"),
        # Integers beyond 1 are no 0/1, however they are listed, and labels of some rows need not begin with 0.
        ("integers", "labels", "0/1/2"), ("integers", "labels", "0, 1, or 2"), ("integers", "labels", "0 1 2"),
        ("integers", "labels", "0 | 1 | 2"), ("integers", "labels", "0, 1 und 2"),
        ("integers", "labels", "integers such as 0, 2, 1, 2"), ("integers", "labels", "2, 0, 1, 1, 2"),
        ("integers", "labels", "int, e.g. [2 0 1 2]"), ("integers", "labels", "0 = a, 1 = b, 2 = c"),
        ("integers", "labels", "0: Katze; 1: Hund; 2: Vogel"), ("integers", "labels", "0, 1, 2, ..., k - 1"),
        ("integers", "labels", "integers from 0 to the number of classes - 1"),
        ("integers", "labels", "ganze Zahlen von 0 bis Anzahl der Klassen - 1"),
        ("integers", "labels", "class ids, starting at 0"), ("integers", "labels", "Ganzzahl, bei 0 beginnend"),
        ("integers", "labels", "integers, shape (n,)"), ("one_hot", "labels", "one-hot, shape (n, k)"),
        ("regression", "labels", "numbers, shape (n, 1)"), ("regression", "labels", "numbers such as 1, 2, 3.5"),
        ("regression", "labels", "numbers such as 3, 1, 2"),
        ("binary", "labels", "one number per row: 0 or 1"), ("binary", "labels", "0/1 pro Zeile"),
        ("binary", "labels", "0. or 1."), ("binary", "labels", "1 für ja, 0 für nein"),
        ("binary", "labels", "eine Spalte mit 0 und 1"), ("binary", "labels", "0/1, 2 classes"),
        ("tagging", "labels", "one column per tag, 0 or 1"), ("tagging", "labels", "0, 1, 1, 0 for 4 tags"),
    ],
)  # fmt: skip
def test_cells_that_only_look_like_these_pass(row: str, column: str, text: str) -> None:
    reading = read_cell_text(column, text)
    assert reading.understood, reading
    assert find_cell_problem(row, column, {column: reading}) is None


def test_several_classes_beside_integers_are_those_with_one_hot_labels() -> None:
    grid = [["", "Aktivierung", "Loss"], ["Mehrklassen", "a", "b"], ["Mehrklassen, ganzzahlig", "c", "d"]]
    sheet = read_grid([[TableCell(text) for text in line] for line in grid])
    assert sheet is not None
    assert sheet.rows == ("one_hot", "integers")
    twice = read_grid([[TableCell(text) for text in line] for line in [grid[0], grid[1], grid[1], ["binary"]]])
    assert twice is None  # nobody can tell which is which
    assert len(ROWS) == 5


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("loss", "categorical_crossentropy would be a mistake"),
        ("loss", "mse is a big mistake here"),
        ("loss", "MSE wäre ein Fehler"),
        ("loss", "MSE ist hier ein schwerer Fehler."),
        ("loss", "mae is useless"),
        ("metrics", "mae is useless"),
        ("metrics", "useless: accuracy"),
        ("metrics", "MAE ist nutzlos"),
        ("metrics", "MAE wäre sinnlos"),
        ("activation", "linear; far from linear"),
        ("activation", "far from being softmax"),
        ("activation", "weit von linear"),
        ("activation", "weit entfernt von Softmax"),
    ],
)
def test_a_word_of_which_a_cell_says_that_it_is_wrong_is_not_understood(column: str, cell: str) -> None:
    assert not read_cell_text(column, cell).understood


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [
        ("loss", "mean squared error (MSE)", "mse"),
        ("loss", "Fehlerquadrat", "mse"),
        ("loss", "mittlerer absoluter Fehler", "mae"),
        ("loss", "der mittlere quadratische Fehler", "mse"),
        ("loss", "MAE ist ein Fehler in Einheiten von y", "mae"),
        ("loss", "MSE ist ein Fehlermaß", "mse"),
        ("loss", "MSE punishes predictions far from the target", "mse"),
        ("loss", "MSE bestraft Vorhersagen weit von den Zielwerten", "mse"),
        ("loss", "MSE (MAE is useless here)", "mse"),
        ("metrics", "accuracy alone is useless", "accuracy"),
        ("metrics", "Accuracy allein ist nutzlos", "accuracy"),
    ],
)
def test_a_cell_may_speak_of_errors_and_of_what_is_useless_alone(column: str, cell: str, word: str) -> None:
    reading = read_cell_text(column, cell)
    assert (reading.words, reading.unknown) == ((word,), ())
